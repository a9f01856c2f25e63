"""A child or an adult says "I need help"."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.school import School
from accounts.permissions import ANSWER_CONCERN

if TYPE_CHECKING:
    from accounts.models.user import User


class ConcernQuerySet(models.QuerySet["Concern"]):
    def visible_to(self, user: User) -> ConcernQuerySet:
        """Those of one's school for the coordinator and the second named adult, never one about them; one's own."""
        own = Q(raised_by=user)
        if user.may(ANSWER_CONCERN) or user.school.second_adult_id == user.pk:
            return self.filter(own | Q(school_id=user.school_id) & ~Q(about=user))
        return self.filter(own)

    def answerable_by(self, user: User) -> ConcernQuerySet:
        """Those that this person may answer and close: never her own, never one about her."""
        return self.visible_to(user).exclude(raised_by=user).exclude(about=user)

    def with_people(self) -> ConcernQuerySet:
        """All that a row of a list shows, in one query."""
        return self.select_related("raised_by", "about", "closed_by")

    def waiting_first(self) -> ConcernQuerySet:
        """Open ones first, the newest first."""
        return self.order_by(models.F("closed_at").desc(nulls_first=True), "-raised_at")

    def answered_since(self, moment: dt.datetime) -> ConcernQuerySet:
        """Answered, and open still or closed since then."""
        return self.exclude(answer="").filter(Q(closed_at=None) | Q(closed_at__gte=moment))

    def open(self) -> ConcernQuerySet:
        """Those that wait for an answer."""
        return self.filter(closed_at=None)

    def between(self, one: User, other: User) -> ConcernQuerySet:
        """Those that one of these two raised about the other."""
        return self.filter(Q(raised_by=one, about=other) | Q(raised_by=other, about=one))


class Concern(models.Model):
    """What somebody needs help with. Stands outside trail contents and exports; while open, the two can't be booked."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="concerns")
    raised_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="concerns_raised")
    about = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="concerns_about"
    )
    text = models.TextField(_("what happened"), blank=True, max_length=4000)
    raised_at = models.DateTimeField()
    answer = models.TextField(_("answer"), blank=True, max_length=4000)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="concerns_closed"
    )

    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="accounts_concern_closed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(about=None) | ~Q(about=models.F("raised_by")), name="accounts_concern_about_another"
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None) | ~Q(closed_by=models.F("raised_by")),
                name="accounts_concern_not_closed_by_raiser",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
