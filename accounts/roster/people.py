"""From the cells of a roster to people, and to what is wrong with each row."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Role
from accounts.roster.columns import FIELD_OF, OFFICE_WORDS, PARENT_WORDS, ROLE_OF, language_code, plain
from accounts.roster.text import DELIMITERS, UnreadableFile, decode, records

MAXIMUM_BYTES = 10 * 1024 * 1024
MAXIMUM_ROWS = 20_000
LONGEST = {"given_name": 100, "family_name": 100, "username": 150, "email": 254, "grade": 20, "title": 20,
           "source_id": 255}  # fmt: skip
# Marks that turn the direction of the text around them; a name needs none.
DIRECTION_MARKS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


class Reason(TextChoices):
    """Why a row is not taken: what stands on the page beside its row and column."""

    NAME_MISSING = "name_missing", gettext_lazy("There is no name here.")
    ROLE_UNKNOWN = "role_unknown", gettext_lazy("This role is not known. Write teacher or student.")
    EMAIL_WRONG = "email_wrong", gettext_lazy("This is not an e-mail address.")
    USERNAME_WRONG = "username_wrong", gettext_lazy("A user name has only letters, digits and @ . + - _")
    TOO_LONG = "too_long", gettext_lazy("This is too long.")
    UNPRINTABLE = "unprintable", gettext_lazy("There are signs here that can't be printed.")
    TOO_MANY_CELLS = "too_many_cells", gettext_lazy("The row has more cells than the first row has column names.")
    TWICE = "twice", gettext_lazy("The same person stands in an earlier row.")
    CANNOT_BE_USED = "cannot_be_used", gettext_lazy("This can't be used.")
    PARENT = "parent", gettext_lazy("A parent.")
    OFFICE = "office", gettext_lazy("An admin gives this role, not a file.")
    NOT_ACTIVE = "not_active", gettext_lazy("Not active at the school.")


LEFT_OUT = frozenset({Reason.PARENT, Reason.OFFICE, Reason.NOT_ACTIVE})


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept of a row. Empty text where the file says nothing."""

    role: str
    given_name: str
    family_name: str
    username: str = ""
    email: str = ""
    grade: str = ""
    title: str = ""
    language: str = ""
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: its number as a spreadsheet counts, and either a person or a reason with its column."""

    number: int
    person: Person | None = None
    reason: Reason | None = None
    column: str = ""
    earlier_row: int | None = None

    @property
    def is_left_out(self) -> bool:
        """Nothing is wrong with it; it is simply not for this program."""
        return self.reason in LEFT_OUT


@dataclass(frozen=True, slots=True)
class Roster:
    """All rows of a file under its header."""

    rows: list[Row]
    # The header as it stands in the file, by our name of the column.
    headings: dict[str, str] = field(default_factory=dict)


def read_roster(content: bytes, *, role: str = "") -> Roster:
    """Read a CSV file; `role` is for files without a role column. Raises UnreadableFile with one clear sentence."""
    if len(content) > MAXIMUM_BYTES:
        raise UnreadableFile(_("The file is larger than 10 MB. Split it and import the parts."))
    text = decode(content)
    delimiter = _delimiter_of(text)
    table = records(text, delimiter)
    number, header = next(table, (1, [""]))
    if header[0].casefold().startswith("sep="):
        number, header = next(table, (number, [""]))
    columns = _columns_of(header, number, needs_role=not role)
    headings = {name: " ".join(header[index].split())[:60] for name, index in columns.items()}
    rows: list[Row] = []
    for row_number, cells in table:
        if len(rows) == MAXIMUM_ROWS:
            raise UnreadableFile(_("The file has more than 20,000 rows. Split it and import the parts."))
        if any(cell.strip() for cell in cells[len(header) :]):
            rows.append(Row(row_number, reason=Reason.TOO_MANY_CELLS))
        else:
            found = {name: _clean(cells[index]) for name, index in columns.items() if index < len(cells)}
            rows.append(_read_row(row_number, found, role))
    if not rows:
        raise UnreadableFile(_("The file has column names but no people."))
    return Roster(_mark_twice(rows), headings)


def _delimiter_of(text: str) -> str:
    """The sign between cells: the one with which the most column names are known."""
    lines = text.lstrip("\ufeff\r\n").splitlines()[:2]
    first = lines[1] if len(lines) > 1 and lines[0].casefold().startswith("sep=") else lines[0]
    return max(
        DELIMITERS, key=lambda sign: (sum(plain(cell) in FIELD_OF for cell in first.split(sign)), first.count(sign))
    )


def _columns_of(header: list[str], number: int, *, needs_role: bool) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, heading in enumerate(header):
        name = FIELD_OF.get(plain(heading))
        if name in columns:
            sentence = _("Row %(row)s, columns %(one)s and %(other)s mean the same (“%(heading)s”). Take one out.")
            place = {"row": number, "one": columns[name] + 1, "other": index + 1, "heading": heading.strip()[:60]}
            raise UnreadableFile(sentence % place)
        if name:
            columns[name] = index
    for name, heading in (("given_name", "givenName"), ("family_name", "familyName")):
        if name not in columns:
            sentence = _(
                "Row %(row)s names no column “%(heading)s”. The first row must hold the names of the columns; "
                "the template shows them."
            )
            raise UnreadableFile(sentence % {"row": number, "heading": heading})
    if needs_role and "role" not in columns:
        raise UnreadableFile(_("The file has no column “role”. Choose below who is in it: teachers or students."))
    return columns


def _clean(cell: str) -> str:
    """One line without blanks around it, in one way of writing accents."""
    return unicodedata.normalize("NFC", " ".join(cell.translate(DIRECTION_MARKS).split()))


def _read_row(number: int, found: dict[str, str], default_role: str) -> Row:
    if (left_out := _left_out(found)) is not None:
        return Row(number, reason=left_out, column="role" if left_out is not Reason.NOT_ACTIVE else "")
    word = found.get("role", "")
    role = ROLE_OF.get(plain(word)) if word else default_role
    person = Person(
        role=role or "",
        **{name: found.get(name, "") for name in LONGEST},
        language=language_code(found.get("language", "")),
    )
    if role != Role.STUDENT:
        person = replace(person, grade="")
    wrong = _wrong(person)
    # What is wrong is not kept: the row's number and column say where it stands in the file.
    return Row(number, reason=wrong[0], column=wrong[1]) if wrong else Row(number, person=person)


def _left_out(found: dict[str, str]) -> Reason | None:
    word = plain(found.get("role", ""))
    if word in PARENT_WORDS:
        return Reason.PARENT
    if word in OFFICE_WORDS:
        return Reason.OFFICE
    is_gone = plain(found.get("status", "")) == "tobedeleted" or plain(found.get("enabled", "")) in ("false", "0", "no")
    return Reason.NOT_ACTIVE if is_gone else None


def _wrong(person: Person) -> tuple[Reason, str] | None:
    for name, longest in LONGEST.items():
        value = getattr(person, name)
        if len(value) > longest:
            return Reason.TOO_LONG, name
        if any(unicodedata.category(letter) in ("Cc", "Cn", "Cs") for letter in value):
            return Reason.UNPRINTABLE, name
    for name in ("given_name", "family_name"):
        if not any(letter.isalnum() for letter in getattr(person, name)):
            return Reason.NAME_MISSING, name
    if not person.role:
        return Reason.ROLE_UNKNOWN, "role"
    for name, check, reason in (
        ("email", validate_email, Reason.EMAIL_WRONG),
        ("username", UnicodeUsernameValidator(), Reason.USERNAME_WRONG),
    ):
        try:
            if value := getattr(person, name):
                check(value)
        except ValidationError:
            return reason, name
    return None


def _mark_twice(rows: list[Row]) -> list[Row]:
    """A roster id, user name or e-mail that an earlier row has makes a row a duplicate."""
    seen: dict[tuple[str, str], int] = {}
    marked = []
    for row in rows:
        if row.person is not None:
            keys = [
                (name, value if name == "source_id" else value.lower())
                for name in ("source_id", "username", "email")
                if (value := getattr(row.person, name))
            ]
            twice = next((key for key in keys if key in seen), None)
            if twice:
                row = Row(row.number, reason=Reason.TWICE, column=twice[0], earlier_row=seen[twice])
            else:
                seen.update(dict.fromkeys(keys, row.number))
        marked.append(row)
    return marked
