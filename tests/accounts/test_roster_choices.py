"""What a roster leaves to a person: who leaves, who has a re-used id, who is a guardian. And classes, and addresses."""

from collections.abc import Callable

import pytest
from django.core import mail as outgoing
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Guardian, Message, RosterClass, RosterRow, RosterUpload, SchoolClass, SecretLink, User
from accounts.reports.roster import Picks, plan_roster
from accounts.roster import read_files, read_roster
from accounts.services import delivery
from accounts.services.roster import (
    RosterChanged,
    choose_people,
    import_people,
    look_again,
    pick_rows,
    stage_roster,
)
from accounts.services.roster_writing import write_roster
from accounts.services.secret_link import mint_link
from tests.accounts.rosters import FILE, FOLDER, HEADER, confirm, fates, stage, stage_folder
from tests.cast import NOW, TODAY, Cast
from tests.factories import StudentFactory, TeacherFactory, UserFactory

SignIn = Callable[[User], Client]

GONE = FOLDER | {
    "users.csv": FOLDER["users.csv"].replace("s-1,active", "s-1,tobedeleted").replace("t-3,active", "x-3,active")
}
PATRON = f"{HEADER}teacher,Zoë,Quist,zoe@example.org,,,,,t-1\n"


def everybody() -> list[dict[str, object]]:
    return list(User.objects.order_by("pk").values())


def folder_imported(cast: Cast) -> None:
    confirm(stage_folder(FOLDER, cast.coordinator), cast.coordinator, all_students=True)


# Leaving


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


# A re-used id


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


# Guardians


def test_a_parent_is_offered_and_noted_for_picked_students_only(cast: Cast) -> None:
    upload = stage_folder(FOLDER, cast.coordinator)
    offered = upload.rows.parents_to_pick().get()
    pick_rows(upload, shown=[6], picked=[6], by=cast.coordinator)
    without_the_student = confirm(upload, cast.coordinator)
    upload = stage_folder(FOLDER, cast.coordinator)
    pick_rows(upload, shown=[4, 6], picked=[4, 6], by=cast.coordinator)

    counts = confirm(upload, cast.coordinator)

    assert (offered.full_name, offered.children, offered.is_picked) == ("Rana Khoury", ["s-1"], False)
    assert (without_the_student["parent"], counts["parent"]) == (0, 1)
    rana = Guardian.objects.get()
    assert (rana.student.source_id, rana.name, rana.email, rana.language) == (
        "s-1",
        "Rana Khoury",
        "rana@example.org",
        "en",
    )
    again = stage_folder(FOLDER, cast.coordinator)
    assert again.rows.get(number=6).reason_label == "This guardian is on record already."


def test_a_parent_who_is_not_ticked_is_forgotten(cast: Cast) -> None:
    folder_imported(cast)

    assert not Guardian.objects.exists()
    assert not User.objects.filter(given_name="Rana").exists()


def test_a_parent_of_a_student_who_is_here_is_offered_from_a_file_of_parents(cast: Cast) -> None:
    student = StudentFactory(school=cast.school, source_id="s-9")
    rows = (
        "sourcedId,role,givenName,familyName,agentSourcedIds\np-1,parent,Rana,Khoury,s-9\np-2,parent,Paul,Berg,s-77\n"
    )

    upload = stage(rows, cast.coordinator)
    pick_rows(upload, shown=[2], picked=[2], by=cast.coordinator)
    confirm(upload, cast.coordinator)

    assert fates(upload) == []
    assert student.guardians.get().name == "Rana Khoury"
    assert Guardian.objects.count() == 1


# Classes


def test_classes_come_along_with_those_who_are_kept(cast: Cast) -> None:
    upload = stage_folder(FOLDER, cast.coordinator)
    pick_rows(upload, shown=[4, 5], picked=[4], by=cast.coordinator)

    counts = confirm(upload, cast.coordinator)

    physics = SchoolClass.objects.get()
    assert (physics.name, physics.subject, physics.grade, physics.source_id) == ("Physics 7", "Science", "7", "c-1")
    assert [person.source_id for person in (*physics.teachers.all(), *physics.students.all())] == ["t-1", "s-1"]
    assert counts["classes"] == 1
    assert not upload.classes.exists()


