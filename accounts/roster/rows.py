"""What a roster is made of: rows with a person or a reason, classes, and what the file says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy


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
    OTHER_SCHOOL = "other_school", gettext_lazy("Belongs to another school of this file.")
    ON_RECORD = "on_record", gettext_lazy("This guardian is on record already.")
    MISSING = "missing", gettext_lazy("Not in the file, which holds everybody.")


LEFT_OUT = frozenset({Reason.PARENT, Reason.OFFICE, Reason.NOT_ACTIVE, Reason.OTHER_SCHOOL, Reason.ON_RECORD})


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
class Parent:
    """Somebody whom the file calls a parent of students; these by their roster ids."""

    given_name: str
    family_name: str
    email: str
    language: str
    students: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """First and last name, as far as the file has them."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: its number as a spreadsheet counts, and either a person or a reason with its column."""

    number: int | None
    person: Person | None = None
    reason: Reason | None = None
    column: str = ""
    earlier_row: int | None = None
    # Beside the reason PARENT, where the file says whose parent it is.
    parent: Parent | None = None
    # Beside a reason: whom the row is about, so that nobody is taken for missing.
    source_id: str = ""

    @property
    def is_left_out(self) -> bool:
        """Nothing is wrong with it; it is simply not for this program."""
        return self.reason in LEFT_OUT


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class of the file, with the roster ids of who teaches and who attends it."""

    source_id: str
    name: str
    subject: str = ""
    grade: str = ""
    teachers: tuple[str, ...] = ()
    students: tuple[str, ...] = ()
    # The file says that it is over.
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """All rows of a file under its header, and the classes that came with it."""

    rows: list[Row]
    # The header as it stands in the file, by our name of the column.
    headings: dict[str, str] = field(default_factory=dict)
    classes: list[ClassRow] = field(default_factory=list)
    # The file says that it holds everybody: who is not in it has left.
    is_whole: bool = False
    # What wants a look: column names that we guessed or did not read, and whether accents were guessed.
    guessed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    is_guessed_text: bool = False
