"""Guardians and classes that come along with a roster, and addresses that change."""

import pytest
from django.core import mail as outgoing

from accounts.models import Guardian, Message, SchoolClass, SecretLink, User
from accounts.reports.roster import Picks, plan_roster
from accounts.roster import read_files, read_roster
from accounts.services import delivery
from accounts.services.roster import (
    RosterChanged,
    import_people,
    pick_rows,
)
from accounts.services.roster_writing import write_roster
from accounts.services.secret_link import mint_link
from tests.accounts.rosters import FILE, FOLDER, HEADER, confirm, fates, stage, stage_folder
from tests.cast import NOW, Cast
from tests.factories import StudentFactory, UserFactory


def everybody() -> list[dict[str, object]]:
    return list(User.objects.order_by("pk").values())


def folder_imported(cast: Cast) -> None:
    confirm(stage_folder(FOLDER, cast.coordinator), cast.coordinator, all_students=True)


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
