"""Checking in at a playground, on the shared tablet by the door."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import RUN_PROGRAM
from accounts.services import Refused
from sessions_app.models import Attendance, PlaygroundSession
from sessions_app.reports.playground_pin import expected_people, is_open_at, pin_of


class WrongPin(Refused):
    """Nobody who is expected has this PIN."""


def may_open_kiosk(playground: PlaygroundSession, user: User) -> bool:
    """The adult in charge, and who runs the programs of that school."""
    runs_it = user.may(RUN_PROGRAM) and user.school_id == playground.program.school_id
    return runs_it or user.pk == playground.adult_in_charge_id


def check_in(playground: PlaygroundSession, *, pin: str, now: dt.datetime) -> User:
    """Note that the person with this PIN is here; twice is once.

    Raises WrongPin, also where two happen to have the same, and Refused before the doors open and after the end.
    """
    with transaction.atomic():
        if not playground.is_standing or not is_open_at(playground, now):
            raise Refused(_("Nobody can check in now."))
        found = [person for person in expected_people(playground) if pin_of(playground, person) == pin]
        if len(found) != 1:
            raise WrongPin(_("This PIN is not known here. It stands on your home page."))
        Attendance.objects.get_or_create(playground=playground, person=found[0], defaults={"checked_in_at": now})
    return found[0]
