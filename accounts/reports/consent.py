"""Who said what to which purpose, and what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, ConsentText, User
from accounts.reports.consent_text import newest_in, reader_of

# The newest version that must be asked again, by purpose, reader and language.
AskedAgain = Mapping[tuple[str, str, str], int]
# The newest answer, by person, purpose and who gave it.
Answers = Mapping[tuple[int, str, str], Consent]


class State(models.TextChoices):
    """How an answer stands."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    MISSING = "missing", _("missing")


@dataclass(frozen=True)
class Said:
    """The newest answer of one side, if there is one, and how it stands."""

    state: str
    consent: Consent | None


@dataclass(frozen=True)
class OwnQuestion:
    """What one person is asked for herself: the words, and the newest answer, if there is one."""

    text: ConsentText
    state: str
    consent: Consent | None

    @property
    def is_open(self) -> bool:
        """Neither yes nor no yet."""
        return self.state == State.MISSING


@dataclass(frozen=True)
class RecordLine:
    """One purpose of one student: what a guardian said, and what the student did."""

    purpose: str
    guardian: Said
    own: Said

    @property
    def label(self) -> str:
        """The purpose in words."""
        return str(Consent.Purpose(self.purpose).label)

    @property
    def is_complete(self) -> bool:
        """Both said yes: nothing is left to record."""
        return self.guardian.state == self.own.state == State.YES


def purposes_of(reader: str) -> list[str]:
    """What a reader is asked: nobody asks a teacher to take part, teachers do by their work."""
    purposes = list(Consent.Purpose)
    return [
        str(purpose)
        for purpose in purposes
        if reader != ConsentText.Reader.TEACHER or purpose in Consent.SURVEY_PURPOSES
    ]


def newest_answers(people: Iterable[int]) -> Answers:
    """The newest answer of each of these people (ids) to each purpose, by who gave it. One query."""
    rows = (
        Consent.objects.filter(person__in=people)
        .select_related("text", "guardian", "recorded_by")
        .defer("text__body", "text__on_withdrawal")
        .order_by("person_id", "purpose", "given_by", models.F("withdrawn_on").desc(nulls_first=True), "-pk")
        .distinct("person_id", "purpose", "given_by")
    )
    return {(row.person_id, row.purpose, row.given_by): row for row in rows}


def asked_again(school_id: int) -> AskedAgain:
    """The newest version of each approved text of a school that asks again. One query."""
    texts = ConsentText.objects.filter(school=school_id, asks_again=True).approved()
    return newest_that_ask_again(texts.defer("body", "on_withdrawal"))


def newest_that_ask_again(approved: Iterable[ConsentText]) -> AskedAgain:
    """The highest version that asks again, of these texts."""
    newest: dict[tuple[str, str, str], int] = {}
    for text in approved:
        key = (text.purpose, text.reader, text.language)
        if text.asks_again:
            newest[key] = max(text.version, newest.get(key, 0))
    return newest


def state_of(consent: Consent | None, *, reader: str, again: AskedAgain) -> str:
    """Yes while it stands; no where it was said, or taken back; missing where nothing was said to words that count."""
    if consent is None:
        return State.MISSING
    if consent.withdrawn_on is None:
        return State.YES
    newer = [
        version
        for (purpose, asked, language), version in again.items()
        if (purpose, asked) == (consent.purpose, reader) and (consent.text is None or language == consent.text.language)
    ]
    said_to = consent.text.version if consent.text else 0
    return State.MISSING if any(version > said_to for version in newer) else State.NO


def record_lines(student: User) -> list[RecordLine]:
    """What stands for one student, purpose by purpose."""
    answers = newest_answers([student.pk])
    again = asked_again(student.school_id)

    def said(purpose: str, given_by: str, reader: str) -> Said:
        consent = answers.get((student.pk, purpose, given_by))
        return Said(state_of(consent, reader=reader, again=again), consent)

    return [
        RecordLine(
            purpose,
            guardian=said(purpose, Consent.GivenBy.GUARDIAN, ConsentText.Reader.GUARDIAN),
            own=said(purpose, Consent.GivenBy.SELF, ConsentText.Reader.STUDENT),
        )
        for purpose in Consent.Purpose.values
    ]


def own_questions(person: User) -> list[OwnQuestion]:
    """What a student or a teacher is asked for herself, in her language, by purpose, where words are approved.

    Two queries; the words themselves are not read.
    """
    reader = reader_of(person)
    answers = newest_answers([person.pk])
    approved = list(
        ConsentText.objects.filter(school=person.school_id, reader=reader).approved().defer("body", "on_withdrawal")
    )
    again = newest_that_ask_again(approved)
    return [
        OwnQuestion(text, state_of(consent, reader=reader, again=again), consent)
        for purpose, text in newest_in(person.language, approved).items()
        if purpose in purposes_of(reader)
        for consent in [answers.get((person.pk, purpose, Consent.GivenBy.SELF))]
    ]


def first_open(person: User) -> OwnQuestion | None:
    """The first of the questions that this person has not answered."""
    return next((question for question in own_questions(person) if question.is_open), None)
