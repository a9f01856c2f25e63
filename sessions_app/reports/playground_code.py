"""The code of the square at the entrance of a playground: for this one place, and for a minute or two."""

from __future__ import annotations

import datetime as dt
import hmac

from django.conf import settings

# A new code so often. The one before is taken too, so that a phone has the time to read it: 60 to 120 seconds.
CHANGES_SECONDS = 60
# So long after a phone has read it, its owner may sign in and say "I am here".
READ_FOR = dt.timedelta(minutes=10)


def code_of(playground_id: int, now: dt.datetime) -> str:
    """128 bits in 32 hexadecimal digits. Nothing is stored: the next one follows from the key and the clock."""
    return _code(playground_id, _turn(now))


def is_code_of(playground_id: int, code: str, now: dt.datetime) -> bool:
    """Whether this code stood at the entrance of that playground in the last minute or two."""
    given, turn = code.encode(), _turn(now)
    known = [_code(playground_id, one).encode() for one in (turn, turn - 1)]
    return any(hmac.compare_digest(given, one) for one in known)


def _turn(now: dt.datetime) -> int:
    return int(now.timestamp()) // CHANGES_SECONDS


def _code(playground_id: int, turn: int) -> str:
    about = f"playground-entrance:{playground_id}:{turn}"
    return hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256").hex()[:32]
