"""When a message is due: leads, quiet hours on the clock of the wall, and what moves when somebody changes them."""

import datetime as dt
import zoneinfo
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts import outbox
from accounts.models import Message, MessageChoice, School
from accounts.outbox.planning import due_at
from accounts.services import Refused
from accounts.services.message_choice import change_reminders, choose_messages
from tests.accounts.outbox_rows import BOOKING, make_message
from tests.cast import NOW, Cast

CHICAGO = zoneinfo.ZoneInfo("America/Chicago")
State = Message.State


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


# What each person chose


def reminders_of(cast: Cast, **changes: Any) -> list[Message]:
    event = NOW + dt.timedelta(days=9)
    rows = outbox.reminder_rows(
        **{
            "school": cast.school, "about": "booking:1", "revision": 0, "kind": "booking_reminder", "event_at": event,
            "recipients": [cast.teacher, cast.mentor], "context_for": lambda person: BOOKING, "now": NOW, **changes,
        }
    )  # fmt: skip
    outbox.post(rows)
    return rows


def waiting_leads(cast: Cast) -> dict[str, list[int]]:
    rows = Message.objects.waiting().filter(lead_minutes__gt=0).order_by("-lead_minutes").select_related("user")
    for row in rows:
        assert row.due_at == row.event_at - dt.timedelta(minutes=row.lead_minutes)
    return {
        name: [row.lead_minutes for row in rows if row.user == getattr(cast, name)] for name in ("teacher", "mentor")
    }


def choose(cast: Cast, *leads: int) -> None:
    cast.teacher.reminder_leads = list(leads)
    cast.teacher.save()


def test_reminder_rows_use_each_persons_times_without_a_question(cast: Cast, django_assert_num_queries: Any) -> None:
    choose(cast, 2880, 30)

    with django_assert_num_queries(1):  # the rows
        reminders_of(cast)

    assert waiting_leads(cast) == {"teacher": [2880, 30], "mentor": [1440, 60]}


def test_times_beyond_what_the_school_allows_do_not_count(cast: Cast) -> None:
    choose(cast, 2880, 30)
    cast.school.lead_least = 60

    reminders_of(cast)

    assert waiting_leads(cast)["teacher"] == [1440, 60]


def test_choose_messages_moves_what_waits_in_one_statement(cast: Cast) -> None:
    for number in range(5):
        reminders_of(cast, about=f"booking:{number}")

    with CaptureQueriesContext(connection) as queries:
        choose_messages(channels={"sessions": "mail"}, leads=[60, 2880], by=cast.teacher, now=NOW)

    assert waiting_leads(cast) == {"teacher": [2880] * 5 + [60] * 5, "mentor": [1440] * 5 + [60] * 5}
    placing = [query["sql"] for query in queries if "unnest" in query["sql"]]
    assert len(placing) == 1


def test_choose_messages_that_take_each_others_places(cast: Cast) -> None:
    reminders_of(cast)

    choose_messages(channels={"sessions": "mail"}, leads=[2880, 1440], by=cast.teacher, now=NOW)
    choose_messages(channels={"sessions": "mail"}, leads=None, by=cast.teacher, now=NOW)
    choose_messages(channels={"sessions": "mail"}, leads=[60, 30], by=cast.teacher, now=NOW)

    assert waiting_leads(cast)["teacher"] == [60, 30]


def test_choose_messages_as_everybody_leaves_no_row(cast: Cast) -> None:
    choose(cast, 2880, 30)

    choose_messages(channels={"sessions": "mail", "changes": "home"}, leads=None, by=cast.teacher, now=NOW)

    assert list(MessageChoice.objects.values_list("topic", "channel")) == [("changes", "home")]
    cast.teacher.refresh_from_db()
    assert cast.teacher.reminder_leads is None


def test_choose_messages_leaves_what_is_due_already(cast: Cast) -> None:
    message = make_message(cast.teacher, event_at=NOW + dt.timedelta(minutes=30), due_at=NOW)

    choose_messages(channels={"sessions": "mail"}, leads=[2880, 1440], by=cast.teacher, now=NOW)

    message.refresh_from_db()
    assert (message.lead_minutes, message.due_at) == (60, NOW)


# What the school sets


