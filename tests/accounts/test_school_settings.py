"""What a school chose: each page shows it to those who may read it, and only those who may set it change it."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import ConsentText, Message, School, User
from accounts.permissions import Role
from accounts.services import Refused
from accounts.services.consent_text import install_consent_texts
from accounts.services.message_choice import change_reminders
from accounts.services.school_settings import change_general, change_time_zone
from tests import factories
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]
SETTINGS, GENERAL, REMINDERS = "/school/settings/", "/school/general/", "/school/reminders/"
LIMITS, ZONE = "/school/limits/", "/school/time-zone/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("who", ["coordinator", "admin"])
def test_index_leads_to_every_setting_and_says_what_it_is_now(cast: Cast, sign_in: SignIn, who: str) -> None:
    page = sign_in(getattr(cast, who)).get(SETTINGS).content.decode()

    pages = ["school_general", "school_time_zone", "school_time", "school_day_fill", "room_list", "school_reminders",
             "consent_text_list", "school_limits", "sign_in_settings", "retention_settings"]  # fmt: skip
    assert [name for name in pages if f'href="{reverse(name)}"' not in page] == []
    for words in ("Lincoln Junior High", "America/Chicago", "1 day before", "fewer than 10", "No second adult yet."):
        assert words in page


def test_person_with_two_hats_finds_the_settings_once(cast: Cast, sign_in: SignIn) -> None:
    cast.admin.roles = [Role.COORDINATOR, Role.ADMIN]
    cast.admin.save()

    page = sign_in(cast.admin).get(reverse("home")).content.decode()

    menu = page[page.index("me-menu") : page.index("</details>")]
    assert menu.count(SETTINGS) == 1


def reminder(person: User, lead: int, **changes: Any) -> Message:
    event = NOW + dt.timedelta(days=9)
    fields = {
        "school": person.school, "user": person, "kind": "booking_reminder", "about": "booking:1", "event_at": event,
        "lead_minutes": lead, "due_at": event - dt.timedelta(minutes=lead),
    }  # fmt: skip
    return Message.objects.create(**fields | changes)


def leads() -> list[tuple[int, str]]:
    return sorted(Message.objects.values_list("lead_minutes", "state"))


def test_changed_reminders_move_waiting_reminders(cast: Cast, sign_in: SignIn) -> None:
    day, hour = reminder(cast.teacher, 1440), reminder(cast.teacher, 60)
    at_once = reminder(cast.teacher, 0, kind="booking_made", due_at=NOW)
    foreign = reminder(cast.stranger, 60)

    answer = sign_in(cast.coordinator).post(REMINDERS, {"first": "2880", "second": "1440"})

    assert answer["Location"] == SETTINGS
    cast.school.refresh_from_db()
    assert cast.school.reminder_leads == [2880, 1440]
    for message, lead in ((day, 2880), (hour, 1440), (at_once, 0), (foreign, 60)):
        message.refresh_from_db()
        assert message.lead_minutes == lead
        assert message.due_at == (message.event_at - dt.timedelta(minutes=lead) if lead else NOW)


def test_change_reminders_that_trade_places_changes_nothing(cast: Cast) -> None:
    reminder(cast.teacher, 1440)
    reminder(cast.teacher, 60)

    change_reminders(leads=[60, 1440], by=cast.coordinator, now=NOW)

    assert leads() == [(60, "waiting"), (1440, "waiting")]


def test_change_reminders_cancels_what_was_said_at_that_distance_already(cast: Cast) -> None:
    reminder(cast.teacher, 1440, state="sent", channel="mail", sent_at=NOW)
    reminder(cast.teacher, 60)

    change_reminders(leads=[2880, 1440], by=cast.coordinator, now=NOW)

    states = dict(Message.objects.values_list("state", "lead_minutes"))
    assert set(states) == {"sent", "cancelled"}
    assert states["sent"] == 1440


@pytest.mark.parametrize("sent", [{"first": "60", "second": "60"}, {"first": "61", "second": "60"}, {}])
def test_form_with_bad_reminders_writes_nothing(cast: Cast, sign_in: SignIn, sent: dict[str, str]) -> None:
    answer = sign_in(cast.coordinator).post(REMINDERS, sent)

    cast.school.refresh_from_db()
    assert answer.status_code == 422
    assert cast.school.reminder_leads == [1440, 60]


GENERAL_FORM = {"name": "Lincoln", "languages": ["en", "es"], "first_language": "es"}


def test_name_and_languages_are_saved_and_a_new_language_brings_its_drafts(cast: Cast, sign_in: SignIn) -> None:
    School.objects.filter(pk=cast.school.pk).update(languages=["en"])
    cast.school.refresh_from_db()
    install_consent_texts(cast.school)
    ConsentText.objects.filter(school=cast.school).exclude(language="en").delete()

    answer = sign_in(cast.admin).post(GENERAL, GENERAL_FORM)

    cast.school.refresh_from_db()
    spanish = ConsentText.objects.filter(school=cast.school, language="es")
    assert answer["Location"] == SETTINGS
    assert (cast.school.name, cast.school.languages) == ("Lincoln", ["es", "en"])
    assert spanish
    assert all(text.is_draft for text in spanish)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"languages": []}, "This field is required."),
        ({"languages": ["en", "tlh"]}, "tlh is not one of the available choices"),
        ({"first_language": "ar"}, "Choose one of the languages of the school."),
    ],
)
def test_bad_name_or_languages_write_nothing(cast: Cast, sign_in: SignIn, changes: dict[str, Any], words: str) -> None:
    answer = sign_in(cast.admin).post(GENERAL, GENERAL_FORM | changes)

    cast.school.refresh_from_db()
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (cast.school.name, cast.school.languages) == ("Lincoln Junior High", ["en", "es", "ar"])


def test_limits_are_saved_by_the_admin(cast: Cast, sign_in: SignIn) -> None:
    sent = {"minimum_group_size": "7", "second_adult": cast.other_teacher.pk, "name": "X", "is_demo": "on"}

    answer = sign_in(cast.admin).post(LIMITS, sent)

    cast.school.refresh_from_db()
    assert answer["Location"] == SETTINGS
    assert (cast.school.minimum_group_size, cast.school.second_adult) == (7, cast.other_teacher)
    assert (cast.school.name, cast.school.is_demo) == ("Lincoln Junior High", False)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minimum_group_size": "4"}, "from 5 to 100"),
        ({"second_adult": "student"}, "not one of the available choices"),
        ({"second_adult": "stranger"}, "not one of the available choices"),
    ],
)
def test_bad_limits_write_nothing(cast: Cast, sign_in: SignIn, changes: dict[str, str], words: str) -> None:
    people = {"student": cast.mentor.pk, "stranger": cast.stranger.pk}
    sent = {"minimum_group_size": "7", "second_adult": ""}
    sent |= {name: people.get(value, value) for name, value in changes.items()}

    answer = sign_in(cast.admin).post(LIMITS, sent)

    cast.school.refresh_from_db()
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (cast.school.second_adult, cast.school.minimum_group_size) == (None, 10)


@pytest.mark.parametrize("page", [GENERAL, LIMITS, ZONE])
def test_coordinator_reads_what_only_an_admin_sets(cast: Cast, sign_in: SignIn, page: str) -> None:
    client = sign_in(cast.coordinator)

    shown = client.get(page).content.decode()
    answer = client.post(page, GENERAL_FORM | {"minimum_group_size": "7", "time_zone": "Europe/Madrid"})

    cast.school.refresh_from_db()
    assert "Set by an admin." in shown
    assert f'action="{page}"' not in shown
    assert answer.status_code == 403
    assert (cast.school.name, cast.school.minimum_group_size) == ("Lincoln Junior High", 10)
    assert cast.school.time_zone == "America/Chicago"


@pytest.mark.parametrize("who", ["coordinator", "teacher", "mentor"])
def test_services_of_settings_refuse_everybody_but_the_admin(cast: Cast, who: str) -> None:
    by = getattr(cast, who)

    with pytest.raises(Refused):
        change_general(name="X", languages=["en"], by=by)
    with pytest.raises(Refused):
        change_time_zone(time_zone="UTC", by=by, now=NOW)

    cast.school.refresh_from_db()
    assert (cast.school.name, cast.school.time_zone) == ("Lincoln Junior High", "America/Chicago")


def zone_of(school: School) -> str:
    school.refresh_from_db()
    return school.time_zone


def book(cast: Cast) -> None:
    """A booking on Thursday at 10:40, and one that is over."""
    starts_at, ends_at = cast.span()
    factories.BookingFactory(
        program=cast.program, teacher=cast.teacher, mentor=cast.mentor, room=cast.room, tool=cast.tool,
        starts_at=starts_at, ends_at=ends_at,
    )  # fmt: skip
    factories.BookingFactory(
        program=cast.program, teacher=cast.teacher, mentor=cast.mentor, room=cast.room, tool=cast.tool,
        starts_at=NOW - dt.timedelta(days=2), ends_at=NOW - dt.timedelta(days=2, minutes=-45),
    )  # fmt: skip


def test_time_zone_is_saved_where_nothing_is_booked(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.admin).post(ZONE, {"time_zone": "Europe/Madrid"})

    assert answer["Location"] == SETTINGS
    assert zone_of(cast.school) == "Europe/Madrid"


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../../etc/passwd", "UTC\x00"])
def test_word_that_is_no_time_zone_writes_nothing(cast: Cast, sign_in: SignIn, name: str) -> None:
    book(cast)

    answer = sign_in(cast.admin).post(ZONE, {"time_zone": name, "is_understood": "on"})

    assert answer.status_code == 422
    assert zone_of(cast.school) == "America/Chicago"


def test_time_zone_with_bookings_ahead_is_changed_only_when_that_was_read(cast: Cast, sign_in: SignIn) -> None:
    book(cast)
    booking = cast.teacher.bookings_as_teacher.order_by("starts_at").last()
    client = sign_in(cast.admin)

    first = client.post(ZONE, {"time_zone": "America/New_York"})
    before = zone_of(cast.school)
    client.post(ZONE, {"time_zone": "America/New_York", "is_understood": "on"})

    page = first.content.decode()
    assert (first.status_code, before) == (422, "America/Chicago")
    assert "1 booking lies ahead." in page
    assert "0 tech playgrounds lie ahead." in page
    assert "10:40" in page
    assert "11:40" in page
    assert zone_of(cast.school) == "America/New_York"
    starts_at = booking.starts_at
    booking.refresh_from_db()
    assert booking.starts_at == starts_at
    assert not Message.objects.exists()


def test_same_time_zone_again_asks_nothing(cast: Cast, sign_in: SignIn) -> None:
    book(cast)

    assert sign_in(cast.admin).post(ZONE, {"time_zone": "America/Chicago"}).status_code == 302


def test_bookings_of_another_school_are_not_counted(cast: Cast, sign_in: SignIn) -> None:
    book(cast)
    admin = factories.UserFactory(school=cast.stranger.school, roles=[Role.ADMIN])

    answer = sign_in(admin).post(ZONE, {"time_zone": "America/New_York"})

    assert answer.status_code == 302


@pytest.mark.parametrize("rows", [1, 30])
def test_page_of_the_time_zone_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        starts_at = NOW + dt.timedelta(days=1 + number)
        factories.BookingFactory(
            program=cast.program, teacher=cast.teacher, mentor=cast.mentor, room=cast.room, tool=cast.tool,
            starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=45),
        )  # fmt: skip
    client = sign_in(cast.admin)

    with django_assert_num_queries(2 + 4):
        client.get(ZONE)
