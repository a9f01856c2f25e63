"""A school and its rooms. Every row of the program belongs to one school, directly or through its parent."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models.user import User


def validate_time_zone(name: str) -> None:
    """A time zone is one of the names of the IANA database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("This is not a time zone. Example: America/Chicago."))


def default_languages() -> list[str]:
    """The languages that are complete in every installation (ISO 639-1)."""
    return ["en", "es", "ar"]


def default_reminder_leads() -> list[int]:
    """Minutes before a session at which a reminder goes out: the day before and the hour before."""
    return [24 * 60, 60]


class School(models.Model):
    """One school: its time zone, languages and the settings that it chose."""

    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    languages = ArrayField(models.CharField(max_length=8), default=default_languages)
    reminder_leads = ArrayField(models.PositiveIntegerField(), default=default_reminder_leads)
    # How early, and how late, people may let themselves be reminded, in minutes before a session.
    lead_least = models.PositiveIntegerField(_("latest reminder that people may choose"), default=30)
    lead_most = models.PositiveIntegerField(_("earliest reminder that people may choose"), default=7 * 24 * 60)
    # Wall clock. Between the two nothing is sent that can wait; null = at any hour.
    quiet_from = models.TimeField(_("quiet hours begin"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet hours end"), null=True, blank=True)
    # When coordinators are told what needs them today, by the wall clock; null = not at all.
    digest_at = models.TimeField(_("daily mail to coordinators"), null=True, blank=True, default=dt.time(7))
    minimum_group_size = models.PositiveSmallIntegerField(_("smallest group shown"), default=10)
    retention_days = models.JSONField(default=dict)
    second_adult = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="second_adult_of"
    )
    # Coordinators and admins come in with a second factor only.
    requires_second_factor = models.BooleanField(_("coordinators and admins need a second factor"), default=False)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minimum_group_size__gte=5), name="accounts_school_group_size_at_least_5"
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~models.Q(quiet_from=models.F("quiet_until")),
                name="accounts_school_quiet_hours_have_both_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(lead_least__gte=1, lead_most__gt=models.F("lead_least")),
                name="accounts_school_lead_limits_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The school's time zone, for turning instants into the times on its walls."""
        return zoneinfo.ZoneInfo(self.time_zone)

    def wall_span(self, day: dt.date, starts: dt.time, ends: dt.time) -> tuple[dt.datetime, dt.datetime]:
        """The instants, in UTC, between two times on the school's walls on one day; the first is the earlier one.

        One rule for changes of the clocks (PEP 495, fold=0): a wall time that exists twice means the first one; one
        that does not exist is moved forward by the length of the gap. Where that would bring the end before the
        beginning, the end is as long after the beginning as the wall times say, past midnight if need be.
        """
        start, end = (dt.datetime.combine(day, time, self.zone).astimezone(dt.UTC) for time in (starts, ends))
        if end <= start:
            end = start + (dt.datetime.combine(day, ends) - dt.datetime.combine(day, starts)) % dt.timedelta(days=1)
        return start, end

    def quiet_around(self, moment: dt.datetime) -> tuple[dt.datetime, dt.datetime] | None:
        """The quiet hours `[begin, end)` in which a moment lies, in UTC; None if it lies in none.

        Over a change of the clocks they keep their wall-clock times, by the rule of `wall_span`.
        """
        if self.quiet_from is None or self.quiet_until is None:
            return None
        today = moment.astimezone(self.zone).date()
        nights = dt.timedelta(days=1 if self.quiet_until < self.quiet_from else 0)
        for day in (today - dt.timedelta(days=1), today):
            begin = dt.datetime.combine(day, self.quiet_from, self.zone).astimezone(dt.UTC)
            end = dt.datetime.combine(day + nights, self.quiet_until, self.zone).astimezone(dt.UTC)
            if begin <= moment < end:
                return begin, end
        return None


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, user: User) -> RoomQuerySet:
        """Rooms of one's own school."""
        return self.filter(school_id=user.school_id)

    def fit_for_one_to_one(self) -> RoomQuerySet:
        """Rooms that the school marked as in view: one adult and one student may meet only there."""
        return self.filter(in_view=True)


class Room(models.Model):
    """A place in the school. A shared room (the library) takes several groups at once and is never held."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=80)
    is_shared = models.BooleanField(_("several groups can use it at once"), default=False)
    in_view = models.BooleanField(_("in view: others can look in"), default=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "school", Lower("name"), name="accounts_room_name_once", violation_error_message=_("This room exists.")
            ),
        ]

    def __str__(self) -> str:
        return self.name
