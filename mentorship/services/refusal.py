"""Saying "rather not with ...", and taking it back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import REFUSE_PERSON, RUN_PROGRAM
from accounts.services import Refused, require_act
from mentorship.models import Refusal


@transaction.atomic
def refuse_person(person: User, about: User, *, by: User, now: dt.datetime) -> Refusal:
    """From now on no booking brings the two together. Twice is once; what is booked already stays.

    Everybody speaks for oneself, who runs the program for anybody. One of the two is a student, the other is not.
    """
    require_act(by, REFUSE_PERSON if by == person else RUN_PROGRAM, person.school_id)
    if about.school_id != person.school_id:
        raise Refused(_("This person is not at your school."))
    if about.is_student == person.is_student:
        raise Refused(_("Choose a teacher and a student mentor."))
    refusal, _is_new = Refusal.objects.get_or_create(person=person, about=about, defaults={"made_at": now})
    return refusal


def take_back_refusal(refusal: Refusal, *, by: User) -> None:
    """The two may be booked together again. Taking it back twice changes nothing."""
    require_act(by, REFUSE_PERSON if by.pk == refusal.person_id else RUN_PROGRAM, refusal.person.school_id)
    Refusal.objects.filter(pk=refusal.pk).delete()
