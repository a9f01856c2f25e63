"""The outbox: what must reach somebody, as a row that is written with what it is about."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from accounts.models.concern import Concern
from accounts.models.consent import Guardian
from accounts.models.school import School
from accounts.permissions import SEE_OUTBOX

if TYPE_CHECKING:
    from accounts.models.user import User


def new_message_id() -> str:
    """A Message-ID (RFC 5322) that stays the same however often the message is tried."""
    return f"<{uuid.uuid4().hex}@{settings.MAIL_DOMAIN}>"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> MessageQuerySet:
        """The coordinator sees the outbox of the school, but not that somebody asked for help about her; everybody
        the own messages."""
        if user.may(SEE_OUTBOX):
            about_her = Concern.objects.filter(about=user).annotate(
                name=Concat(Value("concern:"), Cast("pk", CharField()))
            )
            return self.filter(school_id=user.school_id).exclude(about__in=about_her.values("name"))
        return self.filter(user=user)

    def waiting(self) -> MessageQuerySet:
        """Not yet claimed by a scan."""
        return self.filter(state=Message.State.WAITING)

    def due_by(self, now: dt.datetime) -> MessageQuerySet:
        """Waiting messages whose time has come, and whose pause after a failed try is over."""
        return self.waiting().filter(Q(retry_at=None) | Q(retry_at__lte=now), due_at__lte=now)

    def stuck_since(self, moment: dt.datetime) -> MessageQuerySet:
        """What a person must look at: failed or parked, and due since this moment."""
        return self.filter(state__in=STUCK, due_at__gte=moment)

    def on_home_page_of(self, user: User, now: dt.datetime) -> MessageQuerySet:
        """What a person without an e-mail address, or who chose it so, reads on the home page: what is about something
        to come, until that begins, and news about nothing to come (an answer, a call) for three days."""
        is_news_itself = Q(lead_minutes=0, due_at__gte=models.F("event_at"))
        return self.filter(
            Q(event_at__gt=now) | is_news_itself & Q(event_at__gt=now - dt.timedelta(days=3)),
            user=user,
            state=Message.State.SENT,
            channel=Message.Channel.HOME,
        )


STUCK = ["failed", "parked"]


class Message(models.Model):
    """One message to one user or one guardian; rendered when it is sent.

    `due_at = event_at - lead_minutes`, or at once where the lead is 0.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        PARKED = "parked", _("parked")

    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail")
        HOME = "home", _("home page")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="messages")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    # The name of a folder in templates/emails/.
    kind = models.CharField(max_length=40)
    # What it is about, as "booking:12": the outbox knows no table to its left.
    about = models.CharField(max_length=60)
    revision = models.PositiveIntegerField(default=0)
    event_at = models.DateTimeField()
    # 0 = at once.
    lead_minutes = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    context = models.JSONField(default=dict)
    calendar_file = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    channel = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    message_id = models.CharField(max_length=255, default=new_message_id, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, guardian__isnull=False) | Q(user__isnull=False, guardian=None),
                name="accounts_message_one_recipient",
            ),
            models.UniqueConstraint(
                fields=["about", "kind", "lead_minutes", "user", "revision"],
                condition=Q(user__isnull=False),
                name="accounts_message_once_a_user",
            ),
            models.UniqueConstraint(
                fields=["about", "kind", "lead_minutes", "guardian", "revision"],
                condition=Q(guardian__isnull=False),
                name="accounts_message_once_a_guardian",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False), name="accounts_message_sending_is_claimed"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | (Q(sent_at__isnull=False) & ~Q(channel="")),
                name="accounts_message_sent_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="accounts_message_due"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="accounts_message_claimed"),
            models.Index(fields=["about"], name="accounts_message_about"),
            models.Index(fields=["school", "-due_at", "-id"], name="accounts_message_of_school"),
            models.Index(fields=["school", "state", "-due_at", "-id"], name="accounts_message_in_state"),
            models.Index(fields=["user", "event_at"], condition=Q(channel="home"), name="accounts_message_home"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
