"""From the cells of one row to a person, or to what is wrong with the row."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.permissions import Role
from accounts.roster.columns import OFFICE_WORDS, PARENT_WORDS, ROLE_OF, language_code, plain
from accounts.roster.rows import Parent, Person, Reason, Row

LONGEST = {"given_name": 100, "family_name": 100, "username": 150, "email": 254, "grade": 20, "title": 20,
           "source_id": 255}  # fmt: skip
# Marks that turn the direction of the text around them; a name needs none.
DIRECTION_MARKS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
validate_user_name = UnicodeUsernameValidator()


def clean(cell: str) -> str:
    """One line without blanks around it, in one way of writing accents."""
    if cell.isascii():
        return " ".join(cell.split())
    return unicodedata.normalize("NFC", " ".join(cell.translate(DIRECTION_MARKS).split()))


def ids(cell: str) -> tuple[str, ...]:
    """A list of ids in one cell: "a, b"."""
    return tuple(word for part in cell.split(",") if (word := part.strip()))


def read_row(number: int, found: dict[str, str], default_role: str) -> Row:
    """One row; `found` holds its clean cells by our names of the columns."""
    source_id = found.get("source_id", "")[: LONGEST["source_id"]]
    word = found.get("role", "")
    role_word = plain(word)
    if role_word in PARENT_WORDS:
        return Row(number, reason=Reason.PARENT, column="role", parent=_parent(found), source_id=source_id)
    if role_word in OFFICE_WORDS:
        return Row(number, reason=Reason.OFFICE, column="role", source_id=source_id)
    if _is_gone(found):
        return Row(number, reason=Reason.NOT_ACTIVE, source_id=source_id)
    role = ROLE_OF.get(role_word) if word else default_role
    person = Person(
        role=role or "",
        **{name: found.get(name, "") for name in LONGEST},
        language=language_code(found.get("language", "")),
    )
    person = replace(person, grade=plain_grade(person.grade) if role == Role.STUDENT else "")
    wrong = _wrong(person)
    # What is wrong is not kept: the row's number and column say where it stands in the file.
    if wrong:
        return Row(number, reason=wrong[0], column=wrong[1], source_id=source_id)
    return Row(number, person=person)


def plain_grade(grade: str) -> str:
    """OneRoster's "09" is the school's "9"."""
    return grade.lstrip("0") or grade if grade.isdecimal() else grade


def mark_twice(rows: list[Row]) -> list[Row]:
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
                row = Row(
                    row.number,
                    reason=Reason.TWICE,
                    column=twice[0],
                    earlier_row=seen[twice],
                    source_id=row.person.source_id,
                )
            else:
                seen.update(dict.fromkeys(keys, row.number or 0))
        marked.append(row)
    return marked


def _is_gone(found: dict[str, str]) -> bool:
    return plain(found.get("status", "")) == "tobedeleted" or plain(found.get("enabled", "")) in ("false", "0", "no")


def _parent(found: dict[str, str]) -> Parent | None:
    """A parent whose name can be printed; an address that is none is left away."""
    given, family = (found.get(name, "")[: LONGEST[name]] for name in ("given_name", "family_name"))
    whole = given + family
    if _is_gone(found) or not any(map(str.isalnum, whole)) or not _is_printable(whole):
        return None
    email = found.get("email", "")
    try:
        validate_email(email)
    except ValidationError:
        email = ""
    return Parent(given, family, email, language_code(found.get("language", "")), ids(found.get("agents", "")))


def _is_printable(value: str) -> bool:
    return value.isprintable() or not any(unicodedata.category(letter) in ("Cc", "Cn", "Cs") for letter in value)


def _wrong(person: Person) -> tuple[Reason, str] | None:
    for name, longest in LONGEST.items():
        value = getattr(person, name)
        if len(value) > longest:
            return Reason.TOO_LONG, name
        if not _is_printable(value):
            return Reason.UNPRINTABLE, name
    for name in ("given_name", "family_name"):
        if not any(map(str.isalnum, getattr(person, name))):
            return Reason.NAME_MISSING, name
    if not person.role:
        return Reason.ROLE_UNKNOWN, "role"
    for name, check, reason in (
        ("email", validate_email, Reason.EMAIL_WRONG),
        ("username", validate_user_name, Reason.USERNAME_WRONG),
    ):
        try:
            if value := getattr(person, name):
                check(value)
        except ValidationError:
            return reason, name
    return None
