"""A meeting that stays where it is though the school's times are others by now."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from sessions_app.models.booking import Booking
from sessions_app.models.playground import PlaygroundSession


class KeptTime(models.Model):
    """A coordinator looked at a booking or playground that fits no longer, and kept it as it is.

    It holds for the times that stood then: when the meeting moves, or the bells change once more, the row says nothing.
    """

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, null=True, blank=True, related_name="kept_time")
    playground = models.OneToOneField(
        PlaygroundSession, on_delete=models.CASCADE, null=True, blank=True, related_name="kept_time"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # When its period is by the bells; null where it is not held on that day, or is no school.
    bells_start_at = models.DateTimeField(null=True, blank=True)
    bells_end_at = models.DateTimeField(null=True, blank=True)
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(booking=None, playground__isnull=False) | Q(booking__isnull=False, playground=None),
                name="sessions_kepttime_one_meeting",
            ),
            models.CheckConstraint(
                condition=Q(bells_start_at=None, bells_end_at=None)
                | Q(bells_start_at__isnull=False, bells_end_at__isnull=False),
                name="sessions_kepttime_both_bells",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking or self.playground} as it is"
