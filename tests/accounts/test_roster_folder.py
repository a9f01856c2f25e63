"""A OneRoster folder, 1.1 and 1.2: its schools, roles, parents and classes; as a zip, as files; and what is refused."""

import datetime as dt
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.permissions import Role
from accounts.roster import (
    ALL_SCHOOLS,
    ClassRow,
    Parent,
    Person,
    Reason,
    Roster,
    SchoolUnknown,
    UnreadableFile,
    read_files,
    read_roster,
)
from tests.accounts.rosters import FOLDER, HEADER, sheet, zipped


def as_files(files: dict[str, str]) -> list[tuple[str, bytes]]:
    return [(name, text.encode()) for name, text in files.items()]


def read(files: dict[str, str], school: str = "o-1", role: str = "") -> Roster:
    return read_files(as_files(files), school=school, role=role)


@pytest.mark.parametrize("where", ["", "export/2026/"])
def test_a_folder_is_the_same_as_files_and_as_a_zip(where: str) -> None:
    packed = zipped({"__MACOSX/._users.csv": b"\0", **{where + name: text for name, text in FOLDER.items()}})

    assert read_files([("roster.zip", packed)], school="o-1") == read(FOLDER)


def test_version_1_2_takes_the_role_of_roles_csv_and_the_school_of_the_user() -> None:
    roster = read(FOLDER)

    assert [row.person or row.reason for row in roster.rows] == [
        Person(Role.TEACHER, "Eva", "Lund", email="eva@example.org", source_id="t-1"),
        Reason.OTHER_SCHOOL,
        Person(Role.STUDENT, "Sami", "Khoury", grade="7", source_id="s-1"),
        Person(Role.STUDENT, "Nora", "Berg", grade="8", source_id="s-2"),
        Reason.PARENT,
        Person(Role.TEACHER, "Ida", "Both", source_id="t-3"),
    ]
    assert "Secret" not in repr(roster)
    assert "2014" not in repr(roster)


def test_several_schools_are_asked_about_by_name() -> None:
    with pytest.raises(SchoolUnknown) as caught:
        read(FOLDER, school="")
    with pytest.raises(SchoolUnknown):
        read(FOLDER, school="o-9")
    everybody = read(FOLDER, school=ALL_SCHOOLS)

    assert caught.value.schools == [("o-1", "Lincoln Junior High"), ("o-2", "Other School")]
    assert sum(row.person is not None for row in everybody.rows) == 5


def test_a_district_with_one_school_is_not_asked_about() -> None:
    users = 'sourcedId,orgSourcedIds,role,givenName,familyName\n1,"o-9,o-1",teacher,Ana,Ortiz\n2,o-9,teacher,Eva,Lund\n'

    roster = read({"users.csv": users, "orgs.csv": FOLDER["orgs.csv"]}, school="")

    assert [row.reason for row in roster.rows] == [None, None]


def test_schools_without_names_are_asked_about_by_id() -> None:
    users = "sourcedId,orgSourcedIds,role,givenName,familyName\n1,o-1,teacher,Ana,Ortiz\n2,o-2,teacher,Eva,Lund\n"

    with pytest.raises(SchoolUnknown) as caught:
        read_roster(users.encode())

    assert caught.value.schools == [("o-1", "o-1"), ("o-2", "o-2")]


def test_a_parent_comes_with_the_students_by_either_row() -> None:
    version_1_1 = (
        "sourcedId,role,givenName,familyName,email,agentSourcedIds,phone\n"
        'p-1,parent,Rana,Khoury,not an address,"s-1, s-2",555-0100\n'
        "p-2,guardian,Paul,Berg,paul@example.org,,\n"
        "p-3,relative,Nobody,S,,,\n"
        "p-4,parent,,,,s-1,\n"
        "s-2,student,Nora,Berg,,p-2,\n"
    )

    rows = read({"users.csv": version_1_1}, school="").rows

    assert [row.parent for row in rows] == [
        Parent("Rana", "Khoury", "", "", ("s-1", "s-2")),
        Parent("Paul", "Berg", "paul@example.org", "", ("s-2",)),
        None,
        None,
        None,
    ]
    assert {row.reason for row in rows[:4]} == {Reason.PARENT}


def test_classes_come_with_who_teaches_and_attends_them() -> None:
    assert read(FOLDER).classes == [
        ClassRow("c-1", "Physics 7", subject="Science", grade="7", teachers=("t-1",), students=("s-1",)),
        ClassRow("c-2", "History", is_gone=True),
    ]


def test_classes_without_enrollments_have_nobody() -> None:
    files = {name: text for name, text in FOLDER.items() if name not in ("enrollments.csv", "courses.csv")}

    assert read(files).classes == [ClassRow("c-1", "Physics 7", grade="7"), ClassRow("c-2", "History", is_gone=True)]


def test_too_many_enrollments_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.roster.folder.MAXIMUM_ENROLLMENTS", 3)

    with pytest.raises(UnreadableFile, match="“enrollments.csv” has more than 2 million rows"):
        read({name: FOLDER[name] for name in ("users.csv", "classes.csv", "enrollments.csv")}, role="teacher")


@pytest.mark.parametrize(("said", "expected"), [("bulk", True), ("delta", False), ("absent", False)])
def test_only_a_whole_file_is_whole(said: str, expected: bool) -> None:
    manifest = f"propertyName,value\nfile.users,{said}\n"

    assert read({**FOLDER, "manifest.csv": manifest}).is_whole is expected
    assert not read_roster(f"{HEADER}teacher,Ana,Ortiz\n".encode()).is_whole


