"""Answering with yes or no, on paper or for oneself; correcting what was recorded; withdrawing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import Consent, ConsentText, Guardian, Message, User
from accounts.permissions import GIVE_OWN_CONSENT, RECORD_CONSENT
from accounts.reports.consent_text import reader_of, texts_for
from accounts.services.refusal import Refused, require_act

UNSENT = [Message.State.WAITING, Message.State.PARKED]
GivenBy, Reader = Consent.GivenBy, ConsentText.Reader


@dataclass(frozen=True)
class Paper:
    """One signed paper: yes (True) or no by purpose, by a guardian who is known, or by name, language and e-mail."""

    person: User
    answers: Mapping[str, bool]
    given_on: dt.date
    guardian: Guardian | None = None
    guardian_name: str = ""
    guardian_language: str = "en"
    guardian_email: str | None = None
    # The student signed the same paper, and says the same.
    has_student_signed: bool = False


@transaction.atomic
def record_consent(paper: Paper, *, by: User, today: dt.date) -> list[Consent]:
    """Note what a guardian, and perhaps the student, signed; answers the new rows. The paper stays in the office.

    What stands already is left as it is. Refused for an adult, for oneself or one's own child, for another school, for
    a day to come, where nothing new is on the paper, and where it says no to what stands: that is a withdrawal.
    """
    person = lock_person(paper.person)
    if not by.may(RECORD_CONSENT) or by.school_id != person.school_id:
        raise Refused(_("Only a coordinator of this school can record a guardian's consent."))
    if by.pk == person.pk:
        raise Refused(_("Nobody records a consent for themselves. Ask another coordinator."))
    if not person.is_student:
        raise Refused(_("Only a student needs a guardian's consent."))
    if paper.given_on > today:
        raise Refused(_("The day of the signature can't be in the future."))
    guardian = guardian_named(
        person,
        guardian=paper.guardian,
        guardian_name=paper.guardian_name,
        guardian_language=paper.guardian_language,
        guardian_email=paper.guardian_email,
    )
    if is_own_child(by, guardian.name, guardian.email):
        raise Refused(_("Nobody records a consent for themselves. Ask another coordinator."))
    guardian.save()
    signers: list[tuple[str, str, Guardian | None]] = [(GivenBy.GUARDIAN, guardian.language, guardian)]
    if paper.has_student_signed:
        signers.append((GivenBy.SELF, person.language, None))
    new = []
    for given_by, language, signer in signers:
        texts = texts_for(person.school_id, Reader.GUARDIAN if signer else Reader.STUDENT, language)
        for purpose, says_yes in paper.answers.items():
            text = _signed_text(texts.get(purpose), paper.given_on)
            standing = person.consents.standing().filter(purpose=purpose, given_by=given_by)
            if standing.exists():
                if not says_yes:
                    raise Refused(_("A yes to this is on record. Withdraw it on its own page."))
                continue
            new.append(
                write_answer(
                    person, text, given_by=given_by, says_yes=says_yes, on=paper.given_on, guardian=signer, by=by
                )
            )
    if not new:
        raise Refused(_("Nothing on this paper is new: it is on record already."))
    return new


@transaction.atomic
def correct_consent(consent: Consent, *, guardian: Guardian, given_on: dt.date, by: User, today: dt.date) -> Consent:
    """Put right whose signature it is, or its day, where the coordinator mistyped it. What was said stays.

    Refused for what was not recorded from a guardian's paper, and for a day that can't be.
    """
    person = lock_person(consent.person)
    require_act(by, RECORD_CONSENT, person.school_id)
    consent = person.consents.get(pk=consent.pk)
    if consent.given_by != GivenBy.GUARDIAN or consent.recorded_by_id is None:
        raise Refused(_("Only what was recorded from a guardian's paper can be corrected."))
    if by.pk == person.pk or is_own_child(by, guardian.name, guardian.email):
        raise Refused(_("Nobody records a consent for themselves. Ask another coordinator."))
    if guardian.student_id != person.pk:
        raise Refused(_("This is not a guardian of this student."))
    if given_on > today or (consent.withdrawn_on and not consent.is_refusal and given_on > consent.withdrawn_on):
        raise Refused(_("The day of the signature can't be in the future."))
    guardian.save()
    consent.guardian, consent.given_on = guardian, given_on
    if consent.is_refusal:
        consent.withdrawn_on = given_on
    consent.save(update_fields=["guardian", "given_on", "withdrawn_on"])
    return consent


@transaction.atomic
def answer_for_oneself(text: ConsentText, *, says_yes: bool, by: User, today: dt.date) -> Consent:
    """A student or a teacher says yes or no for herself. Saying the same twice changes nothing.

    Refused for a draft, for words that are not for her or are no longer the newest, and for a no where a yes stands:
    that is a withdrawal, which first says what disappears.
    """
    by = lock_person(by)
    require_act(by, GIVE_OWN_CONSENT, text.school_id)
    if text.reader != reader_of(by):
        raise Refused(_("This text is not for you."))
    if text.is_draft or text != newest_approved(text):
        raise Refused(_("This text was changed. Please read the new one."))
    own = by.consents.filter(purpose=text.purpose, given_by=GivenBy.SELF)
    if standing := own.standing().first():
        if not says_yes:
            raise Refused(_("You said yes to this. You can take it back on its own page."))
        if standing.text == text:
            return standing
        own.standing().update(withdrawn_on=Greatest(F("given_on"), today))
    return write_answer(by, text, given_by=GivenBy.SELF, says_yes=says_yes, on=today, by=by)


@transaction.atomic
def withdraw_consent(person: User, purpose: str, *, by: User, today: dt.date, given_by: str | None = None) -> int:
    """Mark a standing yes as withdrawn; answers how many there were.

    The person takes back the own yes. A coordinator of the school does it on somebody's word: a guardian's for a
    student, unless `given_by` says that the student said so. Without a yes to a survey purpose no survey message goes
    out any more. What a withdrawn consent to take part frees (bookings) is freed by the caller.
    """
    person = lock_person(person)
    is_own = by.pk == person.pk
    if not is_own and not (by.may(RECORD_CONSENT) and by.school_id == person.school_id):
        raise Refused(_("Only the person or a coordinator of this school can withdraw this consent."))
    if given_by is None:
        given_by = GivenBy.SELF if is_own or not person.is_student else GivenBy.GUARDIAN
    if is_own and given_by != GivenBy.SELF:
        raise Refused(_("A guardian takes back a guardian's yes."))
    return end_yes(person, purpose, given_by=given_by, today=today)


def lock_person(person: User) -> User:
    """Two clicks on one person's consents stand in line. Rows that only point to the person need not wait."""
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def newest_approved(text: ConsentText) -> ConsentText | None:
    """The version of this text that is asked with now."""
    same = {name: getattr(text, name) for name in ("school_id", "purpose", "reader", "language")}
    return ConsentText.objects.filter(**same).approved().order_by("-version").first()


