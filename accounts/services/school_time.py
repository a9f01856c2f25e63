"""Setting when school is. Times that are booked already are instants and stay: nothing here moves them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.models import BellSchedule, DayType, Period, PeriodTime, School, User
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
    """The bell schedule for everybody and the first kind of day; made where the school has none."""
    bells = school.bell_schedules.filter(grades=[]).order_by("pk").first()
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
    school = lock_school(by)
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
    """Its times by the main bells on the main kind of day, and wherever else they were the same: one table for all.

    A new period is held by every bell schedule on every kind of day.
    """
    times = PeriodTime.objects.filter(period=period)
    before = times.filter(bell_schedule=bells, day_type=day_type).first()
    if before is not None:
        times.filter(starts=before.starts, ends=before.ends).update(starts=line.starts, ends=line.ends)
        return
    there = set(times.values_list("bell_schedule", "day_type"))
    school = School.objects.get(pk=period.school_id)
    PeriodTime.objects.bulk_create(
        PeriodTime(bell_schedule=schedule, day_type=kind, period=period, starts=line.starts, ends=line.ends)
        for schedule in school.bell_schedules.all()
        for kind in school.day_types.all()
        if (schedule.pk, kind.pk) not in there
    )


def lock_school(by: User) -> School:
    """The school of somebody who may set its times, under a row lock: one change at a time."""
    if not by.may(SET_SCHOOL_TIME):
        raise Refused(_("Only coordinators and admins set the school's times."))
    return School.objects.select_for_update().get(pk=by.school_id)
