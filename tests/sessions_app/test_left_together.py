"""A meeting by the clock that touches two classes: none of them may be left again too soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.models import SchoolClass
from sessions_app.models import BookingRules, PlaygroundSession
from sessions_app.models.hold import Hold, Misses
from sessions_app.reports.protection import leaving_after
from sessions_app.reports.rules import Leaving, clock_span
from sessions_app.services.rules import Protected
from tests.cast import Cast
from tests.sessions_app.obstacles import (
    book,
    book_over_two,
    left_two_classes_by_the_clock,
    left_two_periods_by_the_clock,
)

# Within the 1st period and within the 2nd.
INSIDE = {1: dt.time(8, 5), 2: dt.time(9, 10)}


def test_hold_keeps_the_worst_and_the_others(cast: Cast) -> None:
    left_two_classes_by_the_clock(cast)

    hold = Hold.objects.get(person=cast.mentor)
    maths, art = SchoolClass.objects.order_by("name")
    assert (hold.misses, hold.missed_class, hold.missed_period) == ("core", maths, cast.periods[0])
    assert (hold.also_missed_classes, hold.also_missed_periods) == ([art.pk], [cast.periods[1].pk])


def test_hold_of_one_class_has_no_others(cast: Cast) -> None:
    booking = book_over_two(cast)

    hold = booking.holds.get(person=cast.mentor)
    assert (hold.misses, hold.also_missed_classes, hold.also_missed_periods) == ("", [], [])


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("arrange", [left_two_classes_by_the_clock, left_two_periods_by_the_clock])
def test_each_of_the_two_is_refused_in_its_period_and_by_the_clock(
    cast: Cast, arrange: Callable[[Cast], None], number: int
) -> None:
    arrange(cast)
    by_the_clock = clock_span(cast.thursday, INSIDE[number], 15, school=cast.school)

    with pytest.raises(Protected, match="left this class not long ago"), transaction.atomic():
        book(cast, mentor=cast.mentor, number=number)
    with pytest.raises(Protected, match="left this class not long ago"), transaction.atomic():
        book(cast, mentor=cast.mentor, number=None, span=by_the_clock)


def test_another_class_in_the_period_of_the_second_may_be_left(cast: Cast) -> None:
    left_two_classes_by_the_clock(cast)
    maths, art = SchoolClass.objects.order_by("name")
    art.periods.clear()
    music = SchoolClass.objects.create(school=cast.school, name="Music", is_core=False)
    music.students.add(cast.mentor)
    music.periods.add(cast.periods[1])

    assert book(cast, mentor=cast.mentor, number=2).holds.get(person=cast.mentor).missed_class == music


def test_duty_by_the_clock_counts_for_both(cast: Cast, schedule: Callable[..., PlaygroundSession]) -> None:
    BookingRules.objects.create(school=cast.school, core_week_minutes=600)
    left_in = cast.thursday - dt.timedelta(days=2)
    left_two = {"mentors": [cast.mentor], "period": None, "starts": dt.time(8, 30), "ends": dt.time(9, 10)}
    cast.mentor.availability.update(may_leave_class=True)
    schedule(day=left_in, **left_two)

    for number in (1, 2):
        with pytest.raises(Protected, match="left this class not long ago"), transaction.atomic():
            book(cast, mentor=cast.mentor, number=number)
    assert book(cast, mentor=cast.mentor, number=3).pk


def leaving(
    *also: tuple[int | None, int | None], misses: str = Misses.CORE, class_id: int | None, period_id: int
) -> Leaving:
    """What somebody leaves who has left nothing before."""
    return Leaving(
        person_id=1, period_id=period_id, misses=misses, class_id=class_id, class_name=None, is_free=True,
        is_testing=False, has_left_before=False, core_minutes=0, missed_minutes=20, also=also,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("earlier", "later", "is_same"),
    [
        (leaving((12, 2), class_id=11, period_id=1), leaving(class_id=12, period_id=3), True),
        (leaving(class_id=12, period_id=3), leaving((12, 2), class_id=11, period_id=1), True),
        (leaving((12, 2), class_id=11, period_id=1), leaving(class_id=13, period_id=2), False),
        (leaving((None, 2), class_id=11, period_id=1), leaving(class_id=13, period_id=2), True),
        (leaving((12, 2), class_id=11, period_id=1), leaving(class_id=None, period_id=2), True),
        (leaving((12, 2), class_id=11, period_id=1), leaving(class_id=None, period_id=3), False),
        (leaving(class_id=11, period_id=1), leaving(misses="", class_id=None, period_id=1), False),
    ],
)
def test_dates_of_a_series_count_for_each_other_by_each_class(earlier: Leaving, later: Leaving, is_same: bool) -> None:
    day = dt.date(2026, 12, 3)
    start = dt.datetime(2026, 12, 3, 15, tzinfo=dt.UTC)
    stands = [(day, (start, start + dt.timedelta(minutes=40)), earlier)]

    found = leaving_after(later, day + dt.timedelta(days=1), stands, rules=BookingRules(same_class_days=5))

    assert found.has_left_before is is_same
