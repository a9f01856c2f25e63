"""When data ends: a person asks for erasure, and each night what was kept long enough is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.models.school import School
from accounts.permissions import ERASE_PERSON

if TYPE_CHECKING:
    from accounts.models.user import User


class ErasureRequestQuerySet(models.QuerySet["ErasureRequest"]):
    def visible_to(self, user: User) -> ErasureRequestQuerySet:
        """Those of the school for whoever carries them out; everybody sees the own one."""
        if user.may(ERASE_PERSON):
            return self.filter(person__school_id=user.school_id)
        return self.filter(person=user)

    def open(self) -> ErasureRequestQuerySet:
        """Neither carried out nor taken back."""
        return self.filter(ended_at=None)


class ErasureRequest(models.Model):
    """Somebody wants to be forgotten. It ends when it is carried out, or taken back by the person."""

    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="erasure_requests")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Who carried it out; nobody where the person took it back.
    carried_out_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="erasures_carried_out"
    )

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="accounts_erasurerequest_open_once"
            ),
            models.CheckConstraint(
                condition=Q(carried_out_by=None) | Q(ended_at__isnull=False),
                name="accounts_erasurerequest_carried_out_has_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class RetentionReport(models.Model):
    """What the night's clearing deleted in one school: numbers by kind of data, never names."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="retention_reports")
    date = models.DateField()
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(fields=["school", "date"], name="accounts_retentionreport_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.date}"