def end_yes(person: User, purpose: str, *, given_by: str, today: dt.date) -> int:
    """End a standing yes, and with one about surveys the messages about surveys; answers how many there were."""
    standing = person.consents.standing().filter(purpose=purpose, given_by=given_by)
    count = standing.update(withdrawn_on=Greatest(F("given_on"), today))
    if count and purpose in Consent.SURVEY_PURPOSES:
        _stop_survey_messages(person)
    return count


def write_answer(
    person: User,
    text: ConsentText,
    *,
    given_by: str,
    says_yes: bool,
    on: dt.date,
    guardian: Guardian | None = None,
    by: User | None = None,
    signature: str = "",
) -> Consent:
    """Write one answer to an approved text; a no is a row that never stood, and stops what it is about."""
    if not says_yes and text.purpose in Consent.SURVEY_PURPOSES:
        _stop_survey_messages(person)
    return Consent.objects.create(
        person=person,
        purpose=text.purpose,
        text=text,
        text_version=text.label,
        given_by=given_by,
        guardian=guardian,
        given_on=on,
        withdrawn_on=None if says_yes else on,
        is_refusal=not says_yes,
        recorded_by=by,
        signature=signature,
    )


def is_own_child(by: User, name: str, email: str | None) -> bool:
    """Whether the guardian of this name or address is the one who is about to record it."""
    same_name = name.strip().casefold() == by.full_name.casefold()
    return same_name or bool(email and by.email and email.casefold() == by.email.casefold())


def guardian_named(
    person: User,
    *,
    guardian: Guardian | None = None,
    guardian_name: str = "",
    guardian_language: str = "en",
    guardian_email: str | None = None,
) -> Guardian:
    """The guardian who signed: one who is known, found by name, or a new one, not yet written."""
    if guardian is not None:
        known = person.guardians.filter(pk=guardian.pk).first()
        if known is None:
            raise Refused(_("This is not a guardian of this student."))
        return known
    found = person.guardians.filter(name__iexact=guardian_name).first() or Guardian(student=person)
    found.name, found.language = guardian_name, guardian_language
    found.email = guardian_email or found.email
    return found


def _signed_text(text: ConsentText | None, signed_on: dt.date) -> ConsentText:
    """The text that the paper shows, or a refusal where there is none that can have been signed."""
    if text is None or text.approved_at is None:
        raise Refused(_("The school has not approved the text for this yet. Approve it first, under “Consent texts”."))
    if text.asks_again and signed_on < text.approved_at.astimezone(text.school.zone).date():
        raise Refused(_("This paper is older than the text that must be asked again. Ask for a new signature."))
    return text


def _stop_survey_messages(person: User) -> None:
    unsent = Message.objects.filter(user=person, kind__startswith="survey", state__in=UNSENT)
    unsent.update(state=Message.State.CANCELLED)


def record_papers(papers: Sequence[Paper], *, by: User, today: dt.date) -> dict[int, str]:
    """Record an afternoon's papers, all or none; answers what is wrong, by place. Empty: all are recorded."""
    wrong: dict[int, str] = {}
    with transaction.atomic():
        for place, paper in enumerate(papers):
            try:
                record_consent(paper, by=by, today=today)
            except Refused as refusal:
                wrong[place] = str(refusal)
        if wrong:
            transaction.set_rollback(True)
    return wrong
