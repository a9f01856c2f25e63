"""Setting when school is. Times that are booked already are instants and stay: nothing here moves them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.models import BellSchedule, DayType, Period, PeriodTime, School, SchoolDay, User
from accounts.permissions import SET_SCHOOL_TIME
from accounts.services.refusal import Refused


@dataclass(frozen=True)
class PeriodLine:
    """One line of the table of periods; without a `period` it is a new one. Times on the wall."""

    period: Period | None
    name: str
    starts: dt.time
    ends: dt.time


def main_bells(school: School) -> tuple[BellSchedule, DayType]:
    """The one bell schedule and the one kind of day that the pages set; made where the school has none."""
    bells = school.bell_schedules.order_by("pk").first()
    day_type = school.day_types.order_by("pk").first()
    return (
        bells or BellSchedule.objects.create(school=school, name=_("Bell times")),
        day_type or DayType.objects.create(school=school, name=_("School day")),
    )


@transaction.atomic
def set_periods(*, lines: Collection[PeriodLine], removed: Collection[Period], by: User) -> None:
    """Make the school's periods exactly these, numbered by their start. A period that something stands on stays.

    The lines do not overlap and have different names: the form sees to that. Refused, with nothing written, where a
    removed period is used.
    """
    school = _lock_school(by)
    kept = [line.period.pk for line in lines if line.period]
    if {*kept, *(period.pk for period in removed)} != set(school.periods.values_list("pk", flat=True)):
        raise Refused(_("The periods were changed in another window. Load the page again."))
    bells, day_type = main_bells(school)
    for period in removed:
        try:
            with transaction.atomic():
                period.times.all().delete()
                period.delete()
        except ProtectedError:
            sentence = _("“%(name)s” is in use: people are free or booked in it. Change its times instead.")
            raise Refused(sentence % {"name": period.name}) from None
    # Names are unique at each moment, so that a swap of two needs a step aside.
    for period in Period.objects.filter(school=school, pk__in=kept):
        Period.objects.filter(pk=period.pk).update(name=f"#{period.pk}")
    for position, line in enumerate(sorted(lines, key=lambda line: line.starts), start=1):
        period = line.period or Period(school=school)
        period.name, period.position = line.name, position
        period.save()
        _set_times(period, bells, day_type, line)


def _set_times(period: Period, bells: BellSchedule, day_type: DayType, line: PeriodLine) -> None:
    """Its times on the main kind of day, and on every other kind that had the same: the page shows one table for all.

    A new period is held on every kind of day.
    """
    before = PeriodTime.objects.filter(bell_schedule=bells, period=period, day_type=day_type).first()
    alike = DayType.objects.filter(school=period.school_id)
    if before is not None:
        same = PeriodTime.objects.filter(bell_schedule=bells, period=period, starts=before.starts, ends=before.ends)
        alike = alike.filter(pk__in=same.values("day_type"))
    for kind in alike:
        PeriodTime.objects.update_or_create(
            bell_schedule=bells, day_type=kind, period=period, defaults={"starts": line.starts, "ends": line.ends}
        )


@transaction.atomic
def fill_school_days(*, first: dt.date, last: dt.date, weekdays: Collection[int], day_type: DayType, by: User) -> int:
    """Make these weekdays (Monday is 0) school days from `first` to `last`; answers how many are new. Others stay."""
    school = _lock_school(by)
    if day_type.school_id != school.pk:
        raise Refused(_("This kind of day belongs to another school."))
    there = set(school.days.filter(date__range=(first, last)).values_list("date", flat=True))
    dates = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    new = [
        SchoolDay(school=school, date=date, day_type=day_type)
        for date in dates
        if date.weekday() in weekdays and date not in there
    ]
    SchoolDay.objects.bulk_create(new)
    return len(new)


@transaction.atomic
def remove_school_days(*, first: dt.date, last: dt.date, by: User) -> int:
    """No school from `first` to `last`; answers how many school days that takes away. Bookings on them stand."""
    count, _each = _lock_school(by).days.filter(date__range=(first, last)).delete()
    return count


def _lock_school(by: User) -> School:
    if not by.may(SET_SCHOOL_TIME):
        raise Refused(_("Only coordinators and admins set the school's times."))
    return School.objects.select_for_update().get(pk=by.school_id)
