"""What a school decided about booking: how early, how often, and what students may miss for it."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import School

WEEK_MINUTES = 7 * 24 * 60
# What to select with a program, so that its rules cost no statement of their own.
OF_PROGRAM = "school__booking_rules"

# How long a meeting by the clock may last, in minutes.
CLOCK_STEP = 5
CLOCK_MINUTES = range(15, 121, CLOCK_STEP)


class BookingRules(models.Model):
    """One row for a school; a school without one keeps the rules that stand here as defaults.

    A limit that is null is none. The coordinator may go past notice and limits; protection she overrides with a reason.
    """

    school = models.OneToOneField(School, on_delete=models.PROTECT, related_name="booking_rules")
    notice_minutes = models.PositiveIntegerField(
        _("A mentor is booked at least this long before, in minutes"),
        default=60,
        validators=[MaxValueValidator(2 * WEEK_MINUTES)],
    )
    cut_off_minutes = models.PositiveIntegerField(
        _("A booking is moved or cancelled at least this long before, in minutes"),
        default=30,
        validators=[MaxValueValidator(2 * WEEK_MINUTES)],
    )
    join_notice_minutes = models.PositiveIntegerField(
        _("Teachers sign up to a tech playground at least this long before, in minutes"),
        default=0,
        help_text=_("With 0 they sign up until it is over."),
        validators=[MaxValueValidator(2 * WEEK_MINUTES)],
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("A free place is kept for who is next on the waiting list, in hours"),
        default=24,
        help_text=_("Shorter where the playground begins soon."),
        validators=[MinValueValidator(1), MaxValueValidator(7 * 24)],
    )
    teacher_week_limit = models.PositiveSmallIntegerField(
        _("Bookings a week for one teacher, at most"), default=10, null=True, blank=True
    )
    mentor_week_limit = models.PositiveSmallIntegerField(
        _("Bookings a week for one mentor, at most"), default=5, null=True, blank=True
    )
    same_class_days = models.PositiveSmallIntegerField(
        _("Days until a mentor may leave the same class again"), default=14, validators=[MaxValueValidator(200)]
    )
    core_week_minutes = models.PositiveSmallIntegerField(
        _("Minutes of core classes that a mentor may miss a week"), default=90
    )

    # Where no period fits, a meeting is booked by the clock, within these hours.
    opens_at = models.TimeField(_("Meetings by the clock begin at the earliest at"), default=dt.time(7))
    closes_at = models.TimeField(_("and end at the latest at"), default=dt.time(17))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="sessions_bookingrules_closes_after_opening",
                violation_error_message=_("The last time must be later than the first."),
            ),
            models.CheckConstraint(
                condition=Q(teacher_week_limit=None) | Q(teacher_week_limit__gt=0),
                name="sessions_bookingrules_teacher_may_book",
                violation_error_message=_("Leave the limit empty, or let it be 1 or more."),
            ),
            models.CheckConstraint(
                condition=Q(mentor_week_limit=None) | Q(mentor_week_limit__gt=0),
                name="sessions_bookingrules_mentor_may_help",
                violation_error_message=_("Leave the limit empty, or let it be 1 or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}"

    def for_coordinators(self) -> Self:
        """The same without notice and limits a week, which do not bind who runs the program."""
        rules = copy.copy(self)
        rules.notice_minutes, rules.teacher_week_limit, rules.mentor_week_limit = 0, None, None
        return rules

    @classmethod
    def of(cls, school: School) -> Self:
        """The rules of this school: its own, or the defaults. No statement where they were selected with the school."""
        own: Self | None = getattr(school, "booking_rules", None)
        return own or cls(school=school)
