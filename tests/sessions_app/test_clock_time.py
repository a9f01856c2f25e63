"""Booking by the clock: which periods a time touches, by whose bells, and what is judged then."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Message, PeriodTime, User
from accounts.services import Refused
from mentorship.models import Availability, AvailabilityException
from sessions_app.models import Booking, BookingRules, Hold
from sessions_app.reports.rules import clock_span
from sessions_app.services import (
    Protected,
    TimeTaken,
    decline_booking,
    move_booking,
    say_it_did_not_take_place,
    take_back_that_it_did_not,
)
from tests import factories
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import counts, friday

At = Callable[..., Booking]
SignIn = Callable[[User], Client]


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
