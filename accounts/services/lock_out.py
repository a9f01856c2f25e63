"""Letting somebody in again who typed too many wrong passwords."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reports.lock_out import APP, CARD, PASSWORD, keys_of, may_clear_lock_out, narrow_limit
from accounts.services.refusal import Refused


def clear_lock_out(person: User, *, by: User) -> None:
    """Forget the wrong passwords and codes of this person, under all the person's names.

    A coordinator clears teachers and students, never an admin; an admin everybody. Nothing is told about the password.
    """
    if not may_clear_lock_out(by, person):
        raise Refused(_("Only an admin can open the sign-in of this person."))
    forget_wrong_tries(person)


def forget_wrong_tries(person: User) -> None:
    """Begin to count anew: what is counted for a whole address stays."""
    for action in (PASSWORD, CARD):
        for key in keys_of(person):
            ratelimit.clear(None, app=APP, action=action, config=narrow_limit(action), key=key)
