"""What a roster leaves to a person: who leaves, who has a re-used id, who is a guardian. And classes, and addresses."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import RosterClass, RosterRow, User
from accounts.services.roster import (
    choose_people,
    look_again,
)
from tests.accounts.rosters import FILE, FOLDER, HEADER, confirm, fates, stage, stage_folder
from tests.cast import TODAY, Cast
from tests.factories import TeacherFactory

GONE = FOLDER | {
    "users.csv": FOLDER["users.csv"].replace("s-1,active", "s-1,tobedeleted").replace("t-3,active", "x-3,active")
}
PATRON = f"{HEADER}teacher,Zoë,Quist,zoe@example.org,,,,,t-1\n"


def everybody() -> list[dict[str, object]]:
    return list(User.objects.order_by("pk").values())


def folder_imported(cast: Cast) -> None:
    confirm(stage_folder(FOLDER, cast.coordinator), cast.coordinator, all_students=True)


def test_who_is_to_be_deleted_or_missing_is_shown_as_leaving(cast: Cast) -> None:
    folder_imported(cast)

    upload = stage_folder(GONE, cast.coordinator)

    leaving = [
        (row.number, row.reason, row.match and row.match.source_id) for row in upload.rows.filter(fate="leaving")
    ]
    assert leaving == [(4, "not_active", "s-1"), (None, "missing", "t-3")]


def test_leaving_people_are_marked_only_if_that_is_ticked_and_never_deleted(cast: Cast) -> None:
    folder_imported(cast)
    before = everybody()

    unticked = confirm(stage_folder(GONE, cast.coordinator), cast.coordinator)
    after_unticked = everybody()
    ticked = confirm(stage_folder(GONE, cast.coordinator), cast.coordinator, is_leaving=True)

    assert after_unticked == before
    assert (unticked["leaving"], ticked["leaving"]) == (0, 2)
    marked = User.objects.exclude(missing_since=None)
    assert dict(marked.values_list("source_id", "missing_since")) == {"s-1": TODAY, "t-3": TODAY}
    assert all(marked.values_list("is_active", flat=True))
    assert fates(stage_folder(GONE, cast.coordinator)).count("leaving") == 0


def test_somebody_who_appears_again_is_no_longer_marked(cast: Cast) -> None:
    folder_imported(cast)
    confirm(stage_folder(GONE, cast.coordinator), cast.coordinator, is_leaving=True)

    upload = stage_folder(FOLDER, cast.coordinator)
    back = upload.rows.get(source_id="s-1", role="student")
    confirm(upload, cast.coordinator)

    assert (back.fate, back.changes, back.change_labels) == ("changed", ["missing_since"], ["back in the roster"])
    assert not User.objects.exclude(missing_since=None).exists()


def test_nobody_is_missing_from_a_file_that_does_not_hold_everybody(cast: Cast) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator, all_students=True)
    part = f"{HEADER}teacher,Eva,Lund,,,,,,t-1\n"

    partly, wholly = stage(part, cast.coordinator), stage(part, cast.coordinator, is_whole=True)

    assert fates(partly) == ["same"]
    assert fates(wholly) == ["same", "leaving", "leaving"]


@pytest.mark.parametrize(
    "row", ["teacher,,Lund,,,,,,t-1", "administrator,Eva,Lund,,,,,,t-1", "teacher,Eva,Lund,x,,,,,t-1"]
)
def test_somebody_whose_row_is_refused_or_left_out_is_not_missing(cast: Cast, row: str) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)

    upload = stage(f"{HEADER}{row}\nteacher,Ida,Holm,,,,,,t-5\n", cast.coordinator, is_whole=True)
    look_again(upload, by=cast.coordinator)

    assert "leaving" not in fates(upload)


def test_people_without_a_roster_id_and_those_who_left_are_never_missing(cast: Cast) -> None:
    TeacherFactory(school=cast.school, source_id="t-8", is_active=False)

    upload = stage(f"{HEADER}teacher,Ida,Holm,,,,,,t-5\n", cast.coordinator, is_whole=True)

    assert fates(upload) == ["new"]


def test_people_of_another_school_are_never_missing(cast: Cast) -> None:
    User.objects.filter(pk=cast.stranger.pk).update(source_id="t-8")

    upload = stage(f"{HEADER}teacher,Ida,Holm,,,,,,t-5\n", cast.coordinator, is_whole=True)

    assert fates(upload) == ["new"]


def test_a_re_used_id_takes_nothing_before_somebody_says_who_it_is(cast: Cast) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)
    before = everybody()

    upload = stage(PATRON, cast.coordinator)
    counts = confirm(upload, cast.coordinator)

    assert counts["left_out"] == 1
    assert everybody() == before


def test_a_re_used_id_as_the_same_person_with_a_new_name(cast: Cast) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)
    upload = stage(PATRON, cast.coordinator)
    choose_people(upload, choices={2: "same"}, by=cast.coordinator)

    counts = confirm(upload, cast.coordinator)

    eva = User.objects.get(source_id="t-1")
    assert (eva.full_name, eva.username, eva.email, counts["changed"]) == (
        "Zoë Quist",
        "eva.lund",
        "zoe@example.org",
        1,
    )


def test_a_re_used_id_as_another_person_frees_the_id_and_marks_the_old_one(cast: Cast) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)
    upload = stage(PATRON, cast.coordinator)
    choose_people(upload, choices={2: "other"}, by=cast.coordinator)

    counts = confirm(upload, cast.coordinator)

    eva, zoe = User.objects.get(family_name="Lund"), User.objects.get(source_id="t-1")
    assert (eva.source_id, eva.missing_since, eva.email, eva.is_active) == (None, TODAY, "eva@example.org", True)
    assert (zoe.full_name, zoe.email, counts["new"]) == ("Zoë Quist", "zoe@example.org", 1)
    assert fates(stage(PATRON, cast.coordinator)) == ["same"]


def test_an_answer_about_a_re_used_id_can_be_taken_back_and_stays_over_a_new_look(cast: Cast) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)
    upload = stage(PATRON, cast.coordinator)
    choose_people(upload, choices={2: "other"}, by=cast.coordinator)
    look_again(upload, by=cast.coordinator)
    kept = upload.rows.get().choice

    choose_people(upload, choices={2: ""}, by=cast.coordinator)

    assert (kept, upload.rows.get().choice) == ("other", "")


@pytest.mark.parametrize(
    "row",
    [
        "teacher,Eva,Holm,,,,,,t-1",
        "teacher,Evelyn,Lund,,,,,,t-1",
        "teacher,Lund,Eva,,,,,,t-1",
        "teacher,Zoë,Quist,EVA@example.org,,,,,t-1",
        "teacher,Zoë,Quist,,eva.lund,,,,t-1",
    ],
)
def test_a_new_name_of_the_same_person_is_a_change_and_no_question(cast: Cast, row: str) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)

    assert fates(stage(f"{HEADER}{row}\n", cast.coordinator)) == ["changed"]


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("accounts_rosterrow_only_reused_chosen", {"choice": "same"}),
        ("accounts_rosterrow_about_somebody", {"fate": "reused"}),
        ("accounts_rosterrow_about_somebody", {"fate": "leaving", "reason": "missing"}),
        ("accounts_rosterrow_reason_or_person", {"number": None}),
    ],
)
def test_constraints_of_choices_hold(cast: Cast, constraint: str, changes: dict[str, object]) -> None:
    upload = stage(FILE, cast.coordinator)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RosterRow.objects.create(**{"upload": upload, "number": 99, "fate": "new", **changes})


def test_a_class_stands_once_in_a_file(cast: Cast) -> None:
    upload = stage_folder(FOLDER, cast.coordinator)

    with pytest.raises(IntegrityError, match="accounts_rosterclass_source_id_once"), transaction.atomic():
        RosterClass.objects.create(upload=upload, source_id="c-1", name="Again")


def test_rows_can_be_named(cast: Cast) -> None:
    upload = stage_folder(FOLDER, cast.coordinator)

    assert str(upload.classes.get(source_id="c-1")) == "Physics 7"
