"""What really happened in a booking: begun, done, or not held."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Message, TrailEntry
from accounts.permissions import Role
from accounts.services import Refused
from mentorship.models import HelpEntry
from sessions_app.models import Booking, Hold
from sessions_app.services import (
    TimeTaken,
    cancel_booking,
    finish_meeting,
    log_help,
    move_booking,
    say_it_did_not_take_place,
    start_meeting,
    take_back_that_it_did_not,
)
from sessions_app.services.log_reminders import remind_of_logs
from sessions_app.services.meeting import may_say_it_did_not
from tests import factories
from tests.cast import NOW, Cast

Book = Callable[..., Booking]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def starts(cast: Cast) -> dt.datetime:
    """When the booking of `book` begins; it ends 45 minutes later."""
    return cast.span()[0]


def spans(booking: Booking) -> list[tuple[dt.datetime, dt.datetime]]:
    """The stretches that a booking takes, of its two people and its room."""
    return [(hold.during.lower, hold.during.upper) for hold in booking.holds.order_by("pk")]


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


@pytest.mark.parametrize(
    ("by", "who"),
    [("teacher", "mentor"), ("mentor", "teacher"), ("coordinator", "mentor"), ("coordinator", "both")],
)
def test_did_not_take_place(cast: Cast, booking: Booking, starts: dt.datetime, by: str, who: str) -> None:
    say_it_did_not_take_place(booking, by=getattr(cast, by), who=who, now=starts + 10 * MINUTE)

    booking.refresh_from_db()
    assert (booking.state, booking.who_was_away, booking.ended_by) == ("no_show", who, getattr(cast, by))
    assert spans(booking) == []
    assert not Message.objects.waiting().exists()
    with pytest.raises(Refused):
        log(cast, booking, now=starts + 20 * MINUTE)


def test_no_log_is_asked_for_any_more(cast: Cast, booking: Booking) -> None:
    asked = booking.ends_at + dt.timedelta(hours=1)
    remind_of_logs(now=asked)
    waiting = Message.objects.waiting().filter(kind="log_missing")
    before = waiting.count()

    say_it_did_not_take_place(booking, by=cast.teacher, who="mentor", now=asked + MINUTE)
    remind_of_logs(now=asked + 2 * MINUTE)

    assert before == 2
    assert waiting.count() == 0


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ("teacher", "teacher"), ("teacher", "both"), ("mentor", "mentor"), ("mentor", "both"), ("teacher", "nobody"),
        ("other_teacher", "mentor"), ("other_mentor", "teacher"), ("stranger_coordinator", "both"),
    ],
)  # fmt: skip
def test_nobody_says_it_of_whom_it_is_not_theirs_to_say(
    cast: Cast, booking: Booking, starts: dt.datetime, by: str, who: str
) -> None:
    with pytest.raises(Refused, match="can't say this"):
        say_it_did_not_take_place(booking, by=getattr(cast, by), who=who, now=starts + 10 * MINUTE)

    booking.refresh_from_db()
    assert booking.is_standing
    assert len(spans(booking)) == 3


def refused(cast: Cast, booking: Booking, *, by: str, now: dt.datetime, match: str) -> None:
    """It is refused, and the page that would offer it knows."""
    booking.refresh_from_db()
    person = getattr(cast, by)
    assert not may_say_it_did_not(booking, by=person, now=now)
    with pytest.raises(Refused, match=match):
        say_it_did_not_take_place(booking, by=person, who="mentor", now=now)
    booking.refresh_from_db()
    assert booking.who_was_away == ""


def test_one_waits_ten_minutes_first(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    for by in ("teacher", "coordinator"):
        refused(cast, booking, by=by, now=starts + 9 * MINUTE, match="Wait at least 10 minutes")

    assert may_say_it_did_not(booking, by=cast.teacher, now=starts + 10 * MINUTE)


def test_after_two_weeks_only_the_coordinator_says_it(cast: Cast, booking: Booking) -> None:
    late = booking.ends_at + dt.timedelta(days=14, minutes=1)
    refused(cast, booking, by="teacher", now=late, match="too long ago")

    say_it_did_not_take_place(booking, by=cast.coordinator, who="both", now=late)

    booking.refresh_from_db()
    assert booking.state == "no_show"


def test_what_was_said_to_have_started_only_the_coordinator_calls_off(
    cast: Cast, booking: Booking, starts: dt.datetime
) -> None:
    start_meeting(booking, by=cast.mentor, now=starts)
    refused(cast, booking, by="teacher", now=starts + 15 * MINUTE, match="Ask the coordinator")

    say_it_did_not_take_place(booking, by=cast.coordinator, who="teacher", now=starts + 15 * MINUTE)

    booking.refresh_from_db()
    assert (booking.state, booking.started_at) == ("no_show", None)


def test_help_that_was_logged_took_place(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    log(cast, booking, now=starts + 20 * MINUTE)

    for by in ("teacher", "coordinator"):
        refused(cast, booking, by=by, now=starts + 30 * MINUTE, match="it took place")


def test_what_was_cancelled_is_no_no_show(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    cancel_booking(booking, by=cast.teacher, reason="", now=NOW)

    refused(cast, booking, by="teacher", now=starts + 15 * MINUTE, match="cancelled already")


def test_who_says_it_second_changes_nothing(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    say_it_did_not_take_place(booking, by=cast.teacher, who="mentor", now=starts + 10 * MINUTE)
    say_it_did_not_take_place(booking, by=cast.mentor, who="teacher", now=starts + 12 * MINUTE)

    booking.refresh_from_db()
    assert (booking.who_was_away, booking.ended_by) == ("mentor", cast.teacher)


def test_coordinator_takes_it_back_and_the_time_is_held_again(
    cast: Cast, booking: Booking, starts: dt.datetime
) -> None:
    before = spans(booking)
    say_it_did_not_take_place(booking, by=cast.teacher, who="mentor", now=starts + 10 * MINUTE)

    for _ in range(2):
        take_back_that_it_did_not(booking, by=cast.coordinator, now=starts + 20 * MINUTE)

    booking.refresh_from_db()
    assert (booking.state, booking.who_was_away, booking.ended_at, booking.ended_by) == ("booked", "", None, None)
    assert spans(booking) == before
    log(cast, booking, now=starts + 30 * MINUTE)


@pytest.mark.parametrize("by", ["teacher", "mentor", "stranger_coordinator"])
def test_nobody_else_takes_it_back(cast: Cast, booking: Booking, starts: dt.datetime, by: str) -> None:
    say_it_did_not_take_place(booking, by=cast.teacher, who="mentor", now=starts + 10 * MINUTE)

    with pytest.raises(Refused, match="Only the coordinator"):
        take_back_that_it_did_not(booking, by=getattr(cast, by), now=starts + 20 * MINUTE)

    booking.refresh_from_db()
    assert booking.state == "no_show"


def test_it_is_not_taken_back_where_the_time_is_taken(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    say_it_did_not_take_place(booking, by=cast.teacher, who="mentor", now=starts + 10 * MINUTE)
    playground = factories.PlaygroundSessionFactory(program=cast.program)
    Hold.objects.create(person=cast.mentor, during=(starts + 20 * MINUTE, starts + 45 * MINUTE), playground=playground)

    with pytest.raises(TimeTaken):
        take_back_that_it_did_not(booking, by=cast.coordinator, now=starts + 20 * MINUTE)

    booking.refresh_from_db()
    assert booking.state == "no_show"
    assert spans(booking) == []


def test_trail_says_what_happened_and_not_who_was_away(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    say_it_did_not_take_place(booking, by=cast.teacher, who="mentor", now=starts + 10 * MINUTE)

    entry = TrailEntry.objects.filter(kind="sessions_app.Booking", act="update").latest("pk")

    assert entry.changes["state"] == ["booked", "no_show"]
    assert entry.changes["who_was_away"] == []


def test_coordinator_who_teaches_says_it_of_all(cast: Cast, booking: Booking, starts: dt.datetime) -> None:
    cast.teacher.roles = [Role.TEACHER, Role.COORDINATOR]
    cast.teacher.save()

    say_it_did_not_take_place(booking, by=cast.teacher, who="both", now=starts + 10 * MINUTE)

    booking.refresh_from_db()
    assert booking.who_was_away == "both"
