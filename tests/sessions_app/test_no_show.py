"""A booking to which somebody did not come."""

import datetime as dt

import pytest

from accounts.models import Message, TrailEntry
from accounts.permissions import Role
from accounts.services import Refused
from mentorship.models import HelpEntry
from sessions_app.models import Booking, Hold
from sessions_app.services import (
    TimeTaken,
    cancel_booking,
    log_help,
    say_it_did_not_take_place,
    start_meeting,
    take_back_that_it_did_not,
)
from sessions_app.services.log_reminders import remind_of_logs
from sessions_app.services.meeting import may_say_it_did_not
from tests import factories
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import spans

MINUTE = dt.timedelta(minutes=1)


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


def test_log_is_asked_for_again_once_it_is_taken_back(cast: Cast, booking: Booking) -> None:
    asked = booking.ends_at + dt.timedelta(hours=1)
    remind_of_logs(now=asked)
    say_it_did_not_take_place(booking, by=cast.teacher, who="mentor", now=asked + MINUTE)
    waiting = Message.objects.waiting().filter(kind="log_missing")

    taken_back = take_back_that_it_did_not(booking, by=cast.coordinator, now=asked + 2 * MINUTE)
    take_back_that_it_did_not(booking, by=cast.coordinator, now=asked + 2 * MINUTE)
    counts = [remind_of_logs(now=asked + number * MINUTE) for number in (3, 4)]

    assert counts == [1, 0]
    assert {(row.user, row.revision, row.due_at - booking.ends_at) for row in waiting} == {
        (cast.mentor, taken_back.revision, dt.timedelta(days=days)) for days in (1, 5)
    }


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
