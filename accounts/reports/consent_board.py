"""Who of a school said yes to what, and whom somebody must still ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Consent, ConsentText, User
from accounts.permissions import Role
from accounts.reports.consent import Answers, AskedAgain, State, asked_again, newest_answers, purposes_of, state_of
from accounts.reports.consent_text import reader_of

GUARDIAN, SELF = Consent.GivenBy.GUARDIAN, Consent.GivenBy.SELF


@dataclass(frozen=True)
class Cell:
    """One answer that one side owes for one person."""

    purpose: str
    given_by: str
    state: str

    @property
    def label(self) -> str:
        """The purpose in words."""
        return str(Consent.Purpose(self.purpose).label)

    @property
    def is_missing(self) -> bool:
        """Nothing was said yet to words that count."""
        return self.state == State.MISSING


@dataclass(frozen=True)
class Side:
    """What one side said for one person, as lists in words."""

    given_by: str
    cells: list[Cell]

    @property
    def yes(self) -> str:
        """The purposes with a yes."""
        return self._list(State.YES)

    @property
    def no(self) -> str:
        """The purposes with a no, or with a yes that was taken back."""
        return self._list(State.NO)

    @property
    def missing(self) -> str:
        """The purposes without an answer."""
        return self._list(State.MISSING)

    @property
    def not_yet(self) -> str:
        """The purposes without a yes, whatever was said: all that an admin reads."""
        return self._list(State.NO, State.MISSING)

    def _list(self, *states: str) -> str:
        return _(", ").join(cell.label for cell in self.cells if cell.state in states)


@dataclass(frozen=True)
class BoardLine:
    """One person with all answers that are owed, those of a guardian first."""

    person: User
    cells: list[Cell]

    @property
    def sides(self) -> list[Side]:
        """What each side said, in words: a guardian first, then the person."""
        sides = [given_by for given_by in (GUARDIAN, SELF) if any(cell.given_by == given_by for cell in self.cells)]
        return [Side(given_by, [cell for cell in self.cells if cell.given_by == given_by]) for given_by in sides]

    @property
    def may_take_part(self) -> bool:
        """An adult, or a student for whom a guardian and the student said yes."""
        return all(cell.state == State.YES for cell in self.cells if cell.purpose == Consent.Purpose.TAKE_PART)

    def misses(self, purpose: str = "", given_by: str = "", *, counts_no: bool = False) -> bool:
        """Whether one of these answers is missing, of any purpose and side where none is named.

        `counts_no` takes a no for missing, for those who must not tell the one from the other.
        """
        wanted = (State.MISSING, State.NO) if counts_no else (State.MISSING,)
        return any(
            cell.state in wanted and purpose in ("", cell.purpose) and given_by in ("", cell.given_by)
            for cell in self.cells
        )

    def missing_purposes(self, given_by: str) -> list[str]:
        """The purposes that this side has not answered."""
        return [cell.purpose for cell in self.cells if cell.is_missing and cell.given_by == given_by]


@dataclass(frozen=True)
class Count:
    """How far one purpose is, for one kind of reader."""

    label: str
    reader: str
    yes: int
    no: int
    missing: int

    @property
    def not_yet(self) -> int:
        """Without a yes, whatever was said."""
        return self.no + self.missing


def people_asked(user: User) -> Iterable[User]:
    """The active students and teachers of the school, students first."""
    asked = Q(roles__contains=[Role.STUDENT]) | Q(roles__contains=[Role.TEACHER])
    people = User.objects.active().visible_to(user).filter(asked)
    return sorted(people, key=lambda person: not person.is_student)


def board_of(user: User, people: Iterable[User]) -> list[BoardLine]:
    """The lines of these people of one school. Two queries, whatever their number."""
    people = list(people)
    answers = newest_answers([person.pk for person in people])
    again = asked_again(user.school_id)
    return [BoardLine(person, _cells(person, answers, again)) for person in people]


def _cells(person: User, answers: Answers, again: AskedAgain) -> list[Cell]:
    reader = reader_of(person)
    sides = [(SELF, reader)]
    if person.is_student:
        sides.insert(0, (GUARDIAN, ConsentText.Reader.GUARDIAN))
    return [
        Cell(purpose, given_by, state_of(answers.get((person.pk, purpose, given_by)), reader=asked, again=again))
        for given_by, asked in sides
        for purpose in purposes_of(asked)
    ]


def counts_of(lines: Iterable[BoardLine]) -> list[Count]:
    """How many said yes, no and nothing, by purpose and reader, in the order of the texts."""
    tally: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        for cell in line.cells:
            reader = ConsentText.Reader.GUARDIAN if cell.given_by == GUARDIAN else reader_of(line.person)
            tally[cell.purpose, reader, cell.state] += 1
    return [
        Count(str(purpose.label), str(reader.label), *(tally[purpose, reader, state] for state in State))
        for purpose in Consent.Purpose
        for reader in ConsentText.Reader
        if any(tally[purpose, reader, state] for state in State)
    ]
