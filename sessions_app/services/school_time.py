"""Changing the school's time where something is booked: nothing moves by itself, and each conflict is resolved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import School, User
from accounts.permissions import RUN_PROGRAM, SET_SCHOOL_TIME
from accounts.services import Refused, require_act
from sessions_app.models import Booking, KeptTime, PlaygroundSession
from sessions_app.reports.school_time import Misfit, misfits
from sessions_app.services.booking import cancel_booking, move_booking
from sessions_app.services.playground import cancel_playground
from sessions_app.services.playground_change import change_playground


@dataclass(frozen=True)
class Attempt:
    """A change that was made, or only tried; and what fits no longer because of it."""

    is_made: bool
    misfits: list[Misfit]


def change_school_time(change: Callable[[], object], *, is_understood: bool, by: User, now: dt.datetime) -> Attempt:
    """Make a change to bells or days, but where meetings would fit no longer only if `by` has seen which.

    `change` calls services of school time; what it refuses is refused. No meeting is moved. One transaction.
    """
    require_act(by, SET_SCHOOL_TIME, by.school_id)
    with transaction.atomic():
        school = School.objects.select_for_update().get(pk=by.school_id)
        before = {(misfit.about, misfit.by_bells) for misfit in misfits(school, now=now)}
        change()
        after = misfits(school, now=now)
        new = [misfit for misfit in after if (misfit.about, misfit.by_bells) not in before]
        if new and not is_understood:
            transaction.set_rollback(True)
            return Attempt(False, new)
    return Attempt(True, new)


def move_to_bells(misfit: Misfit, *, by: User, now: dt.datetime) -> None:
    """Move a meeting to where its period is now. Everybody is told, as by any other move.

    Raises TimeTaken or Refused like any other move, and Refused where the period is not held on that day.
    """
    meeting = misfit.meeting
    _require_coordinator(meeting, by)
    if misfit.by_bells is None or meeting.period is None:
        raise Refused(_("Its period is not held on that day. Move it to another day on its own page, or cancel it."))
    day = meeting.starts_at.astimezone(by.school.zone).date()
    if isinstance(meeting, Booking):
        move_booking(meeting, by=by, day=day, period=meeting.period, room=meeting.room, now=now)
        return
    change_playground(
        meeting,
        by=by,
        title=meeting.title,
        tools=[station.tool for station in meeting.stations.select_related("tool")],
        room=meeting.room,
        places=meeting.places,
        minimum=meeting.minimum,
        adult_in_charge=meeting.adult_in_charge,
        mentors=[duty.person for duty in meeting.duties.select_related("person")],
        day=day,
        period=meeting.period,
        now=now,
    )


@transaction.atomic
def keep_as_it_is(misfit: Misfit, *, by: User, now: dt.datetime) -> None:
    """The meeting stays where it is, and is no conflict until it or the bells change. Nobody is told: nothing moved."""
    meeting = misfit.meeting
    _require_coordinator(meeting, by)
    start, end = misfit.by_bells or (None, None)
    KeptTime.objects.update_or_create(
        booking=meeting if isinstance(meeting, Booking) else None,
        playground=meeting if isinstance(meeting, PlaygroundSession) else None,
        defaults={
            "starts_at": meeting.starts_at,
            "ends_at": meeting.ends_at,
            "bells_start_at": start,
            "bells_end_at": end,
            "kept_by": by,
            "kept_at": now,
        },
    )


def cancel_misfit(misfit: Misfit, *, by: User, now: dt.datetime) -> None:
    """Cancel a meeting that fits no longer. Everybody is told, as by any other cancellation."""
    meeting = misfit.meeting
    _require_coordinator(meeting, by)
    if isinstance(meeting, Booking):
        cancel_booking(meeting, by=by, reason=_("The times of the school have changed."), now=now)
    else:
        cancel_playground(meeting, by=by, now=now)


def _require_coordinator(meeting: Booking | PlaygroundSession, by: User) -> None:
    require_act(by, RUN_PROGRAM, meeting.program.school_id)
