"""Who waits for a place at a playground that is full."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sessions_app.models.playground import PlaygroundSession


class WaitlistEntryQuerySet(models.QuerySet["WaitlistEntry"]):
    def open(self) -> WaitlistEntryQuerySet:
        """Those who wait, and those to whom a place is offered."""
        return self.filter(state__in=OPEN)

    def holding(self, now: dt.datetime) -> WaitlistEntryQuerySet:
        """Those for whom a place is kept at this moment."""
        return self.filter(state=WaitlistEntry.State.OFFERED, offered_until__gt=now)


class WaitlistEntry(models.Model):
    """A teacher who would come. A place that frees is offered to the one who waits longest, until `offered_until`."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("offered a place")
        TAKEN = "taken", _("took the place")
        LAPSED = "lapsed", _("let the offer lapse")
        GONE = "gone", _("does not wait any more")

    playground = models.ForeignKey(PlaygroundSession, on_delete=models.CASCADE, related_name="waitlist")
    teacher = models.ForeignKey(User, on_delete=models.PROTECT, related_name="waitlist_entries")
    joined_at = models.DateTimeField()
    offered_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)

    objects = WaitlistEntryQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        verbose_name_plural = "waitlist entries"
        constraints = [
            models.UniqueConstraint(
                fields=["playground", "teacher"],
                condition=Q(state__in=["waiting", "offered"]),
                name="sessions_waitlist_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offered_until__isnull=False), name="sessions_waitlist_offer_ends"
            ),
        ]
        indexes = [
            models.Index(
                fields=["playground"], condition=Q(state__in=["waiting", "offered"]), name="sessions_waitlist_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.teacher} waits for {self.playground}"

    @property
    def about(self) -> str:
        """The name under which the outbox knows this offer."""
        return f"waitlist:{self.pk}"


OPEN = [WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED]
