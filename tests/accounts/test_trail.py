"""The trail is written by the database, whatever changes a row; it can be read, and not be changed."""

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Value
from django.db.models import functions as sql

from accounts.models import TRACKED, Room, School, TrailEntry, User
from accounts.services.trail import expire_trail
from mentorship.models import HelpEntry
from tests import factories
from tests.cast import NOW, Cast
from tests.test_trail_list import TEXTS
from tests.world import World, make_world

CLOSED = "Cannot update or delete"


@pytest.fixture
def world(cast: Cast) -> World:
    """A school in which every kind of row exists."""
    return make_world(cast)


def note(pk: int, school: School, at: dt.datetime = NOW, **more: Any) -> TrailEntry:
    """An entry about a room, as if a trigger had written it at this moment."""
    values = {"kind": "accounts.Room", "act": "update", "origin": "room_edit", "people": [], "changes": {}} | more
    return TrailEntry.objects.create(at=at, school=school, object_id=pk, **values)


def entries(kind: str, pk: int) -> list[TrailEntry]:
    """The entries of one row, the oldest first."""
    return list(TrailEntry.objects.filter(kind=kind, object_id=pk).order_by("pk"))


def test_insert_update_and_delete_leave_what_was_and_what_is(cast: Cast) -> None:
    room = factories.RoomFactory(school=cast.school, name="118")
    pk = room.pk
    Room.objects.filter(pk=pk).update(in_view=False)
    room.delete()

    added, changed, removed = entries("accounts.Room", pk)

    assert (added.act, added.changes) == (
        "insert",
        {"name": [None, "118"], "is_shared": [None, False], "in_view": [None, True]},
    )
    assert (changed.act, changed.changes) == ("update", {"in_view": [True, False]})
    assert (removed.act, removed.changes["name"]) == ("delete", ["118", None])
    assert {entry.school_id for entry in (added, changed, removed)} == {cast.school.pk}


