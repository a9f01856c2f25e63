"""Which texts stand, for the people who keep them and for those who are asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Consent, ConsentText, User

# Where a reader's own language is not approved yet.
FALLBACK = "en"


@dataclass
class TextState:
    """One text in one language: its newest version, and the newest approved one, if there is one."""

    newest: ConsentText
    approved: ConsentText | None = None


# By purpose in words, then by reader in words, one state for each language.
TextGroups = list[tuple[str, list[tuple[str, list[TextState]]]]]


def text_groups(user: User) -> TextGroups:
    """All texts of a school and how far each is. One query, without the words."""
    states: dict[tuple[str, str], dict[str, TextState]] = {}
    for text in ConsentText.objects.visible_to(user).defer("body", "on_withdrawal").order_by("language", "-version"):
        state = states.setdefault((text.purpose, text.reader), {}).setdefault(text.language, TextState(text))
        if state.approved is None and not text.is_draft:
            state.approved = text
    return [
        (
            str(purpose.label),
            [
                (str(reader.label), list(states[purpose, reader].values()))
                for reader in ConsentText.Reader
                if (purpose, reader) in states
            ],
        )
        for purpose in Consent.Purpose
    ]


def texts_for(school_id: int, reader: str, language: str) -> dict[str, ConsentText]:
    """By purpose, what this reader is asked now: the newest approved text in the language, else in English, else any.

    A purpose without an approved text is missing: nobody can be asked. One query.
    """
    return newest_in(language, ConsentText.objects.filter(school=school_id, reader=reader).approved())


def newest_in(language: str, approved: Iterable[ConsentText]) -> dict[str, ConsentText]:
    """By purpose, the one that is asked with, of all approved texts for one reader."""
    liked = {language: 0, FALLBACK: 1}
    best: dict[str, ConsentText] = {}
    for text in sorted(approved, key=lambda text: (liked.get(text.language, 2), text.language, -text.version)):
        best.setdefault(text.purpose, text)
    return {purpose: best[purpose] for purpose in Consent.Purpose.values if purpose in best}


def reader_of(person: User) -> str:
    """As whom somebody is asked: a student is asked as a student, whatever other hat there is."""
    return ConsentText.Reader.STUDENT if person.is_student else ConsentText.Reader.TEACHER
