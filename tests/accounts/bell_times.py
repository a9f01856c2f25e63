"""The days and bells of a school, as tests read them."""

import datetime as dt

from accounts.models import BellSchedule, DayType, PeriodTime, SchoolDay
from tests.cast import Cast

MONDAY = dt.date(2027, 3, 1)


def kinds_from(cast: Cast, count: int) -> list[str]:
    """The kinds of the first days from Monday 1 March on; "-" for a day without school."""
    days = dict(SchoolDay.objects.filter(school=cast.school).values_list("date", "day_type__name"))
    return [days.get(MONDAY + dt.timedelta(days=number), "-") for number in range(count)]


def times_of(bells: BellSchedule, kind: DayType) -> list[tuple[dt.time, dt.time]]:
    times = PeriodTime.objects.filter(bell_schedule=bells, day_type=kind).order_by("period__position")
    return list(times.values_list("starts", "ends"))