def test_quiet_hours_move_what_waits_and_their_end_moves_it_back(cast: Cast) -> None:
    early = wall(3, 7)
    reminders_of(cast, event_at=early)
    news = make_message(
        cast.teacher, kind="booking_made", lead_minutes=0, event_at=early, due_at=NOW + dt.timedelta(hours=2)
    )

    change_reminders(leads=[1440, 60], quiet=(dt.time(20), dt.time(8, 30)), by=cast.coordinator, now=NOW)

    assert set(Message.objects.filter(user=cast.mentor).values_list("lead_minutes", "due_at")) == {
        (1440, wall(1, 20)),
        (60, wall(2, 20)),
    }
    news.refresh_from_db()
    assert news.due_at == NOW  # 9 in the morning: no longer quiet
    change_reminders(leads=[1440, 60], by=cast.coordinator, now=NOW)
    assert waiting_leads(cast)["mentor"] == [1440, 60]


def test_news_of_the_night_waits_for_the_new_end_of_the_quiet_hours(cast: Cast) -> None:
    night = wall(2, 22)
    news = make_message(cast.teacher, kind="booking_made", lead_minutes=0, event_at=wall(4, 10), due_at=wall(3, 6, 30))

    change_reminders(leads=[1440, 60], quiet=(dt.time(20), dt.time(7)), by=cast.coordinator, now=night)

    news.refresh_from_db()
    assert news.due_at == wall(3, 7)


def test_narrower_limits_bring_the_schools_times_back(cast: Cast) -> None:
    choose(cast, 2880, 30)
    reminders_of(cast)

    change_reminders(leads=[1440, 60], limits=(60, 2880), by=cast.coordinator, now=NOW)

    assert waiting_leads(cast)["teacher"] == [1440, 60]


def test_school_that_changes_its_times_leaves_the_own_ones(cast: Cast) -> None:
    choose(cast, 2880, 30)
    reminders_of(cast)

    change_reminders(leads=[720, 120], by=cast.coordinator, now=NOW)

    assert waiting_leads(cast) == {"teacher": [2880, 30], "mentor": [720, 120]}


def test_reminder_that_was_said_at_its_new_time_is_cancelled_each_time(cast: Cast) -> None:
    for _time in range(2):
        reminders_of(cast, recipients=[cast.mentor], about="booking:7", revision=_time)
        Message.objects.filter(about="booking:7", lead_minutes=1440, revision=_time).update(
            state="sent", channel="home", sent_at=NOW
        )
    change_reminders(leads=[2880, 1440], by=cast.coordinator, now=NOW)

    states = Message.objects.filter(user=cast.mentor).values_list("state", flat=True)
    assert sorted(states) == ["cancelled", "cancelled", "sent", "sent"]


@pytest.mark.parametrize("who", ["teacher", "mentor"])
def test_change_reminders_is_for_those_who_set_the_schools_time(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        change_reminders(leads=[60, 30], by=getattr(cast, who), now=NOW)

    cast.school.refresh_from_db()
    assert cast.school.reminder_leads == [1440, 60]


# What the database guards


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"topic": "changes", "channel": "pigeon"}, "known_channel"),
        ({"topic": "logs"}, "topic_once"),
    ],
)
def test_choice_that_makes_no_sense_is_refused_by_the_database(cast: Cast, fields: dict[str, Any], name: str) -> None:
    MessageChoice.objects.create(user=cast.teacher, topic="logs", channel="home")

    with pytest.raises(IntegrityError, match=f"accounts_messagechoice_{name}"), transaction.atomic():
        MessageChoice.objects.create(user=cast.teacher, **fields)


def test_person_with_one_reminder_is_refused_by_the_database(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="accounts_user_two_reminders"), transaction.atomic():
        choose(cast, 60)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"quiet_from": dt.time(20)}, "quiet_hours_have_both_ends"),
        ({"quiet_from": dt.time(20), "quiet_until": dt.time(20)}, "quiet_hours_have_both_ends"),
        ({"lead_least": 0}, "lead_limits_in_order"),
        ({"lead_least": 60, "lead_most": 60}, "lead_limits_in_order"),
    ],
)
def test_school_hours_that_make_no_sense_are_refused_by_the_database(
    cast: Cast, fields: dict[str, Any], name: str
) -> None:
    with pytest.raises(IntegrityError, match=f"accounts_school_{name}"), transaction.atomic():
        School.objects.filter(pk=cast.school.pk).update(**fields)
