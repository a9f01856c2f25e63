"""When a message is due: quiet hours, clocks that change, and never after the event."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import School
from accounts.outbox.planning import due_at

CHICAGO = zoneinfo.ZoneInfo("America/Chicago")


def wall(day: int, hour: int, minute: int = 0, month: int = 12) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=CHICAGO).astimezone(dt.UTC)


def school_with(quiet_from: dt.time | None = dt.time(20), quiet_until: dt.time | None = dt.time(6, 30)) -> School:
    return School(time_zone="America/Chicago", quiet_from=quiet_from, quiet_until=quiet_until)


@pytest.mark.parametrize(
    ("kind", "event", "minutes", "now", "due"),
    [
        # Nothing quiet about it.
        ("booking_reminder", wall(3, 10), 60, wall(1, 9), wall(3, 9)),
        ("booking_made", wall(3, 10), 0, wall(1, 9), wall(1, 9)),
        # A reminder of something that begins early comes the evening before.
        ("booking_reminder", wall(3, 7), 60, wall(1, 9), wall(2, 20)),
        ("booking_reminder", wall(3, 22, 30), 120, wall(1, 9), wall(3, 20)),
        # Booked that evening: after the quiet hours, as long as it has not begun; else in them.
        ("booking_reminder", wall(3, 7), 60, wall(2, 21), wall(3, 6, 30)),
        ("booking_reminder", wall(3, 6, 15), 60, wall(2, 21), wall(3, 5, 15)),
        # News waits for the morning, but not until what it is about has begun.
        ("booking_made", wall(3, 10), 0, wall(2, 21), wall(3, 6, 30)),
        ("booking_cancelled", wall(3, 6, 15), 0, wall(2, 21), wall(2, 21)),
        # A survey, and a log, are no reminders of something that begins.
        ("survey_invitation", wall(9, 0), 60 * 24 * 6 + 30, wall(1, 9), wall(3, 6, 30)),
        ("log_missing", wall(16, 21), 60 * 24 * 13, wall(2, 21), wall(4, 6, 30)),
        # News about nothing ahead.
        ("daily_digest", wall(3, 5), 0, wall(3, 5), wall(3, 6, 30)),
        # What nobody can choose comes at any hour.
        ("concern_raised", wall(2, 23), 0, wall(2, 23), wall(2, 23)),
    ],
)
def test_due_at_in_quiet_hours(kind: str, event: dt.datetime, minutes: int, now: dt.datetime, due: dt.datetime) -> None:
    assert due_at(school_with(), kind=kind, event_at=event, lead_minutes=minutes, now=now) == due


def test_quiet_hours_within_a_day_and_their_edges() -> None:
    school = school_with(dt.time(12), dt.time(13))

    assert school.quiet_around(wall(3, 12)) == (wall(3, 12), wall(3, 13))
    assert school.quiet_around(wall(3, 13)) is None
    assert school.quiet_around(wall(3, 11, 59)) is None
    assert school_with(None, None).quiet_around(wall(3, 12)) is None


@pytest.mark.parametrize(
    ("zone", "night"),
    [("America/Chicago", dt.date(2026, 10, 31)), ("America/Chicago", dt.date(2027, 3, 13)),
     ("Europe/Madrid", dt.date(2027, 3, 27))],
)  # fmt: skip
def test_quiet_hours_keep_their_times_on_the_wall_when_clocks_change(zone: str, night: dt.date) -> None:
    school = School(time_zone=zone, quiet_from=dt.time(20), quiet_until=dt.time(6, 30))
    morning = dt.datetime.combine(night + dt.timedelta(days=1), dt.time(7), school.zone).astimezone(dt.UTC)

    before = due_at(
        school, kind="booking_reminder", event_at=morning, lead_minutes=60, now=morning - dt.timedelta(days=1)
    )
    after = due_at(
        school, kind="booking_made", event_at=morning + dt.timedelta(days=1), lead_minutes=0,
        now=morning - dt.timedelta(hours=4),
    )  # fmt: skip

    assert before.astimezone(school.zone).replace(tzinfo=None) == dt.datetime.combine(night, dt.time(20))
    assert after.astimezone(school.zone).time() == dt.time(6, 30)


@given(
    ahead=st.integers(1, 60 * 24 * 14),
    minutes=st.integers(0, 60 * 24 * 7),
    now_minutes=st.integers(0, 60 * 24 * 365),
    begin=st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    end=st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    kind=st.sampled_from(["booking_reminder", "booking_made", "survey_reminder", "log_missing"]),
)
def test_due_at_is_never_after_the_event(
    ahead: int, minutes: int, now_minutes: int, begin: dt.time, end: dt.time, kind: str
) -> None:
    school = school_with(begin, end) if begin != end else school_with(None, None)
    now = dt.datetime(2026, 8, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=now_minutes)
    event = now + dt.timedelta(minutes=ahead)

    due = due_at(school, kind=kind, event_at=event, lead_minutes=minutes, now=now)

    assert due < event
