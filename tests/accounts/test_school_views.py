"""The rooms and the settings of a school: pages and services."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Message, Room, User
from accounts.services.school_time import change_reminders
from tests.cast import NOW, Cast
from tests.factories import RoomFactory

SignIn = Callable[[User], Client]
ROOMS, SETTINGS = "/school/rooms/", "/school/settings/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_room_create_and_edit(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)

    client.post(reverse("room_create"), {"name": "Quiet room", "in_view": "on"})
    room = Room.objects.get(name="Quiet room")
    first = (room.school, room.in_view, room.is_shared)
    answer = client.post(reverse("room_edit", args=[room.pk]), {"name": "Quiet room", "is_shared": "on"}, follow=True)

    room.refresh_from_db()
    assert first == (cast.school, True, False)
    assert (room.in_view, room.is_shared) == (False, True)
    assert "Quiet room" in answer.content.decode()


def test_room_of_a_name_that_exists_is_told(cast: Cast, sign_in: SignIn) -> None:
    RoomFactory(school=cast.stranger.school, name="Theirs")
    client = sign_in(cast.coordinator)

    twice = client.post(reverse("room_create"), {"name": "LIBRARY"})
    fine = client.post(reverse("room_create"), {"name": "Theirs"})

    assert twice.status_code == 422
    assert "This room exists." in twice.content.decode()
    assert fine.status_code == 302


def test_room_of_another_school_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    foreign = RoomFactory(school=cast.stranger.school, name="Theirs")
    client, url = sign_in(cast.coordinator), reverse("room_edit", args=[foreign.pk])

    answers = [client.get(url), client.post(url, {"name": "Mine"})]

    foreign.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404, 404]
    assert foreign.name == "Theirs"
    assert "Theirs" not in client.get(ROOMS).content.decode()


def reminder(person: User, lead: int, **changes: Any) -> Message:
    event = NOW + dt.timedelta(days=9)
    fields = {
        "school": person.school, "user": person, "kind": "booking_reminder", "about": "booking:1", "event_at": event,
        "lead_minutes": lead, "due_at": event - dt.timedelta(minutes=lead),
    }  # fmt: skip
    return Message.objects.create(**fields | changes)


def leads() -> list[tuple[int, str]]:
    return sorted(Message.objects.values_list("lead_minutes", "state"))


def test_school_settings_moves_waiting_reminders(cast: Cast, sign_in: SignIn) -> None:
    day, hour = reminder(cast.teacher, 1440), reminder(cast.teacher, 60)
    at_once = reminder(cast.teacher, 0, kind="booking_made")
    foreign = reminder(cast.stranger, 60)

    answer = sign_in(cast.coordinator).post(SETTINGS, {"first": "2880", "second": "1440"})

    assert answer["Location"] == SETTINGS
    cast.school.refresh_from_db()
    assert cast.school.reminder_leads == [2880, 1440]
    for message, lead in ((day, 2880), (hour, 1440), (at_once, 0), (foreign, 60)):
        message.refresh_from_db()
        assert message.lead_minutes == lead
        assert message.due_at == message.event_at - dt.timedelta(minutes=lead)


def test_change_reminders_that_trade_places_changes_nothing(cast: Cast) -> None:
    reminder(cast.teacher, 1440)
    reminder(cast.teacher, 60)

    change_reminders(leads=[60, 1440], by=cast.coordinator)

    assert leads() == [(60, "waiting"), (1440, "waiting")]


def test_change_reminders_cancels_what_was_said_at_that_distance_already(cast: Cast) -> None:
    reminder(cast.teacher, 1440, state="sent", channel="mail", sent_at=NOW)
    reminder(cast.teacher, 60)

    change_reminders(leads=[2880, 1440], by=cast.coordinator)

    states = dict(Message.objects.values_list("state", "lead_minutes"))
    assert set(states) == {"sent", "cancelled"}
    assert states["sent"] == 1440


@pytest.mark.parametrize("sent", [{"first": "60", "second": "60"}, {"first": "61", "second": "60"}, {}])
def test_school_settings_with_bad_reminders_writes_nothing(cast: Cast, sign_in: SignIn, sent: dict[str, str]) -> None:
    answer = sign_in(cast.coordinator).post(SETTINGS, sent)

    cast.school.refresh_from_db()
    assert answer.status_code == 422
    assert cast.school.reminder_leads == [1440, 60]


LIMITS = {"name": "Lincoln", "time_zone": "Europe/Madrid", "minimum_group_size": "7", "second_adult": ""}


def test_school_thresholds_are_saved_by_the_admin(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.admin).post(reverse("school_thresholds"), LIMITS | {"second_adult": cast.other_teacher.pk})

    cast.school.refresh_from_db()
    assert answer["Location"] == SETTINGS
    assert (cast.school.name, cast.school.time_zone) == ("Lincoln", "Europe/Madrid")
    assert (cast.school.minimum_group_size, cast.school.second_adult) == (7, cast.other_teacher)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minimum_group_size": "4"}, "from 5 to 100"),
        ({"time_zone": "Europe/Atlantis"}, "This is not a time zone."),
        ({"second_adult": "student"}, "not one of the available choices"),
        ({"second_adult": "stranger"}, "not one of the available choices"),
    ],
)
def test_school_thresholds_with_a_bad_form_write_nothing(
    cast: Cast, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    people = {"student": cast.mentor.pk, "stranger": cast.stranger.pk}
    sent = LIMITS | {name: people.get(value, value) for name, value in changes.items()}

    answer = sign_in(cast.admin).post(reverse("school_thresholds"), sent)

    cast.school.refresh_from_db()
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (cast.school.time_zone, cast.school.minimum_group_size) == ("America/Chicago", 10)


def test_school_settings_shows_a_coordinator_what_only_an_admin_sets(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)

    page = client.get(SETTINGS).content.decode()
    answer = client.post(reverse("school_thresholds"), LIMITS)

    cast.school.refresh_from_db()
    assert "America/Chicago" in page
    assert 'name="minimum_group_size"' not in page
    assert answer.status_code == 403
    assert cast.school.minimum_group_size == 10


@pytest.mark.parametrize("rows", [1, 30])
def test_room_list_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    RoomFactory.create_batch(rows, school=cast.school)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(2 + 1):
        client.get(ROOMS)
