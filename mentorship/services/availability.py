"""When a person is free in the school week, and on single days."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import DayType, Period, PeriodTime, SchoolDay, User
from accounts.permissions import RUN_PROGRAM, SET_AVAILABILITY
from accounts.services import Refused, require_act
from mentorship.models import Availability, AvailabilityException

Slot = tuple[int, int]


@transaction.atomic
def set_availability(person: User, slots: Collection[Slot], *, by: User, leaving: Collection[Slot] = ()) -> None:
    """The person can meet in exactly these slots from now on; what stood before is replaced.

    Both hold (day type id, period id) pairs: `slots` are free periods, in `leaving` a student may leave the class that
    she has then. A slot in both is free. Everybody sets the own ones, who runs the program anybody's.
    Refused when a slot is not of the person's school, or for leaving by an adult or on a testing day.
    """
    _require_own_or_coordinator(person, by)
    kinds = dict(DayType.objects.filter(school=person.school_id).values_list("pk", "is_testing"))
    periods = set(Period.objects.filter(school=person.school_id).values_list("pk", flat=True))
    wanted = dict.fromkeys(leaving, True) | dict.fromkeys(slots, False)
    if any(day_type not in kinds or period not in periods for day_type, period in wanted):
        raise Refused(_("This is not a period of your school."))
    left = [slot for slot, may_leave in wanted.items() if may_leave]
    if left and not person.is_student:
        raise Refused(_("Only students leave a class to help."))
    if any(kinds[day_type] for day_type, _period in left):
        raise Refused(_("Nobody leaves a class on a testing day."))
    _lock(person)
    old = {(row.day_type_id, row.period_id): row for row in Availability.objects.filter(person=person)}
    Availability.objects.filter(pk__in=[row.pk for slot, row in old.items() if slot not in wanted]).delete()
    for may_leave in (False, True):
        other = [old[slot].pk for slot, says in wanted.items() if says == may_leave and slot in old]
        rows = Availability.objects.filter(pk__in=other).exclude(may_leave_class=may_leave)
        rows.update(may_leave_class=may_leave)
    Availability.objects.bulk_create(
        Availability(person=person, day_type_id=slot[0], period_id=slot[1], may_leave_class=wanted[slot])
        for slot in sorted(set(wanted) - set(old))
    )


@transaction.atomic
def set_exceptions(
    person: User, *, day: dt.date, periods: Collection[Period], is_free: bool, by: User, today: dt.date
) -> int:
    """On this one date the person is free, or not, in these periods; none named means all of that day.

    Answers how many periods it says something about. Refused for a day that is over or has no school, and for a period
    that is not held then.
    """
    _require_own_or_coordinator(person, by)
    if day < today:
        raise Refused(_("This day is over."))
    school_day = SchoolDay.objects.filter(school=person.school_id, date=day).first()
    if school_day is None:
        raise Refused(_("There is no school on that day."))
    times = PeriodTime.objects.filter(day_type=school_day.day_type_id, period__school=person.school_id)
    held = set(times.values_list("period", flat=True))
    for period in periods:
        if period.pk not in held:
            raise Refused(_("There is no %(period)s on that day.") % {"period": period.name})
    _lock(person)
    wanted = {period.pk for period in periods} or held
    for period_id in sorted(wanted):
        AvailabilityException.objects.update_or_create(
            person=person, date=day, period_id=period_id, defaults={"is_free": is_free}
        )
    return len(wanted)


@transaction.atomic
def remove_exception(exception: AvailabilityException, *, by: User) -> None:
    """The week's rule holds on that day again. Removing it twice changes nothing."""
    _require_own_or_coordinator(exception.person, by)
    AvailabilityException.objects.filter(pk=exception.pk).delete()


def _require_own_or_coordinator(person: User, by: User) -> None:
    require_act(by, SET_AVAILABILITY if by == person else RUN_PROGRAM, person.school_id)


def _lock(person: User) -> None:
    """One writer at a time for each person; the rows may not exist yet, so the person is what can be locked."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
