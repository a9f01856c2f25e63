"""What the tests of the policy and of attacks watch the database with notices whatever was written, and only that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.models import Room
from tests.cast import Cast, make_cast
from tests.policy import changed_since, fingerprint, written


def sql(statement: str) -> Callable[[Cast], object]:
    """What somebody does past the models."""

    def done(_cast: Cast) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return done


ROOM = ["accounts_room", "accounts_trailentry"]  # what becomes of a room is kept in the trail, by a trigger
DEEDS = {
    "added": (lambda cast: Room.objects.create(school=cast.school, name="200"), ROOM),
    "changed": (lambda cast: Room.objects.filter(pk=cast.room.pk).update(name="200"), ROOM),
    "deleted": (lambda cast: Room.objects.filter(pk=cast.library.pk).delete(), ROOM),
    "emptied": (sql("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE mentorship_mentortool"), ["mentorship_mentortool"]),
}
NOTHING = {
    "read": lambda cast: list(Room.objects.all()),
    "written as it was": lambda cast: Room.objects.filter(pk=cast.room.pk).update(name=cast.room.name),
    "a visit": sql("UPDATE django_session SET expire_date = now()"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_was_written_is_noticed(deed: str, cast: Cast) -> None:
    write, tables = DEEDS[deed]
    before = fingerprint()

    write(cast)

    assert changed_since(before) == tables


@pytest.mark.parametrize("deed", NOTHING)
def test_what_changed_nothing_is_not_told(deed: str, cast: Cast) -> None:
    before = fingerprint()

    NOTHING[deed](cast)

    assert changed_since(before) == []


@pytest.mark.parametrize("deed", DEEDS)
def test_each_of_several_visits_is_noticed_though_all_are_taken_back(deed: str, cast: Cast) -> None:
    write, tables = DEEDS[deed]
    before, seen = fingerprint(), []

    for _visit in range(2):
        with transaction.atomic():
            start = written()
            write(cast)
            seen.append(changed_since(before, since=start))
            transaction.set_rollback(True)

    assert seen == [tables, tables]
    assert changed_since(before) == []


@pytest.mark.django_db(transaction=True)
def test_what_another_transaction_wrote_is_noticed() -> None:
    cast = make_cast()
    before = fingerprint()

    with transaction.atomic():
        Room.objects.filter(pk=cast.room.pk).update(name="200")

    assert changed_since(before) == ROOM
