"""Somebody leaves the school, or takes off a hat: what they began in programs ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from accounts.models import User
from accounts.permissions import MANAGE_PEOPLE, Role
from accounts.services import require_act
from mentorship.models import HelpRequest, Pairing, Participant


@transaction.atomic
def leave_programs(person: User, *, hats: Collection[str], reason: str, by: User, today: dt.date) -> int:
    """End what this person does in programs as a teacher, as a student, or as both (`hats`); answers how many pairs.

    Open pairs are closed for this reason, places in programs end today, own requests for help are closed, and those
    that were taken are free for somebody else.
    """
    require_act(by, MANAGE_PEOPLE, person.school_id)
    sides = Q(pk__in=[])
    if Role.TEACHER in hats:
        sides |= Q(teacher=person)
        own = HelpRequest.objects.filter(teacher=person)
        own.filter(state__in=[HelpRequest.State.OPEN, HelpRequest.State.TAKEN]).update(state=HelpRequest.State.CLOSED)
    if Role.STUDENT in hats:
        sides |= Q(student=person)
        taken = HelpRequest.objects.filter(taken_by=person, state=HelpRequest.State.TAKEN)
        taken.update(state=HelpRequest.State.OPEN, taken_by=None)
    Participant.objects.present().filter(person=person, role__in=list(hats)).update(
        left_on=Greatest(F("joined_on"), today)
    )
    pairs = Pairing.objects.open().filter(sides)
    return pairs.update(state=Pairing.State.CLOSED, closed_on=today, close_reason=reason)
