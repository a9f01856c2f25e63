"""A person is done with a wave: sent, or "no, thank you". Who is done and what was said part ways here."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Consent, ConsentText, User
from accounts.reports.consent import State, own_questions
from accounts.services import Refused, answer_for_oneself
from mentorship.models import Participant
from surveys.linkage import StudyKeyMissing, pseudonym
from surveys.models import InstrumentVersion, Item, Receipt, Response, Wave
from surveys.models.instrument import LONGEST_ANSWER

logger = logging.getLogger(__name__)

Answers = Mapping[str, int | str | None]


@transaction.atomic
def send_response(wave: Wave, person: User, answers: Answers, *, now: dt.datetime) -> None:
    """Keep the answers under the study's pseudonym, and beside them, joined by nothing, that this person is done.

    `answers` holds every item of the wave's questionnaire by code: 1 to 5, text, or None for "I'd rather not say".
    Refused when the wave is not open, did not ask this person, has a receipt of hers, when her consents to surveys and
    to research use do not stand, and when the answers do not fit the questionnaire. Nothing is handed back: nobody
    reads it again.
    """
    wave = _lock_open(wave, person, now)
    if not User.objects.filter(pk=person.pk).agreed_to_surveys().agreed_to_research().exists():
        raise Refused(_("Please read who can see your answers, and agree, before you send them."))
    checked = _checked(wave.instrument_version, answers)
    seat = _seat(wave, person)
    try:
        name = pseudonym(wave.study, person)
    except StudyKeyMissing as error:
        logger.error("survey answers refused: %s", error)
        raise Refused(
            _("Answers can't be kept safely right now, so nothing was sent. Please tell the coordinator.")
        ) from error
    Response.objects.create(
        wave=wave,
        instrument_version=wave.instrument_version,
        pseudonym=name,
        role=seat.role,
        arm=seat.arm,
        answers=checked,
    )
    _finish(wave, person, now)


def texts_to_agree(person: User) -> list[ConsentText]:
    """The words that somebody has not said yes to, and must before answering: to be asked, and to the use in research.

    Raises Refused where the school has approved no words for one of them.
    """
    questions = {question.text.purpose: question for question in own_questions(person)}
    if not questions.keys() >= set(Consent.SURVEY_PURPOSES):
        raise Refused(_("Your school has not approved the words for this yet. Please ask the coordinator."))
    missing = [
        questions[purpose].text.pk for purpose in Consent.SURVEY_PURPOSES if questions[purpose].state != State.YES
    ]
    return list(ConsentText.objects.filter(pk__in=missing).order_by("purpose")) if missing else []


@transaction.atomic
def agree_to_answer(person: User, *, today: dt.date) -> None:
    """Say yes to all that a survey asks before it begins."""
    for text in texts_to_agree(person):
        answer_for_oneself(text, says_yes=True, by=person, today=today)


@transaction.atomic
def decline_wave(wave: Wave, person: User, *, now: dt.datetime) -> None:
    """Note that this person is done, and nothing more: no row tells it from having answered. Ends the reminders."""
    _finish(_lock_open(wave, person, now), person, now)


def _lock_open(wave: Wave, person: User, now: dt.datetime) -> Wave:
    """The wave, so locked that no other sending and no closing comes between; refused unless this person may answer."""
    locked = (
        Wave.objects.select_for_update(of=("self",), no_key=True)
        .select_related("study__school", "instrument_version")
        .get(pk=wave.pk)
    )
    if locked.opens_at > now:
        raise Refused(_("This survey is not open yet."))
    if not locked.is_open(now):
        raise Refused(_("This survey is closed."))
    if not locked.people().filter(pk=person.pk).exists():
        raise Refused(_("This survey does not ask you."))
    if Receipt.objects.filter(wave=locked, person=person).exists():
        raise Refused(_("You are done with this survey already."))
    return locked


def _finish(wave: Wave, person: User, now: dt.datetime) -> None:
    Receipt.objects.create(wave=wave, person=person, day=now.astimezone(wave.study.school.zone).date())
    outbox.withdraw(wave.about, user=person)


def _seat(wave: Wave, person: User) -> Participant:
    """The place in the study's programs by which the wave asks this person: the earliest, where there are several."""
    seats = Participant.objects.present().filter(person=person, program__studies=wave.study_id, role=wave.audience_role)
    if wave.audience_arm:
        seats = seats.filter(arm=wave.audience_arm)
    return seats.order_by("joined_on", "pk")[0]


def _checked(version: InstrumentVersion, answers: Answers) -> dict[str, int | str | None]:
    """The answers in the order of the items, each of its kind; empty text is no answer."""
    items = list(version.items.all())
    if answers.keys() != {item.code for item in items}:
        raise Refused(_("The answers do not fit the questions. Please open the survey again."))
    return {item.code: _checked_one(item, answers[item.code]) for item in items}


def _checked_one(item: Item, value: int | str | None) -> int | str | None:
    if value is None:
        return None
    if item.kind == Item.Kind.LIKERT and type(value) is int and 1 <= value <= 5:
        return value
    if item.kind == Item.Kind.OPEN and isinstance(value, str) and len(value) <= LONGEST_ANSWER:
        return value.strip() or None
    raise Refused(_("The answers do not fit the questions. Please open the survey again."))
