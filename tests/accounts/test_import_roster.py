"""The roster from the command line."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import School, SchoolClass, User
from tests.accounts.rosters import FOLDER, zipped
from tests.cast import Cast
from tests.factories import SchoolFactory

USERS = """sourcedId,status,enabledUser,role,username,givenName,familyName,email,phone,grades,password
t-1,,TRUE,teacher,eva.lund,Eva,Lund,eva@example.org,555-0100,,Secret-1
s-1,,TRUE,student,sami.khoury,Sami,Khoury,,555-0101,7,Secret-2
s-2,,TRUE,student,nora.berg,Nora,Berg,,555-0102,8,Secret-3
p-1,,TRUE,parent,paula.berg,Paula,Berg,,555-0103,,Secret-4
t-2,,TRUE,teacher,no.name,,Person,,555-0104,,Secret-5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A OneRoster folder in our own words."""
    (tmp_path / "users.csv").write_text(USERS)
    return tmp_path


def run(*arguments: object) -> list[str]:
    output = StringIO()
    call_command("import_roster", *map(str, arguments), stdout=output)
    return output.getvalue().splitlines()


@pytest.mark.parametrize("name", ["", "users.csv"])
def test_dry_run_counts_and_writes_nothing(cast: Cast, folder: Path, name: str) -> None:
    before = User.objects.count()

    lines = run(folder / name, "--school", cast.school.name, "--dry-run")

    assert lines == [
        "row 5, column role: A parent.",
        "row 6, column givenName: There is no name here.",
        "teachers: 1, students: 2, left out: 1, refused: 1",
    ]
    assert User.objects.count() == before


def test_import_takes_staff_only_and_a_second_one_changes_nothing(cast: Cast, folder: Path) -> None:
    first = run(folder, "--school", cast.school.name)
    people = list(User.objects.order_by("pk").values())
    again = run(folder, "--school", cast.school.name)

    assert first[-1] == again[-1] == "teachers: 1, students: 0, left out: 3, refused: 1"
    assert User.objects.get(source_id="t-1").school == cast.school
    assert list(User.objects.order_by("pk").values()) == people
    assert not User.objects.filter(source_id="s-1").exists()


def test_import_all_students_is_asked_for_by_name(cast: Cast, folder: Path) -> None:
    lines = run(folder, "--school", cast.school.name, "--all-students")

    assert lines[-1] == "teachers: 1, students: 2, left out: 1, refused: 1"
    assert User.objects.filter(source_id__startswith="s-").count() == 2


def test_without_a_name_the_only_school_is_taken(db: None, folder: Path) -> None:
    school = SchoolFactory()

    run(folder)

    assert User.objects.get(source_id="t-1").school == school


def test_without_a_name_the_demo_school_is_taken_among_several(cast: Cast, folder: Path) -> None:
    School.objects.filter(pk=cast.stranger.school_id).update(is_demo=True)

    run(folder)

    assert User.objects.get(source_id="t-1").school == cast.stranger.school


def test_without_any_school_the_demo_school_is_loaded_first(db: None, folder: Path, settings: Any) -> None:
    settings.DEBUG = True

    lines = run(folder, "--dry-run")

    assert lines[-1] == "teachers: 1, students: 2, left out: 1, refused: 1"
    assert School.objects.get().is_demo


def test_without_any_school_a_real_server_loads_no_demo(db: None, folder: Path) -> None:
    with pytest.raises(CommandError, match="--school NAME"):
        run(folder, "--dry-run")

    assert not School.objects.exists()


def test_a_wrong_file_school_or_path_is_one_sentence(cast: Cast, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.pdf").write_bytes(b"%PDF-1.7")
    before = User.objects.count()

    for arguments, words in (
        ((tmp_path / "list.pdf",), "This is a PDF"),
        ((tmp_path / "nothing.csv",), "can't be read"),
        ((folder, "--school", "Nowhere High"), "There is no school"),
        ((folder,), "--school NAME"),
    ):
        with pytest.raises(CommandError, match=words):
            run(*arguments)

    assert User.objects.count() == before


@pytest.mark.parametrize("name", ["v1.1-full", "v1.1-minimal"])
def test_sets_of_somebody_else_are_counted(cast: Cast, shared: Path, name: str) -> None:
    lines = run(shared / "data" / "oneroster" / name, "--school", cast.school.name, "--dry-run")

    assert lines == ["row 4, column role: A parent.", "teachers: 2, students: 3, left out: 1, refused: 0"]


def test_a_folder_of_several_schools_takes_the_one_that_is_meant(cast: Cast, tmp_path: Path) -> None:
    for name, text in FOLDER.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "roster.zip").write_bytes(zipped(dict(FOLDER)))
    there = ("--school", cast.stranger.school.name, "--dry-run")
    School.objects.filter(pk=cast.school.pk).update(name="Elsewhere")

    by_name = run(tmp_path, *there)
    by_id = run(tmp_path / "roster.zip", *there, "--org", "o-1")
    at_first = run(tmp_path, "--school", "Elsewhere", "--dry-run")
    with pytest.raises(CommandError, match="not known which school"):
        run(tmp_path, "--school", "Elsewhere")
    with pytest.raises(CommandError, match="not known which school"):
        run(tmp_path, *there, "--org", "o-9")

    assert by_name[-1] == "teachers: 1, students: 0, left out: 5, refused: 0"
    assert by_id[-1] == "teachers: 2, students: 2, left out: 2, refused: 0"
    assert at_first[1:3] == ["  o-1  Lincoln Junior High", "  o-2  Other School"]
    assert at_first[-1] == "teachers: 3, students: 2, left out: 1, refused: 0"


def test_those_who_leave_and_re_used_ids_are_told_and_marked_only_if_asked(cast: Cast, tmp_path: Path) -> None:
    for name, text in FOLDER.items():
        (tmp_path / name).write_text(text)
    here = (tmp_path, "--school", cast.school.name)
    run(*here)
    users = FOLDER["users.csv"].replace("t-3,active", "x-3,active").replace("Eva,Lund,eva@", "Zoe,Quist,zoe@")
    (tmp_path / "users.csv").write_text(users)

    first = run(*here)
    unmarked = User.objects.filter(missing_since=None, source_id="t-3").exists()
    second = run(*here, "--leaving")

    told = ["row 2: this id was somebody else's; say in the browser who it is",
            "no longer in the roster: 1; --leaving marks them, nobody is deleted"]  # fmt: skip
    assert [line for line in first if line in told] == told
    assert first[-1] == second[-1] == "teachers: 0, students: 0, left out: 6, refused: 0"
    assert unmarked
    assert User.objects.exclude(missing_since=None).get().source_id == "t-3"
    assert User.objects.get(source_id="t-1").full_name == "Eva Lund"


def test_a_file_that_breaks_after_the_school_was_found_is_one_sentence(cast: Cast, tmp_path: Path) -> None:
    for name, text in FOLDER.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "classes.csv").write_text("title\nPhysics\n")
    before = User.objects.count()

    with pytest.raises(CommandError, match="“classes.csv” has no column"):
        run(tmp_path, "--school", cast.school.name)

    assert User.objects.count() == before


@pytest.mark.parametrize("name", ["v1.1-full", "v1.1-minimal"])
def test_sets_of_somebody_else_imported_twice_change_nothing(cast: Cast, shared: Path, name: str) -> None:
    here = (shared / "data" / "oneroster" / name, "--school", cast.school.name, "--all-students")

    first = run(*here)
    people, classes = list(User.objects.order_by("pk").values()), list(SchoolClass.objects.values())
    second = run(*here, "--leaving")

    assert first[-1] == second[-1] == "teachers: 2, students: 3, left out: 1, refused: 0"
    assert list(User.objects.order_by("pk").values()) == people
    assert list(SchoolClass.objects.values()) == classes
    assert SchoolClass.objects.count() == (1 if name == "v1.1-full" else 2)
    physics = SchoolClass.objects.get(name="Introduction to Physics")
    assert [teacher.full_name for teacher in physics.teachers.all()] == ["John Doe"]
    assert [student.full_name for student in physics.students.all()] == ["mmichel Jones"]


def test_columns_can_be_said(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("role,Rufname,Nachname\nteacher,Eva,Lund\n")
    list_of_ours = (tmp_path / "list.csv", "--school", cast.school.name, "--dry-run", "--column", "Rufname=given_name")

    lines = run(*list_of_ours, "--column", "Nachname=family_name")
    with pytest.raises(CommandError, match="no field 'password'"):
        run(*list_of_ours, "--column", "Nachname=password")

    assert lines == ["teachers: 1, students: 0, left out: 0, refused: 0"]
