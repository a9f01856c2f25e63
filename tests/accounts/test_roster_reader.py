"""Reading a roster file: what is a CSV, which columns count, and what is wrong with a row."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.permissions import Role
from accounts.roster import (
    MAXIMUM_BYTES,
    Person,
    Reason,
    Row,
    UnknownColumns,
    UnreadableFile,
    base_user_name,
    first_free,
    read_files,
    read_roster,
    stem,
)

HEADER = "role,givenName,familyName,email,username,grade,title,language,sourcedId\n"


def read(text: str, **options: str) -> list[Row]:
    return read_roster(text.encode(), **options).rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_read_roster_in_each_encoding_delimiter_and_line_end(encoding: str, delimiter: str, end: str) -> None:
    lines = [
        ["Role", "First Name", "LAST_NAME", "Grades"],
        ["Teacher", "José", "Núñez", ""],
        ["student", "ليلى", "حداد", "7"],
    ]
    text = end.join(delimiter.join(line) for line in lines)

    rows = read_roster(text.encode(encoding)).rows

    assert [row.person for row in rows] == [
        Person(Role.TEACHER, "José", "Núñez"),
        Person(Role.STUDENT, "ليلى", "حداد", grade="7"),
    ]
    assert [row.number for row in rows] == [2, 3]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "utf-16-be"])
def test_read_roster_without_a_mark_of_its_encoding(encoding: str) -> None:
    text = "role;givenName;familyName\nteacher;José;Núñez\nteacher;Zoë;“Zed”\n"

    roster = read_roster(text.encode(encoding))

    assert [row.person.given_name for row in roster.rows if row.person] == ["José", "Zoë"]
    assert roster.is_guessed_text is (encoding == "cp1252")


def test_read_roster_finds_misspelt_columns_and_says_which() -> None:
    roster = read_roster(b"rol,givenNmae,Last Nane,Phone,favourite colour\nteacher,Ana,Ortiz,555-0100,red\n")

    assert roster.rows[0].person == Person(Role.TEACHER, "Ana", "Ortiz")
    assert (roster.guessed, roster.unread) == (("given_name", "family_name"), ("Phone", "favourite colour"))
    assert roster.headings["given_name"] == "givenNmae"


def test_read_files_takes_columns_as_a_person_said() -> None:
    files = [("list.csv", b"Kind,Rufname,Nachname,E-Mail\nteacher,Ana,Ortiz,ana@example.org\n")]

    with pytest.raises(UnknownColumns, match="givenName") as caught:
        read_files(files)
    said = {"Kind": "role", "Rufname": "given_name", "Nachname": "family_name", "E-Mail": ""}
    roster = read_files(files, columns=said)

    assert caught.value.header == ["Kind", "Rufname", "Nachname", "E-Mail"]
    assert roster.rows[0].person == Person(Role.TEACHER, "Ana", "Ortiz")


def test_read_roster_keeps_day_month_dates_and_formulas_as_they_are_or_not_at_all() -> None:
    roster = read(
        "role,givenName,familyName,dateLastModified,birthDate\nteacher,=HYPERLINK(1),Ortiz,31/12/2025,1/2/2014\n"
    )

    assert roster[0].person == Person(Role.TEACHER, "=HYPERLINK(1)", "Ortiz")
    assert "2014" not in repr(roster)


def test_read_roster_passes_over_the_line_by_which_a_spreadsheet_knows_the_delimiter() -> None:
    assert read("sep=;\nrole;givenName;familyName\nteacher;Ana;Ortiz\n")[0].person == Person("teacher", "Ana", "Ortiz")


def test_read_roster_reads_the_school_s_grade() -> None:
    rows = read("role,givenName,familyName,grades\nstudent,Ana,Ortiz,09\nstudent,Omar,Haddad,KG\nstudent,Eva,Lund,0\n")

    assert [row.person.grade for row in rows if row.person] == ["9", "KG", "0"]


def test_read_roster_never_keeps_other_columns() -> None:
    rows = read("role,givenName,familyName,password,phone,sms\nteacher,Ana,Ortiz,Secret-1,555-0100,555-0101\n")

    assert rows[0].person == Person(Role.TEACHER, "Ana", "Ortiz")
    assert "Secret" not in repr(rows)
    assert "555" not in repr(rows)


@pytest.mark.parametrize(
    ("line", "reason", "column"),
    [
        ("teacher,,Ortiz", Reason.NAME_MISSING, "given_name"),
        ("teacher,Ana,", Reason.NAME_MISSING, "family_name"),
        ("teacher,Ana,---", Reason.NAME_MISSING, "family_name"),
        ("janitor,Ana,Ortiz", Reason.ROLE_UNKNOWN, "role"),
        (",Ana,Ortiz", Reason.ROLE_UNKNOWN, "role"),
        ("teacher,Ana,Ortiz,ana-at-school", Reason.EMAIL_WRONG, "email"),
        ("teacher,Ana,Ortiz,,ana ortiz!", Reason.USERNAME_WRONG, "username"),
        ("teacher,Ana," + "x" * 101, Reason.TOO_LONG, "family_name"),
        ("student,Ana,Ortiz,,,seventh grade of the lower school", Reason.TOO_LONG, "grade"),
        ("teacher,A\x07na,Ortiz", Reason.UNPRINTABLE, "given_name"),
        ("teacher,Ana,Ortiz,,,,,,id-9,one more", Reason.TOO_MANY_CELLS, ""),
        ("parent,Ana,Ortiz", Reason.PARENT, "role"),
        ("Guardian,Ana,Ortiz", Reason.PARENT, "role"),
        ("administrator,Ana,Ortiz", Reason.OFFICE, "role"),
        ("coordinator,Ana,Ortiz", Reason.OFFICE, "role"),
    ],
)
def test_read_roster_tells_what_is_wrong_by_row_and_column(line: str, reason: Reason, column: str) -> None:
    rows = read(f"{HEADER}teacher,Omar,Haddad\n{line}\n")

    assert rows[0].person is not None
    source_id = "id-9" if reason is Reason.TOO_MANY_CELLS else ""
    assert rows[1] == Row(3, reason=reason, column=column, source_id=source_id)


def test_read_roster_counts_rows_as_a_spreadsheet_does() -> None:
    rows = read(f'\n{HEADER}teacher,"Ana\nMaria",Ortiz\n\n,,\nteacher,,Haddad\n')

    assert [(row.number, row.reason) for row in rows] == [(3, None), (6, Reason.NAME_MISSING)]
    assert rows[0].person
    assert rows[0].person.given_name == "Ana Maria"


@pytest.mark.parametrize("column", ["source_id", "username", "email"])
def test_read_roster_tells_a_duplicate_and_its_earlier_row(column: str) -> None:
    cells = {"email": "ana@example.org,,,,,", "username": ",ana,,,,", "source_id": ",,,,,id-1"}[column]
    again = cells.upper() if column != "source_id" else cells

    rows = read(f"{HEADER}teacher,Ana,Ortiz,{cells}\nteacher,Omar,Haddad\nteacher,Other,Name,{again}\n")

    source_id = "id-1" if column == "source_id" else ""
    assert rows[2] == Row(4, reason=Reason.TWICE, column=column, earlier_row=2, source_id=source_id)


def test_read_roster_leaves_out_people_who_are_not_active() -> None:
    rows = read(
        "sourcedId,status,enabledUser,role,givenName,familyName\n"
        "1,tobedeleted,TRUE,teacher,Ana,Ortiz\n2,active,FALSE,teacher,Omar,Haddad\n3,,,teacher,Eva,Lund\n"
    )

    assert [row.reason for row in rows] == [Reason.NOT_ACTIVE, Reason.NOT_ACTIVE, None]


def test_read_roster_without_role_column_takes_the_chosen_role() -> None:
    rows = read("Vorname,first name,last name\nx,Ana,Ortiz\n", role="student")

    assert rows[0].person == Person("student", "Ana", "Ortiz")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n;;\r\n", "empty"),
        (b"%PDF-1.7 and more", "PDF"),
        (b"PK\x03\x04 and more", "damaged"),
        (b"\xd0\xcf\x11\xe0 and more", "spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a CSV"),
        (b"givenName,familyName\x00", "not a CSV"),
        ("role,givenName,familyName\nteacher,A,\0".encode("utf-16-le"), "not a CSV"),
        ("role,givenName,familyName\nteacher,A,\0".encode("utf-16"), "not a CSV"),
        (b'"' + b"x" * 140_000 + b"\x81", "not a CSV"),
        (HEADER.encode(), "no people"),
        (b"givenName,familyName\nAna,Ortiz\n", "no column .role."),
        (b"role,familyName\nteacher,Ortiz\n", "Row 1 names no column .givenName."),
        (b"teacher,Ana,Ortiz\nteacher,Omar,Haddad\n", "Row 1 names no column"),
        (b"role,givenName,first name,familyName\nteacher,A,B,C\n", "columns 2 and 3"),
        (HEADER.encode() + b'teacher,Ana,Ortiz\nteacher,"Omar,Haddad\n', "Row 3"),
        (HEADER.encode() + b"teacher,Ana,Ortiz\nteacher,Jos\x81,N", "Row 3, column 2:.*UTF-8"),
        (b"role;givenName;familyName\nteacher;Ana;Ortiz\nteacher;Ana;\x81O\x94", "Row 3, column 3"),
        (b'role,givenName,familyName\nteacher,Ana,"Ort\x81', "Row 2, column 3"),
        (b"\xff\xfer\x00o\x00\x00\xd8", "Row 1, column 1"),
        (b'""\n', "names no column"),
    ],
)
def test_read_roster_refuses_what_is_no_readable_csv_with_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_roster(content)


def test_read_roster_refuses_too_many_rows_and_too_many_bytes() -> None:
    rows = HEADER + "parent,Ana,Ortiz\n" * 100_001

    with pytest.raises(UnreadableFile, match="100,000 rows"):
        read(rows)
    with pytest.raises(UnreadableFile, match="40 MB"):
        read_roster(b"x" * (MAXIMUM_BYTES + 1))


@pytest.mark.parametrize("folder", ["v1.1-full", "v1.1-minimal"])
def test_read_roster_of_somebody_elses_oneroster_set(shared: Path, folder: str) -> None:
    file = shared / "data" / "oneroster" / folder / "users.csv"

    rows = read_roster(file.read_bytes()).rows

    assert [row.person.role if row.person else row.reason for row in rows] == [
        "teacher", "student", Reason.PARENT, "teacher", "student", "student",
    ]  # fmt: skip
    assert all("Password" not in repr(row) and "603" not in repr(row) for row in rows)
    assert {row.person.email for row in rows if row.person} == (
        {""} if folder == "v1.1-minimal" else {row.person.email for row in rows if row.person} - {""}
    )


@given(st.binary(max_size=300))
def test_read_roster_of_any_bytes_is_read_or_refused(content: bytes) -> None:
    try:
        rows = read_roster(content, role="teacher").rows
    except UnreadableFile:
        return

    assert all(bool(row.person) != bool(row.reason) for row in rows)


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_read_roster_tells_a_fate_for_each_row_that_has_something(
    lines: list[tuple[str, str, str]], delimiter: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow(["role", "givenName", "familyName"])
    writer.writerows(lines)
    filled = [line for line in lines if any(cell.strip() for cell in line) and not line[0].lstrip().startswith("#")]

    try:
        rows = read(written.getvalue())
    except UnreadableFile:
        assert not filled or any("\0" in cell for line in lines for cell in line)
    else:
        assert len(rows) == len(filled)
        for row in rows:
            assert row.reason or row.person
            if row.person:
                assert row.person.role in ("teacher", "student")
                assert row.person.given_name == " ".join(row.person.given_name.split())


@pytest.mark.parametrize(
    ("given_name", "family_name", "expected"),
    [
        ("Ana", "Ortiz", "ana.ortiz"),
        ("José María", "Núñez de la Cruz", "josemaria.nunezdelacruz"),
        ("عمر", "حداد", "amr.hdad"),
        ("آمنة", "الأحمد", "amna.alahmd"),
        ("Łukasz", "Straße", "lukasz.strasse"),
        ("=HYPERLINK(1)", "+cmd", "hyperlink1.cmd"),
        ("伟", "张", "person"),
    ],
)
def test_base_user_name_can_be_typed_on_any_keyboard(given_name: str, family_name: str, expected: str) -> None:
    assert base_user_name(given_name, family_name) == expected


def test_first_free_adds_the_first_number_that_is_free() -> None:
    assert first_free("ana.ortiz", {"ana.ortiz", "ana.ortiz2"}) == "ana.ortiz3"
    assert first_free("Ana.Ortiz", {"omar"}) == "Ana.Ortiz"
    assert stem("Ana.Ortiz12") == "ana.ortiz"
