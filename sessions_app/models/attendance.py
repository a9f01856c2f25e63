"""Who was at a playground."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentorship.models import HelpEntry
from sessions_app.models.playground import PlaygroundSession


class Attendance(models.Model):
    """A teacher, a mentor or the adult in charge checked in. Once is enough: whoever sends it again changes nothing."""

    class How(models.TextChoices):
        PIN = "pin", _("by PIN")
        QR = "qr", _("by phone")
        BY_HAND = "by_hand", _("by hand")

    playground = models.ForeignKey(PlaygroundSession, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attendances")
    checked_in_at = models.DateTimeField()
    # The first walk-up help that this person, a teacher, got there; more of it stands in the log alone.
    help_entry = models.OneToOneField(
        HelpEntry, on_delete=models.SET_NULL, null=True, blank=True, related_name="attendance"
    )
    how = models.CharField(max_length=10, choices=How.choices, default=How.PIN)

    class Meta:
        ordering = ["checked_in_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["playground", "person"], name="sessions_attendance_once")]

    def __str__(self) -> str:
        return f"{self.person} at {self.playground}"