def test_bulk_and_raw_statements_leave_entries_too(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_active = false WHERE school_id = %s", [cast.school.pk])
        count = cursor.rowcount

    ended = TrailEntry.objects.filter(kind="accounts.User", changes={"is_active": [True, False]})
    assert ended.count() == count > 4
    assert set(ended.values_list("made_by", "origin")) == {(None, "")}


def test_what_is_not_tracked_leaves_nothing(cast: Cast) -> None:
    before = TrailEntry.objects.count()

    cast.mentor.set_password("another one")
    cast.mentor.language = "ar"
    cast.mentor.save()

    assert TrailEntry.objects.count() == before


def test_an_entry_has_a_name_for_logs(cast: Cast) -> None:
    assert str(note(7, cast.school)) == "accounts.Room 7 update"


def test_of_an_address_only_the_change_is_told(cast: Cast) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(email="new@example.org", username="new.name")

    assert entries("accounts.User", cast.teacher.pk)[-1].changes == {"email": [], "username": []}


def test_people_are_those_whom_the_row_is_about(world: World) -> None:
    booking = entries("sessions_app.Booking", world.booking.pk)[0]
    pairing = entries("mentorship.Pairing", world.pairing.pk)[0]

    assert booking.people == [world.cast.mentor.pk, world.cast.teacher.pk]
    assert pairing.people == [world.cast.teacher.pk, world.cast.mentor.pk]


def test_every_row_of_a_school_leaves_its_entries_in_this_school(world: World) -> None:
    for label in TRACKED:
        for entry in TrailEntry.objects.filter(kind=label):
            own = {world.cast.school.pk, world.cast.stranger.school_id}
            assert entry.school_id in own
    assert TrailEntry.objects.filter(school=world.cast.stranger.school).count() == 3


def test_a_draft_of_a_log_leaves_nothing_until_it_is_sent(cast: Cast) -> None:
    entry = factories.HelpEntryFactory(program=cast.program, student=cast.mentor, teacher=cast.teacher, state="draft")
    other = factories.HelpEntryFactory(program=cast.program, student=cast.mentor, teacher=cast.teacher, state="draft")
    HelpEntry.objects.filter(pk=entry.pk).update(minutes=40)
    silent = entries("mentorship.HelpEntry", entry.pk)
    gone = other.pk
    other.delete()

    HelpEntry.objects.filter(pk=entry.pk).update(state="submitted", note="Words of a child")

    assert silent == entries("mentorship.HelpEntry", gone) == []
    (sent,) = entries("mentorship.HelpEntry", entry.pk)
    assert sent.changes == {"state": ["draft", "submitted"], "note": []}


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_trailentry SET origin = 'x'", "DELETE FROM accounts_trailentry"]
)
def test_nobody_changes_or_deletes_an_entry(cast: Cast, statement: str) -> None:
    before = list(TrailEntry.objects.values_list("pk", "origin"))

    with (
        pytest.raises(DatabaseError, match=CLOSED),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert list(TrailEntry.objects.values_list("pk", "origin")) == before


def test_no_text_that_somebody_wrote_comes_into_the_trail(world: World) -> None:
    planted = 0
    for label in TRACKED:
        model = apps.get_model(label)
        for field in model._meta.fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if is_text and f"{label}.{field.name}" not in TEXTS:
                words = sql.Concat(Value("canary"), sql.Cast("pk", models.TextField()))
                somebody = F("booked_by" if label == "sessions_app.Booking" else "adult_in_charge")
                also = {"overridden_by": somebody} if field.name == "override_reason" else {}
                rows = model._default_manager.update(**{field.name: words}, **also)
                planted += bool(rows)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_trailentry e WHERE to_jsonb(e)::text LIKE %s", ["%canary%"])
        (found,) = cursor.fetchone()

    assert planted > 15
    assert found == 0


def test_expire_deletes_old_entries_of_this_school_and_says_so(cast: Cast) -> None:
    old, new = NOW - dt.timedelta(days=400), NOW
    for school in (cast.school, cast.stranger.school):
        for moment in (old, old, new):
            note(1, school, moment)
    kept = TrailEntry.objects.filter(kind="accounts.Room", object_id=1)

    count = expire_trail(cast.school, before=NOW - dt.timedelta(days=365))
    again = expire_trail(cast.school, before=NOW - dt.timedelta(days=365))

    assert (count, again) == (2, 0)
    assert kept.filter(school=cast.school).count() == 1
    assert kept.filter(school=cast.stranger.school).count() == 3
    purge = TrailEntry.objects.get(act="purge")
    assert (purge.school, purge.object_id, purge.changes) == (cast.school, cast.school.pk, {"entries": [2, 0]})


def test_expire_leaves_the_trail_closed_behind_it(cast: Cast) -> None:
    note(1, cast.school, NOW - dt.timedelta(days=9))

    expire_trail(cast.school, before=NOW)

    with pytest.raises(DatabaseError, match=CLOSED), transaction.atomic():
        TrailEntry.objects.filter(act="purge").delete()


def test_expire_keeps_what_says_how_much_was_deleted(cast: Cast) -> None:
    note(1, cast.school, NOW - dt.timedelta(days=9), act="purge", kind="accounts.TrailEntry")

    expire_trail(cast.school, before=NOW)

    assert TrailEntry.objects.filter(act="purge", object_id=1).exists()


@pytest.mark.parametrize(
    ("who", "sees"),
    [("coordinator", {"own", "other"}), ("admin", {"own", "other"}), ("teacher", {"own"}), ("mentor", set())],
)
def test_coordinator_and_admin_see_the_school_others_their_own_acts(cast: Cast, who: str, sees: set[str]) -> None:
    rows = {
        "own": note(1, cast.school, made_by=cast.teacher),
        "other": note(2, cast.school),
        "foreign": note(3, cast.stranger.school, NOW),
    }

    seen = set(TrailEntry.objects.visible_to(getattr(cast, who)))

    assert {name for name, row in rows.items() if row in seen} == sees


def test_somebody_without_a_hat_sees_nothing(cast: Cast) -> None:
    nobody = factories.UserFactory(school=cast.school, roles=[])
    note(1, cast.school, made_by=nobody)

    assert not TrailEntry.objects.visible_to(nobody).exists()


def test_people_filter_finds_maker_and_those_it_is_about(cast: Cast) -> None:
    made = note(1, cast.school, made_by=cast.teacher)
    about = note(2, cast.school, people=[cast.teacher.pk, cast.mentor.pk])
    other = note(3, cast.school, people=[cast.mentor.pk])

    found = set(TrailEntry.objects.about_or_by([cast.teacher.pk]))

    assert {made, about} <= found
    assert other not in found
