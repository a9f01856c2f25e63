"""Taking time: the locks, the rows and the one way to lose.

Everybody and every room that an act needs is locked in one sorted order first, so that those who want the same slot
queue instead of being sorted out by deadlock detection (one a second). The exclusion constraints are the backstop.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection
from django.db.utils import IntegrityError, OperationalError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import Refused
from sessions_app.models import Booking, Hold, PlaygroundSession
from sessions_app.models.hold import Misses
from sessions_app.reports.rules import Leaving, leavings

# How long one may queue for a slot before it counts as taken, in milliseconds.
LOCK_TIMEOUT_MS = 2000

# SQLSTATE of an exclusion violation, a deadlock and a lock not available (PostgreSQL, appendix A).
LOST = {"23P01", "40P01", "55P03"}

LOCK = """
SELECT set_config('lock_timeout', %(timeout)s, true);
SELECT pg_advisory_xact_lock(key) FROM unnest(%(keys)s::bigint[]) AS key
"""
# Asked before the first lock is waited for. A shared room has no holds.
UNLESS_TAKEN = """
WHERE NOT EXISTS (SELECT 1 FROM sessions_app_hold hold
                   WHERE (hold.person_id = ANY (%(people)s) OR hold.room_id = %(room)s)
                     AND hold.during && tstzrange(%(start)s, %(end)s, '[)'))
"""


class TimeTaken(Refused):
    """Somebody or the room was just taken. The page offers other times."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("That time was just taken."))


@contextmanager
def losing_is_time_taken() -> Iterator[None]:
    """Turn the database's three ways of saying "somebody else was quicker" into `TimeTaken`."""
    try:
        yield
    except (IntegrityError, OperationalError) as error:
        if is_lost(error):
            raise TimeTaken from error
        raise


def is_lost(error: DatabaseError) -> bool:
    """Whether this error means that another transaction took the time, and not a fault."""
    return getattr(error.__cause__, "pgcode", None) in LOST


def lock_bodies(*, people: Iterable[int], rooms: Iterable[int], timeout_ms: int = LOCK_TIMEOUT_MS) -> None:
    """Take the transaction's locks on people and rooms (their ids), always in the same order.

    One statement. Raises OperationalError (55P03) after `timeout_ms` of waiting for one of them; 0 waits for ever.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"timeout": str(timeout_ms), "keys": _keys(people, rooms)})


def lock_free_bodies(*, people: Iterable[int], room: int, start: dt.datetime, end: dt.datetime) -> bool:
    """`lock_bodies`, unless one of them is taken in `[start, end)` already: then nothing is locked, and False.

    One statement. Most losers end here, without queueing. Who passes must look again: others may have been quicker.
    """
    bodies = list(people)
    asked: dict[str, Any] = {"people": bodies, "room": room, "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(LOCK + UNLESS_TAKEN, asked | {"timeout": str(LOCK_TIMEOUT_MS), "keys": _keys(bodies, [room])})
        return bool(cursor.rowcount)


def _keys(people: Iterable[int], rooms: Iterable[int]) -> list[int]:
    """One number for each person and room, in the one order."""
    return sorted({2 * pk for pk in people} | {2 * pk + 1 for pk in rooms})


def hold_booking(booking: Booking, leaving: Leaving) -> None:
    """Write the holds of a booking."""
    Hold.objects.bulk_create(holds_of_booking(booking, leaving))


def holds_of_booking(booking: Booking, leaving: Leaving) -> list[Hold]:
    """What a booking takes: the time of its two people, and its room unless that is shared; not yet written.

    The mentor's says what she leaves for it.
    """
    during = (booking.starts_at, booking.ends_at)
    holds = [
        Hold(booking=booking, person_id=booking.teacher_id, during=during),
        Hold(booking=booking, person_id=booking.mentor_id, during=during, **_missed(leaving)),
    ]
    if not booking.room.is_shared:
        holds.append(Hold(booking=booking, room=booking.room, during=during))
    return holds


def hold_playground(playground: PlaygroundSession, *, mentors: Sequence[User]) -> None:
    """Write the holds of a playground: the adult in charge, the mentors on duty, and its room unless shared.

    Each mentor's says what she leaves for it. The caller has the program's school and the period at hand.
    """
    during = (playground.starts_at, playground.ends_at)
    holds = [Hold(playground=playground, person=playground.adult_in_charge, during=during)]
    left = _left_for(playground, mentors)
    for mentor in mentors:
        missed = _missed(left[mentor.pk]) if mentor.pk in left else {}
        holds.append(Hold(playground=playground, person=mentor, during=during, **missed))
    if not playground.room.is_shared:
        holds.append(Hold(playground=playground, room=playground.room, during=during))
    Hold.objects.bulk_create(holds)


def _missed(leaving: Leaving) -> dict[str, Any]:
    """What a mentor leaves, as a Hold keeps it."""
    if not leaving.misses:
        return {}
    return {
        "misses": leaving.misses,
        "missed_class_id": leaving.class_id,
        "missed_period_id": leaving.period_id,
        "missed_minutes": leaving.missed_minutes if leaving.misses == Misses.CORE else None,
        "also_missed_classes": [class_id for class_id, _period_id in leaving.also],
        "also_missed_periods": [period_id for _class_id, period_id in leaving.also],
    }


def _left_for(playground: PlaygroundSession, mentors: Sequence[User]) -> dict[int, Leaving]:
    """What each mentor leaves for a playground, by id."""
    school = playground.program.school
    day = playground.starts_at.astimezone(school.zone).date()
    left = leavings(mentors, [(day, (playground.starts_at, playground.ends_at))], playground.period, school=school)
    return {person_id: leaving for (_day, person_id), leaving in left.items()}
