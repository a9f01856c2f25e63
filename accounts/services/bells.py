"""Setting when each period is: bell schedules, and their times on each kind of day. Nothing here moves a meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.models import BellSchedule, DayType, Period, PeriodTime, School, SchoolClass, User
from accounts.services.refusal import Refused
from accounts.services.school_time import lock_school, main_bells

Times = Mapping[int, tuple[dt.time, dt.time]]


@transaction.atomic
def save_bell_schedule(bells: BellSchedule | None, *, name: str, grades: Collection[str], by: User) -> BellSchedule:
    """Add a bell schedule for some grades (a split lunch), or change it. A new one begins with the main one's times.

    One schedule is for everybody who has none of her own; a grade has at most one. Refused otherwise.
    """
    school = lock_school(by)
    _refuse_foreign(school, bells)
    others = BellSchedule.objects.filter(school=school).exclude(pk=bells.pk if bells else 0)
    if others.filter(name=name).exists():
        raise Refused(_("Another bell schedule has this name."))
    for other in others:
        if both := sorted(set(grades) & set(other.grades)):
            raise Refused(_("Grade %(grade)s has the schedule “%(name)s” already.") % {"grade": both[0], "name": other})
        if not grades and not other.grades:
            raise Refused(_("“%(name)s” is the schedule for everybody. Name the grades of this one.") % {"name": other})
    if grades and not others.exists():
        raise Refused(_("One bell schedule must be for everybody: leave its grades empty."))
    if bells and grades and not bells.grades:
        raise Refused(_("This schedule is the one for everybody. Leave its grades empty."))
    is_new = bells is None
    main, _kind = (bells, None) if bells else main_bells(school)
    bells = bells or BellSchedule(school=school)
    bells.name, bells.grades = name, sorted(set(grades))
    bells.save()
    if is_new and main != bells:
        _copy_times(PeriodTime.objects.filter(bell_schedule=main), bell_schedule=bells)
    return bells


@transaction.atomic
def delete_bell_schedule(bells: BellSchedule, *, by: User) -> None:
    """Take a schedule of some grades away: they have the times of everybody again."""
    _refuse_foreign(lock_school(by), bells)
    if not bells.grades:
        raise Refused(_("This schedule is the one for everybody. It can't be taken away."))
    bells.times.all().delete()
    bells.delete()


@transaction.atomic
def set_bell_times(bells: BellSchedule, day_type: DayType, times: Times, *, by: User) -> None:
    """When each period is by this schedule on this kind of day; a period (by id) that is not named is not held."""
    school = lock_school(by)
    _refuse_foreign(school, bells, day_type)
    if not set(times) <= set(school.periods.values_list("pk", flat=True)):
        raise Refused(_("This is not a period of your school."))
    there = PeriodTime.objects.filter(bell_schedule=bells, day_type=day_type)
    there.exclude(period__in=times).delete()
    for period_id, (starts, ends) in times.items():
        PeriodTime.objects.update_or_create(
            bell_schedule=bells, day_type=day_type, period_id=period_id, defaults={"starts": starts, "ends": ends}
        )


@transaction.atomic
def save_day_type(day_type: DayType | None, *, name: str, is_testing: bool, by: User) -> DayType:
    """Add a kind of day, or change it. A new one begins with the times of the first kind."""
    school = lock_school(by)
    _refuse_foreign(school, day_type)
    if DayType.objects.filter(school=school, name__iexact=name).exclude(pk=day_type.pk if day_type else 0).exists():
        raise Refused(_("Another kind of day has this name."))
    first = school.day_types.order_by("pk").first()
    is_new = day_type is None
    day_type = day_type or DayType(school=school)
    day_type.name, day_type.is_testing = name, is_testing
    day_type.save()
    if is_new and first:
        _copy_times(PeriodTime.objects.filter(day_type=first), day_type=day_type)
    return day_type


@transaction.atomic
def delete_day_type(day_type: DayType, *, by: User) -> None:
    """Take a kind of day away that no day, no class and no free period is of."""
    school = lock_school(by)
    _refuse_foreign(school, day_type)
    sentence = _("“%(name)s” is in use: there are days, classes or free periods of this kind.") % {"name": day_type}
    if school.day_types.count() == 1 or SchoolClass.objects.filter(day_types=day_type).exists():
        raise Refused(sentence)
    try:
        with transaction.atomic():
            day_type.times.all().delete()
            day_type.delete()
    except ProtectedError:
        raise Refused(sentence) from None


def _copy_times(
    times: Collection[PeriodTime], *, bell_schedule: BellSchedule | None = None, day_type: DayType | None = None
) -> None:
    PeriodTime.objects.bulk_create(
        PeriodTime(
            bell_schedule=bell_schedule or time.bell_schedule,
            day_type=day_type or time.day_type,
            period=time.period,
            starts=time.starts,
            ends=time.ends,
        )
        for time in times
    )


def _refuse_foreign(school: School, *rows: BellSchedule | DayType | Period | None) -> None:
    if any(row is not None and row.school_id != school.pk for row in rows):
        raise Refused(_("This is not at your school."))