def test_a_class_in_which_nobody_is_kept_does_not_come(cast: Cast) -> None:
    files = FOLDER | {
        "enrollments.csv": "sourcedId,status,classSourcedId,userSourcedId,role\ne-2,active,c-1,s-1,student\n"
    }

    counts = confirm(stage_folder(files, cast.coordinator), cast.coordinator)

    assert counts["classes"] == 0
    assert not SchoolClass.objects.exists()


def test_a_second_import_moves_people_between_classes_and_keeps_those_added_by_hand(cast: Cast) -> None:
    folder_imported(cast)
    physics = SchoolClass.objects.get()
    physics.students.add(cast.mentor)
    enrollments = FOLDER["enrollments.csv"].replace("c-1,s-1,student", "c-1,s-2,student").replace("e-3", "e-9")
    classes = FOLDER["classes.csv"].replace("Physics 7", "Physics 7b")

    counts = confirm(
        stage_folder(FOLDER | {"enrollments.csv": enrollments, "classes.csv": classes}, cast.coordinator),
        cast.coordinator,
    )

    physics.refresh_from_db()
    assert physics.name == "Physics 7b"
    assert {person.source_id for person in physics.students.all()} == {None, "s-2"}
    assert counts["classes"] == 1


def test_a_class_that_is_over_goes_only_with_those_who_leave(cast: Cast) -> None:
    folder_imported(cast)
    files = FOLDER | {"classes.csv": FOLDER["classes.csv"].replace("c-1,active", "c-1,tobedeleted")}

    confirm(stage_folder(files, cast.coordinator), cast.coordinator)
    still_there = SchoolClass.objects.exists()
    confirm(stage_folder(files, cast.coordinator), cast.coordinator, is_leaving=True)

    assert still_there
    assert not SchoolClass.objects.exists()


def test_a_folder_imported_again_changes_nothing(cast: Cast) -> None:
    folder_imported(cast)
    people, classes = everybody(), list(SchoolClass.objects.values("name", "students", "teachers").order_by("pk"))

    upload = stage_folder(FOLDER, cast.coordinator)
    staged = fates(upload)
    counts = confirm(upload, cast.coordinator, all_students=True, is_leaving=True)

    assert set(staged) == {"same", "left_out", "parent"}
    assert (counts["new"], counts["changed"], counts["leaving"], counts["classes"]) == (0, 0, 0, 0)
    assert everybody() == people
    assert list(SchoolClass.objects.values("name", "students", "teachers").order_by("pk")) == classes


def test_the_command_line_takes_classes_too(cast: Cast) -> None:
    roster = read_files([(name, text.encode()) for name, text in FOLDER.items()], school="o-1")

    counts = import_people(roster, school=cast.school, all_students=True, now=NOW)

    assert counts["classes"] == 1
    assert SchoolClass.objects.get().students.get().source_id == "s-1"


# An address that changes


def test_a_new_address_is_told_to_the_old_one_and_ends_secret_links(cast: Cast) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)
    eva = User.objects.get(source_id="t-1")
    link, _secret = mint_link(SecretLink.Purpose.INVITATION, holder=eva, by=None, now=NOW)
    other_link, _secret = mint_link(SecretLink.Purpose.INVITATION, holder=cast.teacher, by=None, now=NOW)

    confirm(stage(f"{HEADER}teacher,Eva,Lund,new@example.org,,,,,t-1\n", cast.coordinator), cast.coordinator)
    confirm(stage(f"{HEADER}teacher,Eva,Lund,newer@example.org,,,,,t-1\n", cast.coordinator), cast.coordinator)
    delivery.deliver_due(now=lambda: NOW)

    assert [letter.to for letter in outgoing.outbox] == [["eva@example.org"], ["new@example.org"]]
    assert "newer@" not in outgoing.outbox[1].body
    link.refresh_from_db()
    other_link.refresh_from_db()
    assert (link.revoked_at, other_link.revoked_at) == (NOW, None)
    assert set(Message.objects.values_list("revision", flat=True)) == {0, 1}


def test_a_first_address_is_told_to_nobody(cast: Cast) -> None:
    student = StudentFactory(school=cast.school, email=None, source_id="s-9", given_name="Sami", family_name="Khoury")

    confirm(stage(f"{HEADER}student,Sami,Khoury,sami@example.org,,,,,s-9\n", cast.coordinator), cast.coordinator)

    student.refresh_from_db()
    assert student.email == "sami@example.org"
    assert not Message.objects.exists()


