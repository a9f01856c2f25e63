"""Asking guardians who have not answered: by mail with a link of their own, or by a letter on paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Consent, ConsentText, Guardian, Message, School, User
from accounts.paper import direction_of, isolated, make_pdf, paper_of
from accounts.permissions import RECORD_CONSENT, Role
from accounts.reports.consent_board import board_of
from accounts.reports.consent_text import texts_for
from accounts.services.refusal import Refused, require_act

KIND = "guardian_consent"
# A guardian is asked by mail at most once in this time for the same words.
PAUSE = dt.timedelta(days=3)
NOT_SENT = [Message.State.CANCELLED, Message.State.FAILED]


@dataclass(frozen=True)
class Asked:
    """How a round of asking ended, in numbers: guardians who get a mail, guardians who had one just now, and students
    for whom no guardian has an address."""

    mails: int
    too_soon: int
    without_address: int


@transaction.atomic
def chase_guardians(students: Iterable[User], *, by: User, now: dt.datetime, all_purposes: bool = False) -> Asked:
    """Send each guardian with an address a link to the page where what is missing is answered.

    Only approved words are sent: a purpose without them is left out. `all_purposes` asks for everything again, for a
    guardian who wants to look or to withdraw. Nobody gets the same words by mail twice in three days.
    """
    rows: list[Message] = []
    too_soon = without_address = 0
    texts_to = _Texts(by.school_id)
    for student, purposes in _missing(students, by, all_purposes=all_purposes):
        reached = [guardian for guardian in student.guardians.all() if guardian.email]
        if not reached:
            without_address += 1
        for guardian in reached:
            texts = texts_to(guardian, purposes)
            if not texts:
                continue
            earlier = list(Message.objects.filter(guardian=guardian, kind=KIND))
            if any(_is_same(message, texts, now) for message in earlier):
                too_soon += 1
                continue
            facts = {
                "path": "/guardian/{secret}/",
                "student": student.given_name,
                "texts": [text.pk for text in texts],
            }
            rows += outbox.notice_rows(
                school=by.school,
                about=f"consent:{student.pk}",
                revision=len(earlier),
                kind=KIND,
                event_at=now,
                recipients=[guardian],
                context_for=partial(_the_same, facts),
                now=now,
            )
    outbox.post(rows)
    return Asked(mails=len(rows), too_soon=too_soon, without_address=without_address)


def print_letters(students: Iterable[User], *, by: User, today: dt.date) -> bytes:
    """Letters to the guardians of these students with the words that are missing and lines to sign; answers a PDF.

    One letter for each guardian, in that guardian's language; one without a name, in the school's first language, where
    none is known. Refused where nothing is to be asked, or no words are approved.
    """
    texts_to = _Texts(by.school_id)
    letters = [
        letter
        for student, purposes in _missing(students, by)
        for guardian in (list(student.guardians.all()) or [_unknown(student, by.school)])
        if (letter := _letter(guardian, texts_to(guardian, purposes), by.school, today))
    ]
    if not letters:
        raise Refused(_("There is nothing to print: nothing is missing, or the texts are not approved yet."))
    data = {"title": _("Letters to guardians"), "paper": paper_of(by.school), "letters": letters}
    return make_pdf("letter", data, language=by.language)


def _missing(students: Iterable[User], by: User, *, all_purposes: bool = False) -> list[tuple[User, Sequence[str]]]:
    """The students of the school, with the purposes that a guardian has not answered; none without any."""
    require_act(by, RECORD_CONSENT, by.school_id)
    people = (
        User.objects.active()
        .visible_to(by)
        .with_role(Role.STUDENT)
        .filter(pk__in=[student.pk for student in students])
        .exclude(pk=by.pk)
        .prefetch_related("guardians")
    )
    lines = board_of(by, people)
    every: Sequence[str] = list(Consent.Purpose.values) if all_purposes else ()
    asked = [(line.person, every or line.missing_purposes(Consent.GivenBy.GUARDIAN)) for line in lines]
    return [(student, purposes) for student, purposes in asked if purposes]


class _Texts:
    """The words that are asked with, read once for each language of a round."""

    def __init__(self, school_id: int) -> None:
        self._school_id = school_id
        self._by_language: dict[str, dict[str, ConsentText]] = {}

    def __call__(self, guardian: Guardian, purposes: Sequence[str]) -> list[ConsentText]:
        if guardian.language not in self._by_language:
            texts = texts_for(self._school_id, ConsentText.Reader.GUARDIAN, guardian.language)
            self._by_language[guardian.language] = texts
        return [text for purpose, text in self._by_language[guardian.language].items() if purpose in purposes]


def _the_same(facts: dict[str, Any], _guardian: Guardian) -> dict[str, Any]:
    return facts


def _is_same(message: Message, texts: Sequence[ConsentText], now: dt.datetime) -> bool:
    """Whether this earlier mail is less than three days old, is not held back, and asked for one of these."""
    is_new = message.state not in NOT_SENT and message.due_at > now - PAUSE
    return is_new and not {text.pk for text in texts}.isdisjoint(message.context.get("texts", ()))


def _unknown(student: User, school: School) -> Guardian:
    return Guardian(student=student, name="", language=school.languages[0])


def _letter(guardian: Guardian, texts: Sequence[ConsentText], school: School, today: dt.date) -> dict[str, Any] | None:
    """One letter as templates/paper/letter.typ reads it; None where no words are approved."""
    if not texts:
        return None
    with translation.override(guardian.language):
        names = {"student": isolated(guardian.student.full_name), "school": isolated(school.name)}
        paragraphs: list[str | dict[str, str]] = []
        choices: list[str] = []
        for text in texts:
            label = str(text.get_purpose_display())
            paragraphs += [{"heading": capfirst(label)}, *text.body.split("\n\n")]
            paragraphs.append({"heading": _("If I withdraw, this disappears")})
            paragraphs += text.on_withdrawal.split("\n\n")
            choices += [_("Yes: %(purpose)s") % {"purpose": label}, _("No: %(purpose)s") % {"purpose": label}]
        greeting = (
            _("Dear %(name)s,") % {"name": isolated(guardian.name)} if guardian.name else _("Dear parent or guardian,")
        )
        return {
            "language": guardian.language,
            "direction": direction_of(guardian.language),
            "school": school.name,
            "date": date_format(today, "j F Y" if guardian.language == "en" else "DATE_FORMAT"),
            "heading": _("Your consent for %(student)s") % names,
            "greeting": greeting,
            "paragraphs": [
                _("%(school)s asks you about %(student)s. Please read this, tick yes or no, and sign below.") % names,
                *paragraphs,
            ],
            "choices": choices,
            "signatures": [
                _("Name, day and signature of the parent or guardian"),
                _("Day and signature of the student, who says the same"),
            ],
            "closing": _("Please give this letter back to the school. You can take a yes back on any day."),
        }
