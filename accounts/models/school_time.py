"""When school is: kinds of day, bell schedules, periods and the days of the year."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.school import School

if TYPE_CHECKING:
    from accounts.models.user import User


class DayType(models.Model):
    """A kind of day: A, B, testing, early release."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="day_types")
    name = models.CharField(_("name"), max_length=40)
    # A day of tests: nobody is taken out of a class.
    is_testing = models.BooleanField(_("testing day"), default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="accounts_daytype_name_once")]

    def __str__(self) -> str:
        return self.name


class BellSchedule(models.Model):
    """A set of times for the periods; a school may have one for each group of grades (empty `grades` = everyone)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="bell_schedules")
    name = models.CharField(_("name"), max_length=80)
    grades = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="accounts_bellschedule_name_once")]

    def __str__(self) -> str:
        return self.name


class PeriodQuerySet(models.QuerySet["Period"]):
    def visible_to(self, user: User) -> PeriodQuerySet:
        """Periods of one's own school."""
        return self.filter(school_id=user.school_id)


class Period(models.Model):
    """A named slot of the school day ("4th period"). Its times stand in PeriodTime."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="periods")
    name = models.CharField(_("name"), max_length=40)
    position = models.PositiveSmallIntegerField()

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="accounts_period_name_once"),
            models.UniqueConstraint(
                fields=["school", "position"],
                name="accounts_period_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PeriodTime(models.Model):
    """When a period begins and ends, by the clock on the wall, in one bell schedule on one kind of day."""

    bell_schedule = models.ForeignKey(BellSchedule, on_delete=models.PROTECT, related_name="times")
    day_type = models.ForeignKey(DayType, on_delete=models.PROTECT, related_name="times")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="times")
    starts = models.TimeField(_("starts"))
    ends = models.TimeField(_("ends"))

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["bell_schedule", "day_type", "period"], name="accounts_periodtime_period_once"
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="accounts_periodtime_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.starts:%H:%M}-{self.ends:%H:%M}"

    def span_on(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """The aware instants at which this period begins and ends on `day`, by the rule of `School.wall_span`.

        Needs `period.school` loaded.
        """
        return self.period.school.wall_span(day, self.starts, self.ends)


class SchoolDay(models.Model):
    """A day on which there is school, and of what kind. A date without a row has no school."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="days")
    date = models.DateField()
    day_type = models.ForeignKey(DayType, on_delete=models.PROTECT, related_name="days")

    class Meta:
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["school", "date"], name="accounts_schoolday_date_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.day_type}"
