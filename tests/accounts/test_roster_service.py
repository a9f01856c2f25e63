"""Staging, picking, confirming and forgetting a roster."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts import tasks
from accounts.models import RosterRow, RosterUpload, User
from accounts.permissions import Role
from accounts.services import Refused
from accounts.services.roster import (
    RosterChanged,
    discard_roster,
    expire_uploads,
    look_again,
    pick_rows,
)
from tests.accounts.rosters import FILE, confirm, fates, stage
from tests.cast import NOW, Cast
from tests.factories import SchoolFactory, UserFactory


def test_stage_roster_writes_rows_and_no_person(cast: Cast) -> None:
    before = User.objects.count()

    upload = stage(FILE, cast.coordinator)

    assert fates(upload) == ["new", "new", "new", "refused", "left_out"]
    assert list(upload.rows.values_list("needs_pick", flat=True)) == [False, True, True, False, False]
    refused = upload.rows.get(fate="refused")
    assert (refused.number, refused.column, refused.reason) == (5, "familyName", "name_missing")
    assert User.objects.count() == before


def test_confirm_roster_takes_staff_and_picked_students_only(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)
    pick_rows(upload, shown=[3, 4], picked=[3], by=cast.coordinator)

    counts = confirm(upload, cast.coordinator)

    eva = User.objects.get(source_id="t-1")
    assert (eva.full_name, eva.username, eva.email) == ("Eva Lund", "eva.lund", "eva@example.org")
    assert (eva.roles, eva.title, eva.language, eva.grade) == (["teacher"], "Ms", "es", "")
    assert not eva.has_usable_password()
    sami = User.objects.get(source_id="s-1")
    assert (sami.username, sami.email, sami.grade, sami.language) == ("sami.khoury", None, "7", "ar")
    assert not User.objects.filter(family_name="Berg").exists()
    assert counts == {
        "new": 2, "changed": 0, "same": 0, "leaving": 0, "parent": 0, "left_out": 2, "refused": 1, "teacher": 1,
        "student": 1, "classes": 0,
    }  # fmt: skip


def test_confirm_roster_deletes_the_staged_rows(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)

    confirm(upload, cast.coordinator)

    assert not RosterRow.objects.exists()


def test_confirm_roster_twice_answers_the_same_and_adds_nobody(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)
    first = confirm(upload, cast.coordinator, all_students=True)
    count = User.objects.count()

    again = confirm(upload, cast.coordinator, all_students=True)

    assert again == first
    assert User.objects.count() == count


def test_confirm_roster_all_students_takes_each_of_them(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)

    counts = confirm(upload, cast.coordinator, all_students=True)

    assert counts["student"] == 2
    assert set(User.objects.filter(source_id__startswith="s-").values_list("given_name", flat=True)) == {"Sami", "Nora"}


def test_confirm_roster_that_is_out_of_date_writes_nothing_until_looked_at_again(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)
    pick_rows(upload, shown=[3], picked=[3], by=cast.coordinator)
    UserFactory(school=SchoolFactory(), email="eva@example.org")
    before = User.objects.count()

    with pytest.raises(RosterChanged):
        confirm(upload, cast.coordinator)
    look_again(upload, by=cast.coordinator)

    assert User.objects.count() == before
    assert fates(upload) == ["refused", "new", "new", "refused", "left_out"]
    assert list(upload.rows.filter(is_picked=True).values_list("number", flat=True)) == [3]
    assert confirm(upload, cast.coordinator)["new"] == 1


@pytest.mark.parametrize("by", ["teacher", "mentor"])
def test_stage_roster_by_others_is_refused(cast: Cast, by: str) -> None:
    with pytest.raises(Refused):
        stage(FILE, getattr(cast, by))

    assert not RosterUpload.objects.exists()


@pytest.mark.parametrize("by", ["teacher", "stranger_coordinator"])
def test_confirm_pick_and_discard_of_a_foreign_upload_are_refused(cast: Cast, by: str) -> None:
    upload = stage(FILE, cast.coordinator)
    other = getattr(cast, by)
    before = User.objects.count()

    for act in (
        lambda: confirm(upload, other, all_students=True),
        lambda: pick_rows(upload, shown=[3], picked=[3], by=other),
        lambda: discard_roster(upload, by=other, now=NOW),
    ):
        with pytest.raises(Refused):
            act()

    assert User.objects.count() == before
    assert not upload.rows.filter(is_picked=True).exists()


def test_discard_roster_forgets_it_and_an_imported_one_stays(cast: Cast) -> None:
    upload, imported = stage(FILE, cast.coordinator), stage(FILE, cast.coordinator)
    confirm(imported, cast.coordinator)

    discard_roster(upload, by=cast.coordinator, now=NOW)
    with pytest.raises(Refused):
        discard_roster(imported, by=cast.coordinator, now=NOW)

    assert list(RosterUpload.objects.all()) == [imported]
    assert not RosterRow.objects.exists()


def test_expire_uploads_deletes_those_older_than_a_day(cast: Cast) -> None:
    old = stage(FILE, cast.coordinator, now=NOW - dt.timedelta(hours=24))
    young = stage(FILE, cast.coordinator, now=NOW - dt.timedelta(hours=23, minutes=59))

    count = expire_uploads(now=NOW)

    assert count == 1
    assert set(RosterUpload.objects.all()) == {young}
    assert not RosterRow.objects.filter(upload_id=old.pk).exists()


@time_machine.travel(NOW, tick=False)
def test_expire_daily_forgets_old_uploads(cast: Cast) -> None:
    stage(FILE, cast.coordinator, now=NOW - dt.timedelta(days=2))

    tasks.expire_daily()

    assert not RosterUpload.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_confirm_roster_by_two_clicks_at_once_adds_people_once() -> None:
    coordinator = UserFactory(roles=[Role.COORDINATOR])
    upload = stage(FILE, coordinator)
    answers: list[dict[str, int]] = []

    def click() -> None:
        try:
            answers.append(confirm(upload, coordinator, all_students=True))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers[0] == answers[1]
    assert User.objects.filter(source_id__isnull=False).count() == 3


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("accounts_rosterrow_number_once", {"number": 2}),
        ("accounts_rosterrow_reason_or_person", {"fate": "refused"}),
        ("accounts_rosterrow_reason_or_person", {"reason": "parent"}),
        ("accounts_rosterrow_reason_or_person", {"fate": "left_out", "reason": "parent", "given_name": "Ana"}),
        ("accounts_rosterrow_only_students_picked", {"is_picked": True}),
    ],
)
def test_roster_row_constraints_hold(cast: Cast, constraint: str, changes: dict[str, object]) -> None:
    upload = stage(FILE, cast.coordinator)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RosterRow.objects.create(**{"upload": upload, "number": 99, "fate": "new", **changes})
