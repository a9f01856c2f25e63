"""The short number with which a person checks in at one playground."""

from __future__ import annotations

import datetime as dt
import hmac

from django.conf import settings

from accounts.models import User
from sessions_app.models import PlaygroundSession

DIGITS = 6
# How long before it begins people may check in.
DOORS_OPEN = dt.timedelta(hours=1)
# How long after it an adult may still put right who was there.
KEPT_FOR = dt.timedelta(days=1)


def pin_of(playground: PlaygroundSession, person: User) -> str:
    """Six digits, for this person at this playground only: "042917". Nothing is stored."""
    about = f"playground-pin:{playground.pk}:{person.pk}"
    digest = hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def spoken_pin(playground: PlaygroundSession, person: User) -> str:
    """The same as people read it: "042 917"."""
    pin = pin_of(playground, person)
    return f"{pin[: DIGITS // 2]} {pin[DIGITS // 2 :]}"


def expected_people(playground: PlaygroundSession) -> list[User]:
    """Who may check in: the teachers who signed up, the mentors on duty, the adult in charge. Three statements."""
    coming = [place.teacher for place in playground.sign_ups.select_related("teacher")]
    on_duty = [duty.person for duty in playground.duties.select_related("person")]
    return list({person.pk: person for person in [playground.adult_in_charge, *on_duty, *coming]}.values())


def is_open_at(playground: PlaygroundSession, now: dt.datetime) -> bool:
    """From an hour before it begins until it is over."""
    return playground.starts_at - DOORS_OPEN <= now < playground.ends_at


def is_kept_at(playground: PlaygroundSession, now: dt.datetime) -> bool:
    """From an hour before it begins until a day after: who was there is still put right by hand."""
    return playground.starts_at - DOORS_OPEN <= now < playground.ends_at + KEPT_FOR
