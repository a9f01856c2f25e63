"""Booking by the clock: which periods a time touches, by whose bells, and what is judged then."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Message, PeriodTime, SchoolClass, User
from accounts.services import Refused
from mentorship.models import Availability, AvailabilityException
from sessions_app.models import Booking, BookingRules, Hold
from sessions_app.reports.rules import clock_span
from sessions_app.services import (
    Protected,
    TimeTaken,
    book_mentor,
    decline_booking,
    look_at_dates,
    move_booking,
    say_it_did_not_take_place,
    take_back_that_it_did_not,
)
from sessions_app.services.playground_dates import DatesTaken
from tests import factories
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import counts, friday

At = Callable[..., Booking]
SignIn = Callable[[User], Client]


@pytest.fixture
def at(cast: Cast) -> At:
    """Book Maya for Ms Ortiz on Thursday by the clock; a test names what differs. Periods: 8:00 to 8:45, 8:55 to 9:40,
    9:50 to 10:35, 10:40 to 11:25."""

    def booked(hour: int, minute: int, minutes: int = 30, **differences: Any) -> Booking:
        day = differences.get("day", cast.thursday)
        wish: dict[str, Any] = {
            "by": differences.get("teacher", cast.teacher),
            "program": cast.program,
            "teacher": cast.teacher,
            "mentor": cast.mentor,
            "tool": cast.tool,
            "room": cast.room,
            "day": day,
            "period": None,
            "span": clock_span(day, dt.time(hour, minute), minutes, school=cast.school),
            "learner_group": "all",
            "goal": "",
            "request_key": uuid.uuid4(),
            "now": NOW,
        }
        return book_mentor(**(wish | differences))

    return booked


def not_free(person: User, *periods: object) -> None:
    """This person is free in none of these periods."""
    Availability.objects.filter(person=person, period__in=periods).delete()


def test_after_school_nobody_is_asked_to_be_free_and_one_tap_declines(cast: Cast, at: At) -> None:
    Availability.objects.all().delete()

    booking = at(15, 10)

    assert (booking.starts_at, booking.ends_at, booking.period) == (
        dt.datetime(2026, 12, 3, 21, 10, tzinfo=dt.UTC), dt.datetime(2026, 12, 3, 21, 40, tzinfo=dt.UTC), None,
    )  # fmt: skip
    assert list(booking.holds.values_list("misses", flat=True)) == ["", "", ""]
    assert {message.context["period"] for message in Message.objects.filter(about=booking.about)} == {""}
    decline_booking(booking, by=cast.mentor, now=NOW)
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("hour", "minute", "minutes", "touched"),
    [
        (8, 45, 15, []),  # the first break alone, after the end of one period, and some minutes of the next
        (9, 40, 15, [3]),
        (8, 30, 15, [1]),
        (8, 30, 30, [1, 2]),
        (8, 0, 120, [1, 2, 3]),
        (11, 25, 30, []),
    ],
)
def test_both_must_be_free_in_each_period_that_it_touches(
    cast: Cast, at: At, hour: int, minute: int, minutes: int, touched: list[int]
) -> None:
    if (hour, minute) == (8, 45):
        PeriodTime.objects.filter(period=cast.periods[1]).update(starts=dt.time(9))
    before = counts()
    for number in touched:
        for person, words in ((cast.mentor, "Maya R. is not free"), (cast.teacher, "you are not free")):
            not_free(person, cast.periods[number - 1])
            with pytest.raises(Refused, match=words):
                at(hour, minute, minutes)
            Availability.objects.create(person=person, day_type=cast.day_type, period=cast.periods[number - 1])
    assert counts() == before
    for person in (cast.mentor, cast.teacher):
        not_free(person, *(period for number, period in enumerate(cast.periods, start=1) if number not in touched))

    at(hour, minute, minutes)

    assert Booking.objects.get().period is None


def test_exceptions_by_date_decide(cast: Cast, at: At) -> None:
    AvailabilityException.objects.create(person=cast.teacher, date=cast.thursday, period=cast.periods[1], is_free=False)

    with pytest.raises(Refused, match="you are not free at that time"):
        at(9, 0)

    assert at(9, 0, day=friday(cast)).pk


def test_bells_are_those_of_each_ones_own_grade(cast: Cast, at: At) -> None:
    """Grade 7 has its 4th period later: at 11:30 she is in class by her bells, and the teacher is not."""
    cast.mentor.grade = "7"
    cast.mentor.save()
    own = factories.BellScheduleFactory(school=cast.school, name="Late lunch", grades=["7"])
    PeriodTime.objects.create(
        bell_schedule=own, day_type=cast.day_type, period=cast.periods[3], starts=dt.time(11, 30), ends=dt.time(12, 15)
    )
    not_free(cast.mentor, cast.periods[3])
    not_free(cast.teacher, cast.periods[2])

    with pytest.raises(Refused, match="Maya R. is not free at that time"):
        at(11, 30)
    with pytest.raises(Refused, match="you are not free at that time"):
        at(10, 0)

    not_free(cast.teacher, cast.periods[3])
    with pytest.raises(Refused, match="you are not free at that time"):
        at(10, 45)
    Availability.objects.create(person=cast.mentor, day_type=cast.day_type, period=cast.periods[3])
    assert at(11, 30).pk


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
    not_free(cast.teacher, cast.periods[0])
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


def test_testing_day_is_protected_after_school_too(cast: Cast, at: At) -> None:
    cast.day_type.is_testing = True
    cast.day_type.save()

    with pytest.raises(Protected, match="testing day"):
        at(15, 10)


@pytest.mark.parametrize(
    ("hour", "minute", "minutes", "words"),
    [
        (6, 55, 30, "from 07:00 to 17:00 only"),
        (16, 45, 20, "from 07:00 to 17:00 only"),
        (23, 50, 30, "from 07:00 to 17:00 only"),
        (15, 12, 30, "whole five minutes"),
        (15, 10, 10, "whole five minutes"),
        (15, 10, 125, "whole five minutes"),
        (15, 10, 32, "whole five minutes"),
    ],
)
def test_hours_and_lengths_are_the_schools(
    cast: Cast, at: At, hour: int, minute: int, minutes: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        at(hour, minute, minutes)

    assert counts() == (0, 0, 0)


def test_school_sets_its_hours(cast: Cast, at: At) -> None:
    BookingRules.objects.create(school=cast.school, opens_at=dt.time(6, 30), closes_at=dt.time(18))

    assert at(6, 30).pk
    assert at(17, 30).pk


def test_day_without_school_and_day_outside_the_span_are_refused(cast: Cast, at: At) -> None:
    saturday = cast.thursday + dt.timedelta(days=2)
    with pytest.raises(Refused, match="no school on that day"):
        at(15, 10, day=saturday)
    with pytest.raises(Refused, match="only"):
        at(15, 10, span=clock_span(friday(cast), dt.time(15, 10), 30, school=cast.school))
    with pytest.raises(Refused, match="Choose a period, or a time"):
        at(15, 10, span=None)
    with pytest.raises(Refused, match="begun already"):
        at(15, 10, now=dt.datetime(2026, 12, 3, 21, 10, tzinfo=dt.UTC))


def test_taken_time_is_taken_whatever_it_was_taken_by(cast: Cast, at: At, book: At) -> None:
    book()
    with pytest.raises(TimeTaken):
        at(11, 20, 15, mentor=cast.other_mentor)
    first = at(15, 10)
    with pytest.raises(TimeTaken):
        at(15, 35, 15, teacher=cast.other_teacher, room=cast.other_room)
    assert at(15, 40, 15).pk != first.pk


def test_same_key_books_once(cast: Cast, at: At) -> None:
    key = uuid.uuid4()

    assert at(15, 10, request_key=key) == at(15, 10, request_key=key)


def test_clock_times_move_to_a_period_and_come_back_from_a_no_show(cast: Cast, at: At) -> None:
    booking = at(15, 10)
    held = list(booking.holds.order_by("pk").values_list("during", "misses"))
    then = booking.starts_at + dt.timedelta(minutes=15)
    say_it_did_not_take_place(booking, by=cast.teacher, who="mentor", now=then)
    take_back_that_it_did_not(booking, by=cast.coordinator, now=then)
    assert list(booking.holds.order_by("pk").values_list("during", "misses")) == held

    moved = move_booking(
        booking, by=cast.teacher, day=friday(cast), period=cast.periods[0], room=cast.room, now=NOW
    )  # fmt: skip

    assert moved.period == cast.periods[0]


@pytest.mark.parametrize(
    ("day", "starts", "instant"),
    [
        (dt.date(2027, 3, 14), dt.time(2, 30), dt.datetime(2027, 3, 14, 8, 30, tzinfo=dt.UTC)),  # does not exist
        (dt.date(2026, 11, 1), dt.time(1, 30), dt.datetime(2026, 11, 1, 6, 30, tzinfo=dt.UTC)),  # exists twice
        (dt.date(2026, 11, 2), dt.time(15, 10), dt.datetime(2026, 11, 2, 21, 10, tzinfo=dt.UTC)),
    ],
)
def test_wall_times_at_clock_changes_have_one_rule(
    cast: Cast, day: dt.date, starts: dt.time, instant: dt.datetime
) -> None:
    begins, ends = clock_span(day, starts, 45, school=cast.school)
    times = PeriodTime(period=cast.periods[0], starts=starts, ends=starts).span_on(day)

    assert begins == instant == times[0]
    assert ends - begins == dt.timedelta(minutes=45)
