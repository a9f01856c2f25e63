"""Who, and from where: every front door tells the trail before it writes."""

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from celery import shared_task
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings as SettingsWrapper

from accounts.models import Concern, Room, TrailEntry, User
from accounts.services import mint_link
from accounts.trail import act_as, writing
from sessions_app.models import Booking
from tests import factories
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    """The clock of the cast."""
    with time_machine.travel(NOW, tick=False):
        yield


@shared_task
def rename_room(pk: int, name: str, by: int | None = None) -> None:
    """A task as ours are: ids in, then it writes."""
    if by:
        act_as(User.objects.get(pk=by))
    Room.objects.filter(pk=pk).update(name=name)


def last() -> tuple[str, User | None, str]:
    """Kind, maker and origin of the newest entry."""
    entry = TrailEntry.objects.select_related("made_by")[0]
    return entry.kind, entry.made_by, entry.origin


def test_a_page_tells_its_name_and_who_is_signed_in(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.coordinator).post(reverse("room_edit", args=[cast.room.pk]), {"name": "112b", "in_view": "on"})

    assert last() == ("accounts.Room", cast.coordinator, "room_edit")
    assert TrailEntry.objects.all()[0].at == NOW


def test_the_address_and_what_was_typed_stay_out(cast: Cast, sign_in: SignIn) -> None:
    address = reverse("room_edit", args=[cast.room.pk]) + "?secret=canary"

    sign_in(cast.coordinator).post(address, {"name": "112b", "x": "canary"}, REMOTE_ADDR="203.0.113.9")

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(e)::text FROM accounts_trailentry e ORDER BY id DESC LIMIT 1")
        (words,) = cursor.fetchone()
    assert "room_edit" in words
    assert "canary" not in words
    assert "203.0.113.9" not in words
    assert "/school/" not in words


@pytest.mark.django_db(transaction=True)  # the settings live as long as the transaction, which is a page's own
def test_after_the_request_nothing_is_left_of_it(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.coordinator).post(reverse("room_edit", args=[cast.room.pk]), {"name": "112b"})

    Room.objects.filter(pk=cast.room.pk).update(name="112c")

    assert last() == ("accounts.Room", None, "")


def test_a_page_that_is_only_looked_at_opens_nothing(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("room_list"))

    assert not [query for query in asked if "pghistory" in query["sql"]]


def test_somebody_who_is_not_signed_in_is_nobody(cast: Cast, client: Client) -> None:
    client.post(reverse("account_reset_password"), {"email": cast.teacher.email})
    with writing("join"):
        User.objects.filter(pk=cast.teacher.pk).update(is_active=False)

    assert last() == ("accounts.User", None, "join")


def test_who_joins_by_a_link_is_the_one_who_did_it(cast: Cast, client: Client) -> None:
    cast.other_teacher.set_unusable_password()
    cast.other_teacher.save()
    link, secret = mint_link("invitation", holder=cast.other_teacher, by=cast.admin, now=NOW)
    client.get(reverse("join_link", args=[secret]))

    client.post(reverse("join"), {"password1": "a river in june", "password2": "a river in june"})

    used = TrailEntry.objects.filter(kind="accounts.SecretLink", object_id=link.pk, act="update").get()
    assert (used.made_by, used.origin, list(used.changes)) == (cast.other_teacher, "join", ["used_at"])


def test_who_comes_in_with_a_card_is_the_one_who_did_it(cast: Cast, client: Client) -> None:
    card, secret = mint_link("sign_in_card", holder=cast.mentor, by=cast.coordinator, now=NOW)
    client.get(reverse("card_link", args=[secret]))

    client.post(reverse("card_password"), {"password1": "a river in june", "password2": "a river in june"})

    used = TrailEntry.objects.filter(kind="accounts.SecretLink", object_id=card.pk, act="update").get()
    assert (used.made_by, used.origin) == (cast.mentor, "card_password")


def test_a_page_may_say_whose_act_it_is(cast: Cast) -> None:
    with writing("join"):
        act_as(cast.teacher)
        Room.objects.filter(pk=cast.room.pk).update(name="112b")

    assert last() == ("accounts.Room", cast.teacher, "join")


def test_outside_of_a_front_door_act_as_does_nothing(cast: Cast) -> None:
    act_as(cast.teacher)
    Room.objects.filter(pk=cast.room.pk).update(name="112b")

    assert last() == ("accounts.Room", None, "")


def test_a_task_tells_its_name(cast: Cast) -> None:
    rename_room(cast.room.pk, "112b")
    alone = last()
    rename_room(cast.room.pk, "112c", by=cast.admin.pk)

    name = f"task:{rename_room.name}"
    assert (alone, last()) == (("accounts.Room", None, name), ("accounts.Room", cast.admin, name))


def test_a_command_tells_its_name(cast: Cast, tmp_path: Path) -> None:
    roster = tmp_path / "people.csv"
    roster.write_text("role,given name,family name,email\nteacher,Nora,Diaz,nora@example.org\n")

    call_command("import_roster", str(roster), school=cast.school.name, stdout=StringIO())

    assert TrailEntry.objects.filter(act="insert", kind="accounts.User", origin="command:import_roster").count() == 1


def test_a_call_for_help_leaves_no_trace_of_who_called(cast: Cast, sign_in: SignIn) -> None:
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    booking = factories.BookingFactory(
        program=cast.program, teacher=cast.teacher, mentor=cast.mentor, room=cast.room, tool=cast.tool
    )
    before = TrailEntry.objects.latest("pk").pk

    sign_in(cast.mentor).post(reverse("concern_raise"), {"about": cast.teacher.pk, "text": "canary"})

    assert Concern.objects.filter(raised_by=cast.mentor, about=cast.teacher).exists()
    assert Booking.objects.get().state == "cancelled"
    told = TrailEntry.objects.filter(pk__gt=before).order_by("pk")
    assert {(entry.kind, entry.object_id) for entry in told} == {
        ("mentorship.Pairing", pairing.pk),
        ("sessions_app.Booking", booking.pk),
    }
    assert {(entry.made_by, entry.origin) for entry in told} == {(None, "program")}


def test_booking_costs_no_more_statements_than_without_its_trail(
    cast: Cast, sign_in: SignIn, settings: SettingsWrapper
) -> None:
    client = sign_in(cast.teacher)
    form = {
        "program": cast.program.pk, "tool": cast.tool.pk, "mentor": cast.mentor.pk, "day": str(cast.thursday),
        "room": cast.room.pk, "learners": "eb", "goal": "Persuasive texts",
    }  # fmt: skip
    statements = []

    for number, period in enumerate(cast.periods[:2]):
        key = f"00000000-0000-4000-8000-00000000000{number}"
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(reverse("booking_create"), form | {"period": period.pk, "request_key": key})
        assert answer.status_code == 302
        statements.append(len(asked))
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != "accounts.middleware.TrailMiddleware"]

    assert statements[0] == statements[1]
    told = TrailEntry.objects.filter(kind="sessions_app.Booking").order_by("pk")
    assert [(entry.made_by, entry.origin) for entry in told] == [(cast.teacher, "booking_create")] * 2
