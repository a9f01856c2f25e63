"""What is shown of the school's days, and what the clocks do to its periods."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Period, PeriodTime, School, SchoolDay
from accounts.reports.school_time import days_without_school
from tests.cast import TODAY, Cast


def test_days_without_school_after_a_mistyped_year_are_a_years(cast: Cast) -> None:
    SchoolDay.objects.create(school=cast.school, date=dt.date(9999, 12, 31), day_type=cast.day_type)

    found = days_without_school(cast.school, after=TODAY)

    assert found[0] > TODAY
    assert found[-1] < TODAY + dt.timedelta(days=370)


CHICAGO, BERLIN = "America/Chicago", "Europe/Berlin"


def spans(zone: str, day: dt.date, starts: dt.time, ends: dt.time, *, weeks: int = 6) -> list[tuple[dt.datetime, ...]]:
    """The instants of a period on one weekday over some weeks, as stored."""
    school = School(name="Somewhere", time_zone=zone)
    time = PeriodTime(period=Period(school=school, name="1st"), starts=starts, ends=ends)
    return [time.span_on(day + dt.timedelta(days=7 * week)) for week in range(weeks)]


@pytest.mark.parametrize(
    ("zone", "first", "offsets"),
    [
        (CHICAGO, dt.date(2026, 10, 15), [-5, -5, -5, -6, -6, -6]),  # clocks go back on 1 November 2026
        (CHICAGO, dt.date(2027, 2, 25), [-6, -6, -6, -5, -5, -5]),  # and forward on 14 March 2027
        (BERLIN, dt.date(2027, 3, 11), [1, 1, 1, 2, 2, 2]),  # in Europe on 28 March 2027
        (CHICAGO, dt.date(2026, 11, 1), [-6] * 6),  # on the very Sundays, after the change
        (CHICAGO, dt.date(2027, 3, 14), [-5] * 6),
        (BERLIN, dt.date(2027, 3, 28), [2] * 6),
    ],
)
def test_weekly_period_keeps_its_time_on_the_wall(zone: str, first: dt.date, offsets: list[int]) -> None:
    found = spans(zone, first, dt.time(10, 40), dt.time(11, 25))

    on_the_wall = [[moment.astimezone(ZoneInfo(zone)).time() for moment in span] for span in found]
    assert on_the_wall == [[dt.time(10, 40), dt.time(11, 25)]] * 6
    assert [(10 - start.hour) % 24 for start, _end in found] == [offset % 24 for offset in offsets]
    assert {end - start for start, end in found} == {dt.timedelta(minutes=45)}
    assert {moment.tzinfo for span in found for moment in span} == {dt.UTC}


@pytest.mark.parametrize(
    ("zone", "day", "time", "instant"),
    [
        # There is no 02:30 in the night of these changes: it is read an hour later, 03:30 on the wall.
        (CHICAGO, dt.date(2027, 3, 14), dt.time(2, 30), dt.datetime(2027, 3, 14, 8, 30, tzinfo=dt.UTC)),
        (BERLIN, dt.date(2027, 3, 28), dt.time(2, 30), dt.datetime(2027, 3, 28, 1, 30, tzinfo=dt.UTC)),
        # 01:30 is there twice: the first one is meant. In Berlin it is 02:30, in the night of 31 October 2027.
        (CHICAGO, dt.date(2026, 11, 1), dt.time(1, 30), dt.datetime(2026, 11, 1, 6, 30, tzinfo=dt.UTC)),
        (BERLIN, dt.date(2027, 10, 31), dt.time(2, 30), dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)),
    ],
)
def test_time_that_is_missing_is_later_and_one_that_is_there_twice_is_the_first(
    zone: str, day: dt.date, time: dt.time, instant: dt.datetime
) -> None:
    ((start, _end),) = spans(zone, day, time, dt.time(9), weeks=1)

    assert start == instant


@given(
    zone=st.sampled_from([CHICAGO, BERLIN, "Australia/Lord_Howe"]),
    day=st.sampled_from([dt.date(2026, 11, 1), dt.date(2027, 3, 14), dt.date(2027, 3, 28), dt.date(2027, 10, 3)]),
    times=st.lists(st.times(), min_size=2, max_size=2, unique=True).map(sorted),
)
def test_period_ends_after_it_begins_whatever_the_clocks_do(zone: str, day: dt.date, times: list[dt.time]) -> None:
    ((start, end),) = spans(zone, day, times[0], times[1], weeks=1)

    assert start < end


def test_times_past_midnight_end_on_the_next_day() -> None:
    ((start, end),) = spans(CHICAGO, dt.date(2026, 11, 19), dt.time(23, 40), dt.time(0, 10), weeks=1)

    assert end - start == dt.timedelta(minutes=30)
