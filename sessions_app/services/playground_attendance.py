"""Checking in at a playground: by PIN on the tablet at the entrance, by the square beside it, or by an adult's hand."""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import RUN_PROGRAM
from accounts.services import Refused
from sessions_app.models import Attendance, PlaygroundSession
from sessions_app.reports.playground_pin import DOORS_OPEN, expected_people, is_kept_at, is_open_at, pin_of

# So many wrong PINs at one playground, and it waits for so many seconds.
WRONG_PINS, WAIT_SECONDS = 10, 300


class WrongPin(Refused):
    """Nobody who is expected has this PIN."""


class TooManyWrongPins(Refused):
    """PINs are not looked at for a while."""


def may_open_kiosk(playground: PlaygroundSession, user: User) -> bool:
    """The adult in charge, and who runs the programs of that school: they open the tablet, and check people in."""
    runs_it = user.may(RUN_PROGRAM) and user.school_id == playground.program.school_id
    return runs_it or user.pk == playground.adult_in_charge_id


def check_in(playground: PlaygroundSession, *, pin: str, now: dt.datetime) -> User:
    """Note that the person with this PIN is here; twice is once.

    One PIN after the other is looked at, so that many at once are no more tries than ten. Raises WrongPin, also where
    two happen to have the same, TooManyWrongPins, and Refused before the doors open and after the end.
    """
    wrong = f"kiosk-wrong:{playground.pk}"
    cache.add(f"{wrong}:lock", True)  # our cache waits for what ends like this until it is free
    try:
        count = cache.get(wrong, 0)
        if count >= WRONG_PINS:
            raise TooManyWrongPins(_("Too many wrong PINs. Please wait five minutes, or tell the adult in charge."))
        if not playground.is_standing or not is_open_at(playground, now):
            raise Refused(_("Nobody can check in now."))
        found = [person for person in expected_people(playground) if pin_of(playground, person) == pin]
        if len(found) != 1:
            cache.set(wrong, count + 1, WAIT_SECONDS)
            raise WrongPin(_("This PIN is not known here. It stands on your home page."))
        _note(playground, found[0], how=Attendance.How.PIN, now=now)
    finally:
        cache.delete(f"{wrong}:lock")
    return found[0]


def why_not_here(playground: PlaygroundSession, user: User, now: dt.datetime) -> str:
    """Why this person can't check in with the square of this playground; empty if nothing is in the way."""
    if user.school_id != playground.program.school_id:
        return _("This playground is at another school.")
    if not playground.is_standing:
        return _("This playground was cancelled.")
    if now >= playground.ends_at:
        return _("This playground is over.")
    if not is_open_at(playground, now):
        opens_at = timezone.localtime(playground.starts_at - DOORS_OPEN, playground.program.school.zone)
        return _("It is too early. You can check in from %(time)s.") % {"time": time_format(opens_at)}
    if user not in expected_people(playground):
        return _("You have no place at this playground. Join it first, or ask the adult in charge.")
    return ""


def check_in_by_square(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> Attendance:
    """Note that who read the square at the entrance is here; twice is once. Raises Refused with `why_not_here`."""
    with transaction.atomic():
        if why_not := why_not_here(playground, by, now):
            raise Refused(why_not)
        return _note(playground, by, how=Attendance.How.QR, now=now)


def check_in_by_hand(playground: PlaygroundSession, *, person: User, by: User, now: dt.datetime) -> Attendance:
    """The adult in charge, or who runs the program, says that somebody who is expected is here; twice is once.

    From an hour before until a day after: what was forgotten is put right.
    """
    with transaction.atomic():
        _require_presence(playground, by=by, now=now)
        if person not in expected_people(playground):
            raise Refused(_("This person is not expected here."))
        return _note(playground, person, how=Attendance.How.BY_HAND, now=now)


def undo_check_in(playground: PlaygroundSession, *, person: User, by: User, now: dt.datetime) -> None:
    """Somebody was checked in who is not here. Twice changes nothing."""
    with transaction.atomic():
        _require_presence(playground, by=by, now=now)
        playground.attendances.filter(person=person).delete()


def may_keep_presence(playground: PlaygroundSession, user: User, now: dt.datetime) -> bool:
    """Whether this person checks others in by hand now."""
    return playground.is_standing and is_kept_at(playground, now) and may_open_kiosk(playground, user)


def _require_presence(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> None:
    if not may_open_kiosk(playground, by):
        raise Refused(_("You can't do this."))
    if not may_keep_presence(playground, by, now):
        raise Refused(_("Nobody can check in now."))


def _note(playground: PlaygroundSession, person: User, *, how: str, now: dt.datetime) -> Attendance:
    """How somebody came first is what stays."""
    given = {"checked_in_at": now, "how": how}
    return Attendance.objects.get_or_create(playground=playground, person=person, defaults=given)[0]
