"""Booking by the clock over classes: what is left, what is protected, and the same every week."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import SchoolClass
from accounts.services import Refused
from mentorship.models import Availability
from sessions_app.models import Booking, BookingRules, Hold
from sessions_app.reports.rules import clock_span
from sessions_app.services import (
    Protected,
    look_at_dates,
    move_booking,
)
from sessions_app.services.playground_dates import DatesTaken
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import counts, friday

At = Callable[..., Booking]


def leave_class(cast: Cast, number: int, *, is_core: bool) -> SchoolClass:
    """Maya may leave the class that she has in this period."""
    Availability.objects.filter(person=cast.mentor, period=cast.periods[number - 1]).update(may_leave_class=True)
    taught = SchoolClass.objects.create(school=cast.school, name=f"Class {number}", is_core=is_core)
    taught.students.add(cast.mentor)
    taught.periods.add(cast.periods[number - 1])
    return taught


def test_of_two_classes_the_worse_is_kept(cast: Cast, at: At) -> None:
    leave_class(cast, 1, is_core=False)
    core = leave_class(cast, 2, is_core=True)

    booking = at(8, 30, 40)

    hold = booking.holds.get(person=cast.mentor)
    assert (hold.misses, hold.missed_class, hold.missed_period) == ("core", core, cast.periods[1])


def test_protection_looks_at_each_class(cast: Cast, at: At) -> None:
    leave_class(cast, 1, is_core=False)
    leave_class(cast, 2, is_core=True)
    at(8, 10, 20, day=cast.thursday - dt.timedelta(days=2))

    with pytest.raises(Protected, match="left this class not long ago"):
        at(8, 30, 40)
    booking = at(8, 30, 40, by=cast.coordinator, override_reason="Exhibition")

    assert booking.overridden_by == cast.coordinator


def test_minutes_that_lie_in_core_classes_count_and_no_others(cast: Cast, at: At) -> None:
    """Two core classes of 45 minutes with a break of ten between them; 50 minutes a week are allowed."""
    BookingRules.objects.create(school=cast.school, core_week_minutes=50)
    core = [leave_class(cast, number, is_core=True) for number in (1, 2)]
    Availability.objects.filter(person=cast.mentor, period=cast.periods[2]).update(may_leave_class=False)

    with pytest.raises(Protected, match="too much of core classes"):
        at(8, 10, 65)  # 35 minutes of the first and 20 of the second
    booking = at(9, 20, 60)  # 20 minutes of the second; then a break and a free period
    hold = booking.holds.get(person=cast.mentor)
    assert (hold.misses, hold.missed_class, hold.missed_minutes) == ("core", core[1], 20)

    with pytest.raises(Protected, match="too much of core classes"):
        at(8, 10, 35, day=friday(cast))
    at(8, 15, 30, day=friday(cast))


def test_move_to_a_clock_time_is_judged_like_a_booking(cast: Cast, at: At, book: At) -> None:
    leave_class(cast, 1, is_core=True)
    at(8, 0, 30, day=cast.thursday - dt.timedelta(days=2), teacher=cast.other_teacher, room=cast.other_room)
    booking = book()
    before = counts()

    def move(hour: int, **differences: Any) -> Booking:
        span = clock_span(friday(cast), dt.time(hour, 10), 30, school=cast.school)
        wish = {"by": cast.teacher, "day": friday(cast), "period": None, "span": span, "room": cast.room, "now": NOW}
        return move_booking(booking, **(wish | differences))

    with pytest.raises(Protected, match="left this class not long ago"):
        move(8)
    with pytest.raises(Refused, match="only"):
        move(18)
    with pytest.raises(Refused, match="Choose a period, or a time"):
        move(15, span=None)
    assert counts() == before
    moved = move(8, by=cast.coordinator, override_reason="Exhibition")
    again = move(8, by=cast.coordinator)

    assert (moved.period, moved.revision, again.revision) == (None, 1, 1)
    assert moved.holds.get(person=cast.mentor).missed_minutes == 30


def test_a_booking_by_the_clock_is_repeated_by_the_same_rules(cast: Cast, at: At, repeat: Any) -> None:
    """Of three more Thursdays the mentor is taken on one, misses too soon the same class on none after school."""
    booking = at(15, 10)
    at(15, 20, day=cast.thursday + dt.timedelta(days=7), teacher=cast.other_teacher, room=cast.other_room)
    before = counts()

    with pytest.raises(DatesTaken) as refused:
        repeat(booking, until=cast.thursday + dt.timedelta(days=21))
    assert counts() == before
    assert [one.why_not for one in refused.value.found] == ["Taken at that time: Maya R.", "", ""]

    series = repeat(
        booking, until=cast.thursday + dt.timedelta(days=21), left_out=[cast.thursday + dt.timedelta(days=7)]
    )
    rows = series.bookings.order_by("starts_at")
    walls = {row.starts_at.astimezone(cast.school.zone).time() for row in rows}
    assert (rows.count(), walls, {row.period for row in rows}) == (3, {dt.time(15, 10)}, {None})
    assert Hold.objects.filter(booking__series=series).count() == 9


def test_repeating_by_the_clock_looks_at_class_school_days_and_hours(cast: Cast, at: At) -> None:
    leave_class(cast, 1, is_core=True)
    booking = at(8, 0, 30)
    days = [cast.thursday + dt.timedelta(days=number) for number in (1, 2, 35)]

    def why_not() -> list[str]:
        return [one.why_not for one in look_at_dates(booking, days, by=cast.teacher, now=NOW)]

    left, no_school, possible = why_not()
    assert left == "Maya R. left this class not long ago. Choose another time."
    assert (no_school, possible) == ("There is no school at that time on that day.", "")
    Availability.objects.filter(person=cast.teacher, period=cast.periods[0]).delete()
    assert "you are not free at that time" in why_not()[2]
    BookingRules.objects.create(school=cast.school, opens_at=dt.time(9), closes_at=dt.time(17))
    booking.refresh_from_db()
    booking = Booking.objects.get(pk=booking.pk)
    assert why_not()[2] == "Your school books from 09:00 to 17:00 only."


@pytest.mark.parametrize("count", [1, 6])
def test_looking_at_clock_times_costs_the_same_for_1_and_6_dates(
    cast: Cast, at: At, count: int, django_assert_num_queries: Any
) -> None:
    at(15, 10)
    booking = Booking.objects.with_people().select_related("program__school__booking_rules").get()
    days = [cast.thursday + dt.timedelta(days=7 * number) for number in range(1, count + 1)]

    with django_assert_num_queries(4):
        found = look_at_dates(booking, days, by=cast.teacher, now=NOW)

    assert [one.why_not for one in found] == [""] * count
