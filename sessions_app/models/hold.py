"""The one table that holds time: what can't overlap."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Period, Room, SchoolClass, User
from sessions_app.models.booking import Booking
from sessions_app.models.playground import PlaygroundSession


def just(column: str) -> Func:
    """The range that holds only this id, so that GiST can compare ids without the btree_gist extension."""
    return Func(F(column), F(column), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class HoldQuerySet(models.QuerySet["Hold"]):
    def overlapping(self, start: dt.datetime, end: dt.datetime) -> HoldQuerySet:
        """Holds that share a moment with `[start, end)`."""
        return self.filter(during__overlap=(start, end))


class Misses(models.TextChoices):
    """What a student leaves to help."""

    NOTHING = "", _("no class")
    CLASS = "class", _("a class")
    CORE = "core", _("a core class")


class Hold(models.Model):
    """A person or a room is taken for a stretch of time, by a booking or a playground.

    `person` is the User, so that two hats are one body. `during` is a half-open range `[start, end)` of instants.
    A shared room writes none. Cancelling deletes the row.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    during = DateTimeRangeField()
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, null=True, blank=True, related_name="holds")
    playground = models.ForeignKey(
        PlaygroundSession, on_delete=models.CASCADE, null=True, blank=True, related_name="holds"
    )
    # What a mentor leaves for it: nothing, a class, or a core class. A class that nobody knows counts as core.
    misses = models.CharField(max_length=5, choices=Misses.choices, blank=True, default=Misses.NOTHING)
    # Without a class list it is not known which; the period tells then whether it is the same one again.
    missed_class = models.ForeignKey(SchoolClass, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    missed_period = models.ForeignKey(Period, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Of core classes, where a clock time touches more than these; null where it is all of the time.
    missed_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    # The other classes that a clock time touches, as `Leaving.also`: ids of SchoolClass, null where nobody knows it,
    # and at the same place that of its Period. Without foreign keys: a class that is gone is not left again.
    also_missed_classes = ArrayField(models.BigIntegerField(null=True), blank=True, default=list, db_default=[])
    also_missed_periods = ArrayField(models.BigIntegerField(), blank=True, default=list, db_default=[])

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, room__isnull=False) | Q(person__isnull=False, room=None),
                name="sessions_hold_person_or_room",
            ),
            models.CheckConstraint(
                condition=Q(booking=None, playground__isnull=False) | Q(booking__isnull=False, playground=None),
                name="sessions_hold_one_cause",
            ),
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False,
                    during__lower_inf=False,
                    during__upper_inf=False,
                    during__lower_inc=True,
                    during__upper_inc=False,
                ),
                name="sessions_hold_half_open",
            ),
            models.CheckConstraint(
                condition=Q(misses="", missed_class=None, missed_period=None)
                | Q(misses__in=["class", "core"], missed_period__isnull=False, person__isnull=False),
                name="sessions_hold_misses_a_period",
            ),
            models.CheckConstraint(
                condition=Q(missed_minutes=None) | Q(misses="core"),
                name="sessions_hold_minutes_of_core",
            ),
            models.CheckConstraint(
                condition=Q(also_missed_classes__len=F("also_missed_periods__len"))
                & (Q(also_missed_periods=[]) | ~Q(misses="")),
                name="sessions_hold_also_misses_pairs",
            ),
            ExclusionConstraint(
                name="sessions_hold_person_once",
                expressions=[(just("person"), RangeOperators.OVERLAPS), ("during", RangeOperators.OVERLAPS)],
                condition=Q(person__isnull=False),
            ),
            ExclusionConstraint(
                name="sessions_hold_room_once",
                expressions=[(just("room"), RangeOperators.OVERLAPS), ("during", RangeOperators.OVERLAPS)],
                condition=Q(room__isnull=False),
            ),
        ]
        indexes = [
            GistIndex(fields=["during"], name="sessions_hold_during"),
            models.Index(fields=["person"], condition=~Q(misses=""), name="sessions_hold_misses"),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.room} {self.during}"
