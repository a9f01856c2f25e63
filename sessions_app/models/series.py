"""What repeats: one row for all the dates that were planned together."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from mentorship.models import Program


class Series(models.Model):
    """Dates that were planned together. Each date is a row of its own and may differ from the others."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="series")
    # As it was planned, an RRULE of RFC 5545. A date that was left out has no row, and a moved one keeps its old date
    # in `series_date`.
    rule = models.CharField(max_length=200)
    starts_on = models.DateField()
    until = models.DateField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # What the form carried: a double click or a retry finds the first series.
    request_key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("starts_on")), name="sessions_series_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.rule} from {self.starts_on}"

    @property
    def about(self) -> str:
        """The name under which the outbox knows the news about all its dates."""
        return f"series:{self.pk}"
