"""A playground every week: its dates around changes of the clocks, all or nothing, and from one date on."""

import datetime as dt
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Message, SchoolDay
from accounts.services import Refused
from sessions_app.models import Booking, Hold, PlaygroundSession, Series
from sessions_app.reports.playground_dates import occurrences
from sessions_app.reports.series import Slot, rule_of, spans_of, weekly_dates
from sessions_app.services import (
    DatesTaken,
    TimeTaken,
)
from tests import factories
from tests.cast import NOW, Cast
from tests.sessions_app.weekly import THURSDAYS, Plans, Weekly, dates_of


def school_days(cast: Cast, *days: dt.date) -> None:
    """Let there be school on these days."""
    SchoolDay.objects.bulk_create(
        [SchoolDay(school=cast.school, date=day, day_type=cast.day_type) for day in days], ignore_conflicts=True
    )


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("America/Chicago", dt.date(2026, 11, 1)),
        ("America/Chicago", dt.date(2027, 3, 14)),
        ("Europe/Berlin", dt.date(2027, 3, 28)),
    ],
)
@pytest.mark.parametrize("by_period", [True, False])
def test_each_date_keeps_its_time_on_the_wall_over_a_change_of_the_clocks(
    cast: Cast, zone: str, change: dt.date, by_period: bool
) -> None:
    cast.school.time_zone = zone
    cast.school.save()
    days = weekly_dates(change - dt.timedelta(days=20), change + dt.timedelta(days=20), [1, 3])
    school_days(cast, *days)
    slot = Slot(cast.periods[3]) if by_period else Slot(None, dt.time(10, 40), dt.time(11, 25))

    spans = spans_of(slot, days, school=cast.school)

    walls = {(a.astimezone(cast.school.zone).time(), b.astimezone(cast.school.zone).time()) for a, b in spans.values()}
    assert walls == {(dt.time(10, 40), dt.time(11, 25))}
    assert [start.astimezone(cast.school.zone).date() for start, _end in spans.values()] == days
    assert len({start.time() for start, _end in spans.values()}) == 2  # in UTC they do move


def test_hour_that_does_not_exist_begins_later_and_keeps_its_length(cast: Cast) -> None:
    sunday = dt.date(2027, 3, 14)
    school_days(cast, sunday)

    longer = spans_of(Slot(None, dt.time(2, 30), dt.time(4)), [sunday], school=cast.school)
    short = spans_of(Slot(None, dt.time(2, 30), dt.time(3, 10)), [sunday], school=cast.school)

    zone = cast.school.zone
    on_the_wall = [[moment.astimezone(zone).time() for moment in spans[sunday]] for spans in (longer, short)]
    assert on_the_wall == [[dt.time(3, 30), dt.time(4)], [dt.time(3, 30), dt.time(4, 10)]]


def test_hour_that_exists_twice_is_the_first_one(cast: Cast) -> None:
    sunday = dt.date(2026, 11, 1)
    school_days(cast, sunday)

    spans = spans_of(Slot(None, dt.time(1, 30), dt.time(1, 45)), [sunday], school=cast.school)

    assert spans[sunday][0] == dt.datetime(2026, 11, 1, 6, 30, tzinfo=dt.UTC)


@given(
    first=st.dates(dt.date(2026, 8, 1), dt.date(2027, 7, 31)),
    length=st.integers(0, 300),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
)
def test_rule_says_the_same_dates_as_the_plan(first: dt.date, length: int, weekdays: set[int]) -> None:
    until = first + dt.timedelta(days=length)

    days = weekly_dates(first, until, weekdays)

    again = rrulestr(rule_of(until, weekdays), dtstart=dt.datetime.combine(first, dt.time.min))
    assert days == [day.date() for day in again]
    everyday = (first + dt.timedelta(days=number) for number in range(length + 1))
    assert days == [day for day in everyday if day.weekday() in weekdays]


