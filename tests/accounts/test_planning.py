"""When a message is due: leads, quiet hours on the clock of the wall, and what moves when somebody changes them."""

import datetime as dt
import zoneinfo
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import outbox
from accounts.models import Message, MessageChoice, School
from accounts.services import Refused
from accounts.services.message_choice import change_reminders, choose_messages
from tests.accounts.outbox_rows import BOOKING, make_message
from tests.cast import NOW, Cast

CHICAGO = zoneinfo.ZoneInfo("America/Chicago")


def wall(day: int, hour: int, minute: int = 0, month: int = 12) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=CHICAGO).astimezone(dt.UTC)


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
