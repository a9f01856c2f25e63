"""Scheduling a tech playground, and coming to it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Message, Period, Room, User
from accounts.permissions import JOIN_PLAYGROUND
from accounts.services import Refused, require_act
from mentorship.models import Program, Tool
from sessions_app.models import PlaygroundSession, SignUp, WaitlistEntry
from sessions_app.reports.playground_dates import Plan
from sessions_app.reports.series import Slot, spans_of
from sessions_app.services import notices
from sessions_app.services.holds import losing_is_time_taken
from sessions_app.services.playground_dates import (
    lock_plan,
    lock_planned,
    refuse_unfit_plan,
    refuse_unless_coordinator,
    write_playgrounds,
)
from sessions_app.services.playground_waitlist import end_waiting, free_places, offer_places
from sessions_app.services.rules import refuse_late_sign_up


def schedule_playground(
    *,
    by: User,
    program: Program,
    title: str,
    tools: Sequence[Tool],
    room: Room,
    places: int,
    adult_in_charge: User,
    mentors: Sequence[User],
    day: dt.date,
    period: Period | None,
    starts: dt.time | None = None,
    ends: dt.time | None = None,
    minimum: int = 0,
    override_reason: str = "",
    request_key: uuid.UUID | None = None,
    now: dt.datetime,
) -> PlaygroundSession:
    """Schedule a playground: the adult in charge, the mentors on duty and the room are held from here on.

    The same `request_key` by the same person answers with the first playground, so that a double click plans once.
    In a period, or from one clock time to another where no period fits. Raises TimeTaken that names who or what is
    taken, Refused if a rule forbids it, or a mentor would miss too much and no `override_reason` says why she may.
    """
    plan = Plan(
        program=program,
        title=title,
        tools=tools,
        room=room,
        places=places,
        minimum=minimum,
        adult_in_charge=adult_in_charge,
        mentors=mentors,
        slot=Slot(period, starts, ends),
        override_reason=override_reason.strip(),
    )
    refuse_unfit_plan(plan, by=by)
    # Made her own: what somebody else sends with the same key is a plan of its own.
    key = request_key and uuid.uuid5(request_key, str(by.pk))
    with losing_is_time_taken(), transaction.atomic():
        lock_plan(plan, by=by)
        first = key and PlaygroundSession.objects.filter(request_key=key).first()
        if first:
            return _unless_another(first, plan, day)
        (playground,) = write_playgrounds(plan, [day], by=by, now=now, request_key=key)
    return playground


def _unless_another(first: PlaygroundSession, plan: Plan, day: dt.date) -> PlaygroundSession:
    """What this page has planned already. Raises Refused if that was cancelled, or is not what the page wants now."""
    if not first.is_standing:
        raise Refused(_("This playground was cancelled."))
    stands = (
        (first.program_id, first.title, first.room_id, first.places, first.minimum, first.adult_in_charge_id),
        (first.period_id, (first.starts_at, first.ends_at)),
        set(first.stations.values_list("tool", flat=True)),
        set(first.duties.values_list("person", flat=True)),
    )
    wished = (
        (plan.program.pk, plan.title, plan.room.pk, plan.places, plan.minimum, plan.adult_in_charge.pk),
        (plan.slot.period and plan.slot.period.pk, spans_of(plan.slot, [day], school=plan.program.school).get(day)),
        {tool.pk for tool in plan.tools},
        {mentor.pk for mentor in plan.mentors},
    )
    if stands != wished:
        raise Refused(
            _("This page has planned something else already. It stands in the calendar; load the page again.")
        )
    return first


def cancel_playground(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> PlaygroundSession:
    """Cancel a playground: its time is free again, and everybody who was to come is told."""
    with transaction.atomic():
        playground = lock_planned(playground, now=now)
        refuse_unless_coordinator(by, playground.program)
        return call_off(playground, now=now)


def call_off(playground: PlaygroundSession, *, now: dt.datetime) -> PlaygroundSession:
    """Cancel a playground whose row the caller has locked, and tell everybody who was to come."""
    outbox.post(end_playground(playground, now=now))
    return playground


def end_playground(playground: PlaygroundSession, *, now: dt.datetime) -> list[Message]:
    """The same, but for the news: these the caller posts."""
    places = list(playground.sign_ups.select_related("teacher__school"))
    waiting = list(playground.waitlist.open().select_related("teacher__school"))
    on_duty = [duty.person for duty in playground.duties.select_related("person__school")]
    coming = [place.teacher for place in places]
    everybody = {person.pk: person for person in [playground.adult_in_charge, *coming, *on_duty]}
    everybody |= {entry.teacher_id: entry.teacher for entry in waiting}
    end_waiting(playground.waitlist.open(), state=WaitlistEntry.State.GONE)
    playground.state = PlaygroundSession.State.CANCELLED
    playground.revision += 1
    playground.save(update_fields=["state", "revision"])
    playground.holds.all().delete()
    outbox.withdraw(playground.about, *(place.about for place in places))
    return notices.of_cancelled_playground(playground, everybody.values(), now=now)


def sign_up(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> SignUp:
    """A teacher of the school takes a place, perhaps one that was offered to her. Twice is once.

    Raises Refused if it is full (a place that is offered to somebody else is taken), cancelled or over.
    """
    with transaction.atomic():
        playground = lock_planned(playground, now=now)
        require_act(by, JOIN_PLAYGROUND, playground.program.school_id)
        if (already := playground.sign_ups.filter(teacher=by).first()) is not None:
            return already
        refuse_late_sign_up(playground, by=by, now=now)
        offer_places(playground, now=now)
        if free_places(playground, by=by, now=now) <= 0:
            raise Refused(_("All places are taken."))
        end_waiting(playground.waitlist.open().filter(teacher=by), state=WaitlistEntry.State.TAKEN)
        place = SignUp.objects.create(playground=playground, teacher=by, signed_up_at=now)
        if by.pk != playground.adult_in_charge_id:
            outbox.post(notices.of_sign_up(place, playground, now=now))
    return place


def leave_playground(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> None:
    """A teacher gives her place back, which is offered to who waits longest. Leaving twice changes nothing."""
    with transaction.atomic():
        playground = lock_planned(playground, now=now)
        if (place := playground.sign_ups.filter(teacher=by).first()) is not None:
            outbox.withdraw(place.about)
            place.delete()
            offer_places(playground, now=now)
