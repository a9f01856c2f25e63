"""Who is locked out after too many wrong passwords or codes, and by which names.

The counting is allauth's (ACCOUNT_RATE_LIMITS); what is said here is under which key somebody's tries are counted.
"""

from __future__ import annotations

import time

from allauth.account import app_settings
from allauth.core.internal import ratelimit
from django.core.cache import cache

from accounts.models import User
from accounts.permissions import CLEAR_LOCK_OUT, MANAGE_PEOPLE, Role

APP = "allauth.account"
PASSWORD, CARD = "login_failed", "sign_in_card"


def key_of(name: str) -> str:
    """The one key of all spellings that sign-in takes for the same name.

    The database compares names by their capitals, which also makes one of "i" and the dotless "ı": else each such
    letter would double the number of tries. Not of the site's address either, which a visitor may choose.
    """
    return name.strip().upper().lower()


def keys_of(person: User) -> set[str]:
    """By all names with which this person signs in: user name, and e-mail if there is one."""
    return {key_of(name) for name in (person.username, person.email) if name}


def narrow_limit(action: str) -> dict[str, str]:
    """The part of a limit that is counted for each name; the other part counts all that comes from one address."""
    rates = app_settings.RATE_LIMITS[action].split(",")
    return {action: ",".join(rate for rate in rates if rate.strip().endswith("/key"))}


def is_locked_out(person: User) -> bool:
    """Whether the next password or card code of this person would be refused unread.

    By the machine's clock, as allauth counts: the school's clock, which a demo winds, is another.
    """
    rates = {
        ratelimit.get_cache_key(None, app=APP, action=action, rate=rate, key=key): rate
        for action in (PASSWORD, CARD)
        for rate in ratelimit.get_rates(app=APP, action=action, config=narrow_limit(action))
        for key in keys_of(person)
    }
    counted = cache.get_many(rates)
    return any(not ratelimit.apply_rate(counted[key], time.time(), rates[key], dry_run=True)[0] for key in counted)


def may_clear_lock_out(by: User, person: User) -> bool:
    """An admin for everybody of the school, a coordinator for those who are nothing but teachers and students."""
    if by.school_id != person.school_id or not by.may(CLEAR_LOCK_OUT):
        return False
    return by.may(MANAGE_PEOPLE) or not person.has_role(Role.ADMIN, Role.COORDINATOR)


def lock_out_of(person: User, *, reader: User) -> dict[str, bool]:
    """What the page about a person tells its reader: `is_locked`, and `can_clear`."""
    return {"is_locked": is_locked_out(person), "can_clear": may_clear_lock_out(reader, person)}