def test_somebody_who_is_to_be_deleted_is_known_by_id() -> None:
    users = (
        FOLDER["users.csv"]
        .replace("s-1,active,true", "s-1,tobedeleted,true")
        .replace("s-2,active,true", "s-2,active,false")
    )

    rows = read({**FOLDER, "users.csv": users}).rows

    assert [(row.reason, row.source_id) for row in rows if row.reason == Reason.NOT_ACTIVE] == [
        (Reason.NOT_ACTIVE, "s-1"),
        (Reason.NOT_ACTIVE, "s-2"),
    ]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"orgs.csv": "sourcedId\n", "classes.csv": "a\n"}, "None of these files is users.csv"),
        ({"users.csv": FOLDER["users.csv"]}, "roles stand in roles.csv"),
        ({**FOLDER, "roles.csv": "sourcedId,role\n1,teacher\n"}, "“roles.csv” has no column “usersourcedid”"),
        ({"a/users.csv": "x", "b/Users.csv": "y"}, "two files “users.csv”"),
    ],
)
def test_a_folder_that_lacks_something_is_one_sentence(files: dict[str, str], words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read(files)


def test_a_spreadsheet_is_read_without_calculating() -> None:
    rows = read_roster(
        sheet(
            ("role", "First name", "familyName", "grade", None),
            ("student", "Sami", "Khoury", 7.0, None),
            (None,),
            ("student", "=CONCATENATE(1,2)", "Berg", 8),
            ("teacher", "Eva", "Lund", None, "beside the columns"),
            ("student", True, 7.5, dt.datetime(2026, 9, 1)),
        )
    ).rows

    assert [row.person or (row.number, row.reason) for row in rows] == [
        Person(Role.STUDENT, "Sami", "Khoury", grade="7"),
        (4, Reason.NAME_MISSING),
        (5, Reason.TOO_MANY_CELLS),
        Person(Role.STUDENT, "TRUE", "7.5", grade="2026-09-01"),
    ]


ENTITIES = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>&h;</t></is></c></row></sheetData></worksheet>"""


def test_a_spreadsheet_that_explodes_is_refused() -> None:
    grown = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 30}">' for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    good = zipfile.ZipFile(io.BytesIO(sheet(("role",))))
    files = {name: good.read(name) for name in good.namelist()}
    files["xl/worksheets/sheet1.xml"] = (ENTITIES % grown).encode()

    with pytest.raises(UnreadableFile, match="spreadsheet can't be read"):
        read_roster(zipped(files))


def tampered(content: bytes, flag: int) -> bytes:
    """The zip whose first member claims to be locked."""
    place = content.index(b"PK\x01\x02") + 8
    return content[:place] + struct.pack("<H", flag) + content[place + 2 :]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped({"users.csv": "a" * 20_000_000}), "far more than a roster"),
        (zipped({f"{n}.csv": "" for n in range(201)}), "far more than a roster"),
        (zipped({"../users.csv": "a"}), "out of its folder"),
        (zipped({"a/..\\..\\users.csv": "a"}), "out of its folder"),
        (zipped({"/etc/users.csv": "a"}), "out of its folder"),
        (zipped({"C:users.csv": "a"}), "out of its folder"),
        (zipped({"inner.zip": zipped({"users.csv": "a"})}), "packed file inside"),
        (zipped({"users.csv": zipped({"users.csv": "a"})}), "packed file inside"),
        (zipped({"users.csv": "a"}, compression=zipfile.ZIP_BZIP2), "damaged"),
        (tampered(zipped({"users.csv": "a"}), 1), "password"),
        (zipped({"folder/": ""}), "nothing in this zip"),
        (zipped({"users.csv": HEADER * 99})[:-40], "damaged"),
        (zipped({"users.csv": HEADER + "teacher,Ana,Ortiz"}, compression=0).replace(b"Ortiz", b"Other"), "damaged"),
    ],
)
def test_a_zip_that_is_no_roster_is_refused_with_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_roster(content)


def test_a_zip_comes_alone() -> None:
    with pytest.raises(UnreadableFile, match="alone"):
        read_files([("a.zip", zipped({"users.csv": "a"})), ("users.csv", b"a")])


@given(st.dictionaries(st.sampled_from(sorted(FOLDER)), st.binary(max_size=40), max_size=3), st.booleans())
def test_any_files_are_read_or_refused(files: dict[str, bytes], is_zip: bool) -> None:
    handed = [("x.zip", zipped(dict(files)))] if is_zip else list(files.items())

    try:
        roster = read_files(handed, role="teacher")
    except UnreadableFile:
        return

    assert all(bool(row.person) != bool(row.reason) for row in roster.rows)


@given(st.integers(min_value=0), st.binary(min_size=1, max_size=4))
def test_a_damaged_spreadsheet_or_zip_is_read_or_refused(place: int, noise: bytes) -> None:
    for content in (SHEET, ZIP):
        at = place % len(content)

        try:
            roster = read_files([("x", content[:at] + noise + content[at + len(noise) :])], school="o-1")
        except UnreadableFile:
            continue

        assert all(bool(row.person) != bool(row.reason) for row in roster.rows)


SHEET = sheet(("role", "givenName", "familyName"), ("teacher", "Ana", "Ortiz"))
ZIP = zipped(dict(FOLDER))
