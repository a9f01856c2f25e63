"""What each person gets, and how: the topics of messages, and what somebody chose for one of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.message import Message


class MessageChoice(models.Model):
    """How one person wants the messages of one topic; without a row, by mail. The times are the person's own."""

    class Topic(models.TextChoices):
        SESSIONS = "sessions", _("Reminders of my sessions")
        CHANGES = "changes", _("New, moved and cancelled sessions")
        LOGS = "logs", _("Help that I have not logged yet")
        SURVEYS = "surveys", _("Surveys")
        DIGEST = "digest", _("What needs me, once each school day")

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="message_choices")
    topic = models.CharField(max_length=10, choices=Topic.choices)
    channel = models.CharField(max_length=10, choices=Message.Channel.choices, default=Message.Channel.MAIL)

    class Meta:
        ordering = ["user", "topic"]
        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="accounts_messagechoice_topic_once"),
            models.CheckConstraint(
                condition=Q(channel__in=Message.Channel), name="accounts_messagechoice_known_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.channel}"


Topic = MessageChoice.Topic

# Reminders of something that begins, at the two times that each person chose.
REMINDERS = frozenset({"booking_reminder", "playground_reminder"})
# Who gets a message of another kind can't choose: it is about the account, a consent, or somebody who needs help.
KINDS_OF: dict[Topic, frozenset[str]] = {
    Topic.SESSIONS: REMINDERS,
    Topic.CHANGES: frozenset(
        {
            "booking_made",
            "booking_moved",
            "booking_mentor_changed",
            "booking_cancelled",
            "booking_series_made",
            "booking_series_cancelled",
            "playground_changed",
            "playground_released",
            "playground_cancelled",
            "playground_offer",
        }
    ),
    Topic.LOGS: frozenset({"log_missing"}),
    Topic.SURVEYS: frozenset({"survey_invitation", "survey_reminder"}),
    Topic.DIGEST: frozenset({"daily_digest"}),
}
TOPIC_OF: dict[str, Topic] = {kind: topic for topic, kinds in KINDS_OF.items() for kind in kinds}
