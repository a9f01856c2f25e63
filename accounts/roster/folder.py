"""The other files of a OneRoster folder (1.1 and 1.2): roles, schools, classes, and who is in which class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.roster.columns import OFFICE_WORDS, PARENT_WORDS, STUDENT_WORDS, TEACHER_WORDS, plain
from accounts.roster.people import clean, ids, plain_grade
from accounts.roster.rows import ClassRow
from accounts.roster.source import Source, UnreadableFile
from accounts.roster.table import open_table

USERS = "users.csv"
FILES = {USERS, "roles.csv", "orgs.csv", "classes.csv", "courses.csv", "enrollments.csv", "manifest.csv"}
MAXIMUM_ENROLLMENTS = 2_000_000
Folder = Mapping[str, Source]


class SchoolUnknown(UnreadableFile):
    """The file holds several schools; `schools` are their ids and names, for a person to choose."""

    def __init__(self, schools: list[tuple[str, str]]) -> None:
        super().__init__(_("This file holds several schools. Choose yours."))
        self.schools = schools


@dataclass(frozen=True, slots=True)
class Duty:
    """One row of roles.csv: what somebody is, and at which school."""

    role: str
    school: str
    is_primary: bool


def is_whole(folder: Folder) -> bool:
    """Whether the manifest says that users.csv holds everybody, and not only what changed."""
    if "manifest.csv" not in folder:
        return False
    said = {
        plain(row["propertyname"]): row["value"].casefold()
        for row in _rows(folder["manifest.csv"], "propertyname", "value")
    }
    return said.get("fileusers") == "bulk"


def read_duties(folder: Folder) -> dict[str, list[Duty]] | None:
    """The roles of each user in OneRoster 1.2; None where there is no such file, as in 1.1."""
    if "roles.csv" not in folder:
        return None
    duties: dict[str, list[Duty]] = defaultdict(list)
    for row in _rows(folder["roles.csv"], "usersourcedid", "role", "roletype?", "orgsourcedid?", "status?"):
        if plain(row["status"]) != "tobedeleted":
            duty = Duty(row["role"], row["orgsourcedid"], is_primary=plain(row["roletype"]) == "primary")
            duties[row["usersourcedid"]].append(duty)
    return duties


def role_at(duties: list[Duty], school: str) -> str:
    """The one word for what somebody is at a school (or anywhere): teaching and learning go before other duties."""
    here = [duty for duty in duties if not school or duty.school in ("", school)]
    here.sort(key=lambda duty: (_rank(plain(duty.role)), not duty.is_primary))
    return here[0].role if here else ""


def schools_to_choose(folder: Folder, used: set[str]) -> list[tuple[str, str]]:
    """Ids and names of the schools of which the file holds people; `used` are the ids that people have."""
    if "orgs.csv" not in folder:
        return sorted((school, school) for school in used)
    rows = list(_rows(folder["orgs.csv"], "sourcedid", "name?", "type?", "status?"))
    named = [row for row in rows if row["sourcedid"] in used and plain(row["status"]) != "tobedeleted"]
    schools = [row for row in named if plain(row["type"]) == "school"] or named
    return sorted(((row["sourcedid"], row["name"] or row["sourcedid"]) for row in schools), key=lambda pair: pair[1])


def read_classes(folder: Folder, school: str) -> list[ClassRow]:
    """The classes of the school with who is in them. A class without id or name is none."""
    if "classes.csv" not in folder:
        return []
    subjects = _subjects(folder)
    teachers, students = _enrollments(folder)
    classes = []
    wanted = ("sourcedid", "title", "status?", "grades?", "subjects?", "schoolsourcedid?", "coursesourcedid?")
    for row in _rows(folder["classes.csv"], *wanted):
        key, name = row["sourcedid"][:255], row["title"][:120]
        if key and name and (not school or row["schoolsourcedid"] in ("", school)):
            subject = row["subjects"] or subjects.get(row["coursesourcedid"], "")
            classes.append(
                ClassRow(
                    source_id=key,
                    name=name,
                    subject=", ".join(ids(subject))[:80],
                    grade=", ".join(map(plain_grade, ids(row["grades"])))[:20],
                    teachers=tuple(dict.fromkeys(teachers[key])),
                    students=tuple(dict.fromkeys(students[key])),
                    is_gone=plain(row["status"]) == "tobedeleted",
                )
            )
    return list({row.source_id: row for row in classes}.values())


def _subjects(folder: Folder) -> dict[str, str]:
    if "courses.csv" not in folder:
        return {}
    return {row["sourcedid"]: row["subjects"] for row in _rows(folder["courses.csv"], "sourcedid", "subjects?")}


def _enrollments(folder: Folder) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Roster ids of teachers and of students, by the id of the class."""
    teachers: dict[str, list[str]] = defaultdict(list)
    students: dict[str, list[str]] = defaultdict(list)
    if "enrollments.csv" not in folder:
        return teachers, students
    known: dict[str, str] = {}  # one copy of each id, however often it stands in the file
    wanted = ("classsourcedid", "usersourcedid", "role", "status?")
    for row in _rows(folder["enrollments.csv"], *wanted):
        role = plain(row["role"])
        target = teachers if role in TEACHER_WORDS else students if role in STUDENT_WORDS else None
        if target is not None and plain(row["status"]) != "tobedeleted":
            target[row["classsourcedid"]].append(known.setdefault(row["usersourcedid"], row["usersourcedid"]))
    return teachers, students


def _rows(source: Source, *wanted: str) -> Iterator[dict[str, str]]:
    """The clean cells of each row by the small name of the column; a name with "?" may be absent from the file."""
    table = open_table(source)
    places = {plain(heading): index for index, heading in reversed(list(enumerate(table.header)))}
    names = [name.rstrip("?") for name in wanted]
    for name in wanted:
        if not name.endswith("?") and name not in places:
            sentence = _("The file “%(file)s” has no column “%(column)s”.")
            raise UnreadableFile(sentence % {"file": source.name, "column": name})
    columns = [(name, places.get(name, -1)) for name in names]
    for count, (_number, cells) in enumerate(table.rows):
        if count == MAXIMUM_ENROLLMENTS:
            sentence = _("The file “%(file)s” has more than 2 million rows. Export one school alone.")
            raise UnreadableFile(sentence % {"file": source.name})
        yield {name: clean(cells[index]) if 0 <= index < len(cells) else "" for name, index in columns}


def _rank(word: str) -> int:
    if word in TEACHER_WORDS or word in STUDENT_WORDS:
        return 0
    return 1 if word in OFFICE_WORDS else 2 if word in PARENT_WORDS else 3
