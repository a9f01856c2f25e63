"""What really happened in a booking: begun, and done."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from accounts.services import Refused
from mentorship.models import HelpEntry
from sessions_app.models import Booking, BookingRules, Series
from sessions_app.services import (
    cancel_booking,
    cancel_series,
    decline_booking,
    finish_meeting,
    log_help,
    move_booking,
    start_meeting,
)
from tests import factories
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import counts, spans

Book = Callable[..., Booking]
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize("who", ["teacher", "mentor"])
@pytest.mark.parametrize("minutes", [-10, 0, 44])
def test_each_of_the_two_says_that_they_have_started(
    cast: Cast, booking: Booking, starts: dt.datetime, who: str, minutes: int
) -> None:
    before = spans(booking)

    start_meeting(booking, by=getattr(cast, who), now=starts + minutes * MINUTE)

    booking.refresh_from_db()
    assert booking.started_at == starts + minutes * MINUTE
    assert spans(booking) == before


@pytest.mark.parametrize("minutes", [-11, 45, 24 * 60])
def test_started_is_refused_much_before_and_after_the_end(
    cast: Cast, booking: Booking, starts: dt.datetime, minutes: int
) -> None:
    with pytest.raises(Refused, match="from 10 minutes before until the end"):
        start_meeting(booking, by=cast.mentor, now=starts + minutes * MINUTE)

    booking.refresh_from_db()
    assert booking.started_at is None


def test_said_twice_the_first_time_counts(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    start_meeting(booking, by=cast.mentor, now=starts)
    start_meeting(booking, by=cast.teacher, now=starts + 5 * MINUTE)
    finish_meeting(booking, by=cast.teacher, now=starts + 30 * MINUTE)
    finish_meeting(booking, by=cast.mentor, now=starts + 40 * MINUTE)

    booking.refresh_from_db()
    assert (booking.started_at, booking.finished_at) == (starts, starts + 30 * MINUTE)


@pytest.mark.parametrize("act", [start_meeting, finish_meeting])
@pytest.mark.parametrize("who", ["other_teacher", "other_mentor", "coordinator", "stranger_coordinator"])
def test_nobody_else_says_it(
    cast: Cast, booking: Booking, starts: dt.datetime, act: Callable[..., Any], who: str
) -> None:
    with pytest.raises(Refused, match="not your booking"):
        act(booking, by=getattr(cast, who), now=starts)


@pytest.mark.parametrize("act", [start_meeting, finish_meeting])
def test_what_was_cancelled_does_not_start(
    cast: Cast, booking: Booking, starts: dt.datetime, act: Callable[..., Any]
) -> None:
    cancel_booking(booking, by=cast.teacher, reason="", now=NOW)

    with pytest.raises(Refused, match="cancelled already"):
        act(booking, by=cast.mentor, now=starts)


def test_done_early_frees_the_rest_and_not_more(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    start_meeting(booking, by=cast.mentor, now=starts + 2 * MINUTE)

    finish_meeting(booking, by=cast.mentor, now=starts + 27 * MINUTE)

    booking.refresh_from_db()
    assert spans(booking) == [(starts, starts + 27 * MINUTE)] * 3
    assert booking.given_minutes == 25
    playground = factories.PlaygroundSessionFactory(program=cast.program)
    playground.holds.create(person=cast.mentor, during=(starts + 27 * MINUTE, starts + 45 * MINUTE))


def test_done_before_the_planned_time_frees_all(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    start_meeting(booking, by=cast.mentor, now=starts - 9 * MINUTE)

    finish_meeting(booking, by=cast.mentor, now=starts)

    assert spans(booking) == []


def test_done_late_takes_no_more_time(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    start_meeting(booking, by=cast.mentor, now=starts)
    before = spans(booking)

    finish_meeting(booking, by=cast.mentor, now=starts + 75 * MINUTE)

    booking.refresh_from_db()
    assert booking.given_minutes == 75
    assert spans(booking) == before


def test_done_is_refused_long_after_and_before_the_start(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    with pytest.raises(Refused, match="Say first that you have started"):
        finish_meeting(booking, by=cast.mentor, now=starts + MINUTE)
    start_meeting(booking, by=cast.mentor, now=starts)
    with pytest.raises(Refused, match="long over"):
        finish_meeting(booking, by=cast.mentor, now=starts + 76 * MINUTE)

    booking.refresh_from_db()
    assert booking.finished_at is None
    assert booking.given_minutes == 45


def test_minutes_are_at_least_one(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    start_meeting(booking, by=cast.mentor, now=starts)
    finish_meeting(booking, by=cast.mentor, now=starts + dt.timedelta(seconds=5))

    booking.refresh_from_db()
    assert booking.given_minutes == 1


def test_started_is_not_moved_and_done_is_not_cancelled(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    start_meeting(booking, by=cast.mentor, now=starts)
    with pytest.raises(Refused, match="started already"):
        move_booking(
            booking, by=cast.coordinator, day=cast.thursday + dt.timedelta(days=1), period=cast.periods[0],
            room=cast.room, now=starts,
        )  # fmt: skip
    finish_meeting(booking, by=cast.mentor, now=starts + 10 * MINUTE)
    with pytest.raises(Refused, match="over"):
        cancel_booking(booking, by=cast.coordinator, reason="", now=starts + 11 * MINUTE)

    booking.refresh_from_db()
    assert booking.is_standing


@pytest.mark.parametrize("who", ["teacher", "coordinator", "mentor"])
def test_started_is_not_called_off_by_a_page_that_was_open_before(
    cast: Cast, booking: Booking, starts: dt.datetime, who: str
) -> None:
    early, person = starts - 5 * MINUTE, getattr(cast, who)
    start_meeting(booking, by=cast.mentor, now=early)
    before = counts()

    given = {} if who == "mentor" else {"reason": ""}
    call_off = decline_booking if who == "mentor" else cancel_booking
    with pytest.raises(Refused, match="started already"):
        call_off(booking, by=person, now=early, **given)

    booking.refresh_from_db()
    assert (booking.is_standing, counts()) == (True, before)


@pytest.mark.parametrize("who", ["teacher", "coordinator"])
def test_date_of_a_series_that_has_started_stays(
    cast: Cast, booking: Booking, repeat: Callable[..., Series], starts: dt.datetime, who: str
) -> None:
    BookingRules.objects.create(school=cast.school, cut_off_minutes=0)
    series, early = repeat(booking), starts - 5 * MINUTE
    second, last = series.bookings.order_by("starts_at")[1], series.bookings.order_by("starts_at").last()
    # The last date was moved before all others, and is on.
    move_booking(last, by=cast.coordinator, day=cast.thursday, period=cast.periods[0], room=cast.room, now=NOW)
    for one, now in ((last, cast.span(1)[0]), (booking, early)):
        start_meeting(one, by=cast.mentor, now=now)
    now = cast.span(1)[0] + MINUTE

    with pytest.raises(Refused, match="started already"):
        cancel_series(booking, by=getattr(cast, who), reason="", now=now)
    ended = cancel_series(second, by=getattr(cast, who), reason="", now=now)

    assert len(ended) == series.bookings.count() - 2
    assert {one.pk for one in series.bookings.standing()} == {booking.pk, last.pk}


def test_help_can_be_logged_as_soon_as_they_have_started(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    early = starts - 5 * MINUTE
    start_meeting(booking, by=cast.mentor, now=early)

    entry = log(cast, booking, now=early + MINUTE)

    assert entry.helped_on == cast.thursday


def log(cast: Cast, booking: Booking, *, now: dt.datetime) -> HelpEntry:
    """Log the help of a booking."""
    return log_help(
        booking, by=cast.mentor, minutes=20, tools=[cast.tool], done=["showed"], outcome="solved", trouble=[], note="",
        now=now,
    )  # fmt: skip