def test_series_writes_every_date_but_those_left_out(cast: Cast, weekly: Weekly) -> None:
    series = weekly(left_out=[THURSDAYS[1]])

    assert dates_of(series) == [THURSDAYS[0], THURSDAYS[2]]
    assert Hold.objects.count() == 2 * 4  # two mentors, the adult and the room
    assert {row.stations.count() for row in series.playgrounds.all()} == {1}
    assert series.rule == "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261217"
    reminders = Message.objects.filter(user=cast.mentor, kind="playground_reminder")
    assert reminders.count() == 2 * len(cast.school.reminder_leads)


def test_one_date_that_is_taken_leaves_nothing_of_the_series(
    cast: Cast, weekly: Weekly, book: Callable[..., Booking]
) -> None:
    book(day=THURSDAYS[1])
    before = Hold.objects.count()

    with pytest.raises(DatesTaken) as refused:
        weekly()

    assert [bool(one.why_not) for one in refused.value.found] == [False, True, False]
    assert "Maya R." in refused.value.found[1].why_not
    assert (PlaygroundSession.objects.count(), Series.objects.count(), Hold.objects.count()) == (0, 0, before)


def test_each_date_says_what_stands_in_its_way(cast: Cast, plan: Plans, book: Callable[..., Booking]) -> None:
    book(day=THURSDAYS[1])
    cast.program.ends_on = THURSDAYS[1]
    saturday, past = dt.date(2026, 12, 5), dt.date(2026, 11, 23)

    found = occurrences(
        plan(), [past, THURSDAYS[0], saturday, THURSDAYS[1], THURSDAYS[2]], now=NOW + dt.timedelta(days=2)
    )

    assert [one.why_not for one in found] == [
        "This period has begun already. Choose a later one.",
        "",
        "There is no 4. period on that day.",
        "Taken at that time: Maya R., 112",
        "Autumn tech team is over by then.",
    ]


@pytest.mark.parametrize("count", [1, 30])
def test_looking_at_dates_costs_the_same_for_1_and_30(
    cast: Cast, plan: Plans, count: int, django_assert_num_queries: Any
) -> None:
    days = [row.date for row in SchoolDay.objects.order_by("date")][1 : count + 1]

    with django_assert_num_queries(3):
        found = occurrences(plan(), days, now=NOW)

    assert [one.why_not for one in found] == [""] * count


def test_double_click_plans_once(cast: Cast, weekly: Weekly) -> None:
    key = uuid.uuid4()

    first, again = weekly(request_key=key), weekly(request_key=key)

    assert first == again
    assert PlaygroundSession.objects.count() == 3


def test_key_of_somebody_else_is_refused(cast: Cast, weekly: Weekly) -> None:
    key = uuid.uuid4()
    weekly(request_key=key)
    other = factories.UserFactory(school=cast.school, roles=["coordinator"])

    with pytest.raises(Refused, match="not your series"):
        weekly(request_key=key, by=other)


def test_only_a_coordinator_plans_a_series(cast: Cast, weekly: Weekly) -> None:
    for person in (cast.teacher, cast.stranger_coordinator):
        with pytest.raises(Refused, match="coordinator"):
            weekly(by=person)


def test_series_without_a_date_or_with_too_many_is_refused(weekly: Weekly) -> None:
    with pytest.raises(Refused, match="No date is left"):
        weekly(left_out=THURSDAYS)
    with pytest.raises(Refused, match="more than 150"):
        weekly(weekdays=range(7), until=dt.date(2027, 6, 1))

    assert not Series.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_series_for_the_same_people_at_once_make_one_whole_series(cast: Cast, weekly: Weekly) -> None:
    def attempt(_number: int) -> bool:
        try:
            weekly()
        except TimeTaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        won = sum(pool.map(attempt, range(6)))

    assert won == 1
    assert (Series.objects.count(), PlaygroundSession.objects.count(), Hold.objects.count()) == (1, 3, 12)
