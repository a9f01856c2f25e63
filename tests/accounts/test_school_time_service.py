"""One table of periods for a school with several kinds of day."""

import datetime as dt

import pytest

from accounts.models import PeriodTime
from accounts.services.school_time import PeriodLine, set_periods
from tests.cast import PERIODS, Cast
from tests.factories import DayTypeFactory

HOUR = (dt.time(15), dt.time(15, 45))


@pytest.fixture
def second_kind(cast: Cast):
    """A B day whose periods are those of the A day, but for the first."""
    kind = DayTypeFactory(school=cast.school, name="B")
    for number, (period, (starts, ends)) in enumerate(zip(cast.periods, PERIODS, strict=True)):
        starts = dt.time(7, 30) if number == 0 else starts
        PeriodTime.objects.create(
            bell_schedule=cast.bell_schedule, day_type=kind, period=period, starts=starts, ends=ends
        )
    return kind


def lines_of(cast: Cast, **changed: tuple[dt.time, dt.time]) -> list[PeriodLine]:
    return [
        PeriodLine(period, period.name, *changed.get(f"p{number}", times))
        for number, (period, times) in enumerate(zip(cast.periods, PERIODS, strict=True), start=1)
    ]


def test_new_period_is_held_on_every_kind_of_day(cast: Cast, second_kind) -> None:
    lines = [*lines_of(cast), PeriodLine(None, "Tech hour", *HOUR)]

    set_periods(lines=lines, removed=[], by=cast.coordinator)

    times = PeriodTime.objects.filter(period__name="Tech hour").values_list("day_type", "starts", "ends")
    assert set(times) == {(cast.day_type.pk, *HOUR), (second_kind.pk, *HOUR)}


def test_changed_times_hold_on_each_kind_of_day_that_had_the_same(cast: Cast, second_kind) -> None:
    set_periods(lines=lines_of(cast, p1=HOUR, p2=HOUR), removed=[], by=cast.coordinator)

    of_second = PeriodTime.objects.filter(day_type=second_kind)
    assert of_second.get(period=cast.periods[0]).starts == dt.time(7, 30)
    assert of_second.get(period=cast.periods[1]).starts == HOUR[0]
