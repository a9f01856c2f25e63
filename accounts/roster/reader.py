"""Reading a roster: a list (CSV, spreadsheet), or a OneRoster folder, 1.1 or 1.2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from accounts.permissions import Role
from accounts.roster.columns import Columns, find_columns
from accounts.roster.folder import (
    FILES,
    USERS,
    Duty,
    Folder,
    SchoolUnknown,
    is_whole,
    read_classes,
    read_duties,
    role_at,
    schools_to_choose,
)
from accounts.roster.people import clean, ids, mark_twice, read_row
from accounts.roster.rows import Reason, Roster, Row
from accounts.roster.source import Source, UnreadableFile, gather
from accounts.roster.table import open_table

MAXIMUM_ROWS = 100_000
# A row that begins with it explains the columns: it is nobody.
EXPLANATION_MARK = "#"
# For a first look: the people of all schools of the file.
ALL_SCHOOLS = "*"


def read_roster(content: bytes, *, role: str = "") -> Roster:
    """Read one file; `role` is for lists without a role column. Raises UnreadableFile with one clear sentence."""
    return read_files([("", content)], role=role)


def read_files(
    files: Sequence[tuple[str, bytes]], *, role: str = "", school: str = "", columns: Mapping[str, str] | None = None
) -> Roster:
    """Read what was handed over (names and contents): a list, the files of a OneRoster folder, or its zip.

    `school` is the file's id of the school that is meant, `columns` what a person said of the columns of a list, by
    their headings. Raises UnreadableFile with one clear sentence; its kinds SchoolUnknown and UnknownColumns ask for
    these.
    """
    sources = gather(files)
    if len(sources) == 1:
        folder: Folder = {USERS: sources[0]}
    else:
        folder = {source.name: source for source in sources if source.name in FILES}
        if USERS not in folder:
            raise UnreadableFile(_("None of these files is users.csv. Choose the files of one OneRoster folder."))
    duties = read_duties(folder)
    found = _find(folder[USERS], needs_role=not role and duties is None, chosen=columns)
    school = _school_of(folder, found, duties, school)
    return _read(folder, found, duties, role=role, school=school)


def _find(source: Source, *, needs_role: bool, chosen: Mapping[str, str] | None) -> Columns:
    table = open_table(source)
    return find_columns(table.header, table.header_row, needs_role=needs_role, chosen=chosen)


def _school_of(folder: Folder, columns: Columns, duties: dict[str, list[Duty]] | None, wanted: str) -> str:
    """The id of the school that is meant; empty where the file holds one school only, and everybody is of it."""
    used = {duty.school for of_one in (duties or {}).values() for duty in of_one}
    if (place := columns.index_of.get("schools")) is not None:
        for _number, cells in open_table(folder[USERS]).rows:
            if place < len(cells):
                used.update(ids(cells[place]))
    schools = schools_to_choose(folder, used - {""})
    if wanted == ALL_SCHOOLS or len(schools) < 2:
        return ""
    if wanted in (school for school, _name in schools):
        return wanted
    raise SchoolUnknown(schools)


def _read(
    folder: Folder,
    columns: Columns,
    duties: dict[str, list[Duty]] | None,
    *,
    role: str,
    school: str,
) -> Roster:
    table = open_table(folder[USERS])
    rows: list[Row] = []
    # Roster ids of parents, by student: the files say it in either row.
    parents_of: dict[str, tuple[str, ...]] = {}
    for number, cells in table.rows:
        if cells[0].lstrip().startswith(EXPLANATION_MARK):
            continue
        if len(rows) == MAXIMUM_ROWS:
            raise UnreadableFile(_("The file has more than 100,000 rows. Split it and import the parts."))
        found = {name: clean(cells[index]) for name, index in columns.index_of.items() if index < len(cells)}
        if any(cell.strip() for cell in cells[len(table.header) :]):
            rows.append(Row(number, reason=Reason.TOO_MANY_CELLS, source_id=found.get("source_id", "")[:255]))
            continue
        row = _read_one(number, found, duties, role=role, school=school)
        rows.append(row)
        if row.person and row.person.role == Role.STUDENT and found.get("agents"):
            parents_of[row.person.source_id] = ids(found["agents"])
    if not rows:
        raise UnreadableFile(_("The file has column names but no people."))
    return Roster(
        mark_twice(list(_with_children(rows, parents_of))),
        columns.headings,
        classes=read_classes(folder, school),
        is_whole=is_whole(folder),
        guessed=columns.guessed,
        unread=columns.unread if len(folder) == 1 else (),
        is_guessed_text=table.is_guess,
    )


def _read_one(
    number: int, found: dict[str, str], duties: dict[str, list[Duty]] | None, *, role: str, school: str
) -> Row:
    of_one = (duties or {}).get(found.get("source_id", ""), [])
    if school and school not in {*ids(found.get("schools", "")), *(duty.school for duty in of_one)}:
        return Row(number, reason=Reason.OTHER_SCHOOL)
    if duties is not None:
        found = {**found, "role": role_at(of_one, school) or found.get("role", "")}
    return read_row(number, found, role)


def _with_children(rows: list[Row], parents_of: dict[str, tuple[str, ...]]) -> Iterator[Row]:
    """Parents with the students of whom they are parents, by both rows' word; without any, a parent has no name."""
    children: dict[str, list[str]] = {}
    for student, parents in parents_of.items():
        for parent in parents:
            children.setdefault(parent, []).append(student)
    for row in rows:
        if row.parent:
            students = tuple(dict.fromkeys([*row.parent.students, *children.get(row.source_id, [])]))
            row = replace(row, parent=replace(row.parent, students=students) if students else None)
        yield row
