"""Recording, giving and withdrawing consent."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import Consent, Guardian, Message, User
from accounts.permissions import RECORD_CONSENT
from accounts.services.refusal import Refused

# The paper that guardians sign. Raise it when its words change; older consents keep the version they were given to.
TAKE_PART_TEXT = "take-part-2026-1"
UNSENT = [Message.State.WAITING, Message.State.PARKED]


@transaction.atomic
def record_consent(
    *,
    person: User,
    guardian_name: str,
    guardian_language: str,
    guardian_email: str | None,
    given_on: dt.date,
    by: User,
    today: dt.date,
    text_version: str = TAKE_PART_TEXT,
) -> Consent:
    """Note that a guardian signed the paper: this student may take part. The paper itself stays in the office.

    Refused for an adult, for oneself, for another school, for a day to come, and where such a consent stands.
    """
    person = _lock(person)
    if not by.may(RECORD_CONSENT) or by.school_id != person.school_id:
        raise Refused(_("Only a coordinator of this school can record a guardian's consent."))
    if by.pk == person.pk:
        raise Refused(_("Nobody records a consent for themselves. Ask another coordinator."))
    if not person.is_student:
        raise Refused(_("Only a student needs a guardian's consent."))
    if given_on > today:
        raise Refused(_("The day of the signature can't be in the future."))
    standing = person.consents.standing().filter(purpose=Consent.Purpose.TAKE_PART, given_by=Consent.GivenBy.GUARDIAN)
    if standing.exists():
        raise Refused(_("A guardian's consent for this student is on record already."))
    guardian = person.guardians.filter(name__iexact=guardian_name).first() or Guardian(student=person)
    guardian.name, guardian.language, guardian.email = guardian_name, guardian_language, guardian_email or None
    guardian.save()
    return Consent.objects.create(
        person=person,
        purpose=Consent.Purpose.TAKE_PART,
        text_version=text_version,
        given_by=Consent.GivenBy.GUARDIAN,
        guardian=guardian,
        given_on=given_on,
        recorded_by=by,
    )


@transaction.atomic
def agree(person: User, purpose: str, *, text_version: str, today: dt.date) -> Consent:
    """A person says yes for herself. Saying it twice changes nothing; a yes to new words replaces the older yes."""
    person = _lock(person)
    own = person.consents.standing().filter(purpose=purpose, given_by=Consent.GivenBy.SELF)
    if same := own.filter(text_version=text_version).first():
        return same
    own.update(withdrawn_on=Greatest(F("given_on"), today))
    return Consent.objects.create(
        person=person,
        purpose=purpose,
        text_version=text_version,
        given_by=Consent.GivenBy.SELF,
        given_on=today,
        recorded_by=person,
    )


@transaction.atomic
def withdraw_consent(person: User, purpose: str, *, by: User, today: dt.date) -> int:
    """Mark every standing yes of this person to this purpose as withdrawn; answers how many there were.

    The person herself may do so, and a coordinator of her school who was told. Without a yes to a survey purpose no
    survey message goes out any more. What a withdrawn consent to take part frees (bookings) is freed by the caller.
    """
    person = _lock(person)
    if by.pk != person.pk and not (by.may(RECORD_CONSENT) and by.school_id == person.school_id):
        raise Refused(_("Only the person or a coordinator of this school can withdraw this consent."))
    count = person.consents.standing().filter(purpose=purpose).update(withdrawn_on=Greatest(F("given_on"), today))
    if purpose in Consent.SURVEY_PURPOSES:
        unsent = Message.objects.filter(user=person, kind__startswith="survey", state__in=UNSENT)
        unsent.update(state=Message.State.CANCELLED)
    return count


def _lock(person: User) -> User:
    """Two clicks on one person's consents stand in line. Rows that only point to the person need not wait."""
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
