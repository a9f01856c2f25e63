"""A guardian answers by the link of a mail. Nobody is signed in: the link says who it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import Consent, ConsentText, SecretLink, User
from accounts.reports.consent_text import texts_for
from accounts.services.consent import end_yes, lock_person, write_answer
from accounts.services.refusal import Refused
from accounts.services.secret_link import use_link

GUARDIAN = Consent.GivenBy.GUARDIAN


@transaction.atomic
def answer_as_guardian(
    link: SecretLink, *, answers: Mapping[ConsentText, bool], signature: str, now: dt.datetime
) -> User | None:
    """Write a guardian's yes (True) or no to each text, and use the link up. The last word of a guardian counts.

    A no where a yes stood is a withdrawal. Answers the student if a yes to take part ended so: what was booked is
    freed by the caller. Refused when the link no longer stands, without a name, and for words that are no longer asked
    with.
    """
    if link.purpose != SecretLink.Purpose.GUARDIAN_CONSENT or link.guardian is None:
        raise Refused(_("This link no longer works. Ask your school for a new one."))
    if not signature.strip():
        raise Refused(_("Please write your name."))
    guardian = link.guardian
    student = lock_person(guardian.student)
    use_link(link, now=now)
    today = now.astimezone(student.school.zone).date()
    asked = texts_for(student.school_id, ConsentText.Reader.GUARDIAN, guardian.language)
    ended = 0
    for text, says_yes in answers.items():
        if asked.get(text.purpose) != text:
            raise Refused(_("The school changed this text just now. Please read the new one."))
        standing = student.consents.standing().filter(purpose=text.purpose, given_by=GUARDIAN)
        if says_yes:
            if standing.filter(text=text).exists():
                continue
            standing.update(withdrawn_on=Greatest(F("given_on"), today))
        else:
            count = end_yes(student, text.purpose, given_by=GUARDIAN, today=today)
            ended += count if text.purpose == Consent.Purpose.TAKE_PART else 0
        write_answer(
            student,
            text,
            given_by=GUARDIAN,
            says_yes=says_yes,
            on=today,
            guardian=guardian,
            signature=signature.strip(),
        )
    return student if ended else None