def test_somebody_who_got_an_address_in_this_moment_writes_nothing(cast: Cast) -> None:
    roster = read_roster(f"{HEADER}teacher,Ida,Holm,ida@example.org\nteacher,Eva,Lund\n".encode())
    plans = plan_roster(roster.rows, cast.school)
    UserFactory(email="IDA@example.org")
    before = User.objects.count()

    with pytest.raises(RosterChanged):
        write_roster(plans, [], cast.school, picks=Picks(), parents=(), now=NOW)

    assert User.objects.count() == before


# The pages


def page_of(upload: RosterUpload) -> str:
    return reverse("roster_preview", args=[upload.pk])


def test_the_preview_shows_first_what_must_be_decided_and_keeps_the_answer(cast: Cast, sign_in: SignIn) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)
    upload = stage(PATRON, cast.coordinator)
    client = sign_in(cast.coordinator)

    page = client.get(page_of(upload)).content.decode()
    client.post(page_of(upload), {"shown": [2], "choice_2": "other", "go": "show=reused"})
    kept = client.get(page_of(upload)).content.decode()
    done = client.post(page_of(upload), {"shown": [2], "choice_2": "other", "confirm": "1"}, follow=True)

    assert "Zoë Quist" in page
    assert "Eva Lund" in page
    assert '<option value="other" selected>' in kept
    assert "1 person was added." in done.content.decode()


@pytest.mark.parametrize("choice", ["elsewhere", "x" * 200])
def test_the_preview_takes_no_other_answer(cast: Cast, sign_in: SignIn, choice: str) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)
    upload = stage(PATRON, cast.coordinator)

    answer = sign_in(cast.coordinator).post(page_of(upload), {"shown": [2], "choice_2": choice, "confirm": "1"})

    assert answer["Location"] == page_of(upload)
    assert User.objects.get(source_id="t-1").full_name == "Eva Lund"


def test_the_pages_of_guardians_and_of_leaving_people_name_them(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    first = stage_folder(FOLDER, cast.coordinator)
    parents = client.get(page_of(first) + "?show=parent").content.decode()
    client.post(page_of(first), {"shown": [6], "picked": [6], "all_students": "1", "go": "show=students"})
    told = client.post(page_of(first), {"all_students": "1", "confirm": "1"}, follow=True).content.decode()
    second = stage_folder(GONE, cast.coordinator)

    leaving = client.get(page_of(second) + "?show=leaving").content.decode()
    marked = client.post(page_of(second), {"is_leaving": "1", "confirm": "1"}, follow=True).content.decode()

    assert "Rana Khoury" in parents
    assert "Sami Khoury" in parents
    assert "1 guardian was noted. 1 class was added or changed." in told
    assert "Sami Khoury" in leaving
    assert "Not in the file, which holds everybody." in leaving
    assert "2 people are marked as no longer in the roster." in marked


def test_the_preview_says_what_was_guessed_and_what_was_not_read(cast: Cast, sign_in: SignIn) -> None:
    content = "rol,givenNmae,familyName,Telefon\nteacher,Zoë,Quist,555\n".encode("cp1252")

    upload = stage_roster(read_roster(content), by=cast.coordinator, now=NOW)
    page = sign_in(cast.coordinator).get(page_of(upload)).content.decode()
    confirm(upload, cast.coordinator)

    assert "Look whether the accents are right." in page
    assert "The column “givenNmae” is read as “first name”." in page
    assert "<bdi>Telefon</bdi>" in page
    upload.refresh_from_db()
    assert upload.notes == {}


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("show", ["reused", "leaving", "parent"])
def test_pages_of_choices_take_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, show: str, rows: int, django_assert_max_num_queries: Callable[..., object]
) -> None:
    people = [StudentFactory(school=cast.school, source_id=f"s-{n}") for n in range(rows)]
    lines = [f"student,Other{n},Name{n},s-{n},\n" for n in range(rows)] if show == "reused" else []
    lines += [f"parent,Parent{n},Of,p-{n},s-{n}\n" for n in range(rows)] if show == "parent" else []
    text = "role,givenName,familyName,sourcedId,agentSourcedIds\nteacher,Ida,Holm,t-5,\n" + "".join(lines)
    upload = stage(text, cast.coordinator, is_whole=show == "leaving")
    client = sign_in(cast.coordinator)

    with django_assert_max_num_queries(2 + 6):  # type: ignore[attr-defined]  # session, person; and two for children
        page = client.get(f"{page_of(upload)}?show={show}").content.decode()

    assert all(person.full_name in page for person in people)


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
