"""Setting on which days there is school, and of what kind they are. Nothing here moves a meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import DayType, School, SchoolDay, User
from accounts.services.refusal import Refused
from accounts.services.school_time import lock_school


@dataclass(frozen=True)
class DaysChanged:
    """How many days became school days, became another kind, and are none any more."""

    added: int
    changed: int
    closed: int

    @property
    def count(self) -> int:
        """All of them."""
        return self.added + self.changed + self.closed


@transaction.atomic
def set_school_days(days: Mapping[dt.date, DayType | None], *, by: User) -> DaysChanged:
    """Make each of these dates a day of this kind; None closes it. Dates that are so already are not counted."""
    school = lock_school(by)
    _refuse_foreign(school, [kind for kind in days.values() if kind])
    there = {day.date: day for day in SchoolDay.objects.filter(school=school, date__in=days)}
    new = [
        SchoolDay(school=school, date=date, day_type=kind) for date, kind in days.items() if kind and date not in there
    ]
    other = [day for date, day in there.items() if (kind := days[date]) and kind.pk != day.day_type_id]
    gone = [day.pk for date, day in there.items() if days[date] is None]
    for day in other:
        kind = days[day.date]
        assert kind is not None
        day.day_type = kind
    SchoolDay.objects.bulk_create(new)
    SchoolDay.objects.bulk_update(other, ["day_type"])
    SchoolDay.objects.filter(pk__in=gone).delete()
    return DaysChanged(len(new), len(other), len(gone))


@transaction.atomic
def fill_school_days(
    *,
    first: dt.date,
    last: dt.date,
    weekdays: Collection[int],
    day_types: Sequence[DayType],
    by: User,
    replaces: bool = False,
) -> DaysChanged:
    """Make these weekdays (Monday is 0) school days from `first` to `last`, the kinds in turn: A, B, A, B.

    Days that are there already stay as they are, and take their turn all the same, unless it `replaces` them.
    """
    there = set(lock_school(by).days.filter(date__range=(first, last)).values_list("date", flat=True))
    dates = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    wanted = [date for date in dates if date.weekday() in weekdays]
    turns = {date: day_types[number % len(day_types)] for number, date in enumerate(wanted)}
    return set_school_days({date: kind for date, kind in turns.items() if replaces or date not in there}, by=by)


@transaction.atomic
def remove_school_days(*, first: dt.date, last: dt.date, by: User) -> int:
    """No school from `first` to `last`; answers how many school days that takes away. Bookings on them stand."""
    count, _each = lock_school(by).days.filter(date__range=(first, last)).delete()
    return count


def _refuse_foreign(school: School, kinds: Collection[DayType]) -> None:
    if any(kind.school_id != school.pk for kind in kinds):
        raise Refused(_("This kind of day belongs to another school."))
