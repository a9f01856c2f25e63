"""Who was at a playground."""

from __future__ import annotations

from django.db import models

from accounts.models import User
from sessions_app.models.playground import PlaygroundSession


class Attendance(models.Model):
    """A teacher, a mentor or the adult in charge checked in. Once is enough: whoever sends it again changes nothing."""

    playground = models.ForeignKey(PlaygroundSession, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attendances")
    checked_in_at = models.DateTimeField()

    class Meta:
        ordering = ["checked_in_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["playground", "person"], name="sessions_attendance_once")]

    def __str__(self) -> str:
        return f"{self.person} at {self.playground}"
