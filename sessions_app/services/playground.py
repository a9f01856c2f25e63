"""Scheduling a tech playground, and coming to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Period, Room, User
from accounts.permissions import JOIN_PLAYGROUND, RUN_PROGRAM
from accounts.services import Refused, require_act
from mentorship.models import Participant, Program, Tool
from sessions_app.models import Duty, PlaygroundSession, SignUp
from sessions_app.reports.rules import span_of
from sessions_app.services import notices
from sessions_app.services.holds import TimeTaken, hold_playground, lock_bodies, losing_is_time_taken, taken_among


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
    period: Period,
    now: dt.datetime,
) -> PlaygroundSession:
    """Schedule a playground: the adult in charge, the mentors on duty and the room are held from here on.

    Raises TimeTaken that names who or what is taken, Refused if a rule forbids it.
    """
    _refuse_unless_coordinator(by, program)
    starts_at, ends_at = span_of(period, day)
    if starts_at <= now:
        raise Refused(_("This period has begun already. Choose a later one."))
    if adult_in_charge.is_student:
        raise Refused(_("The person in charge must be an adult."))
    if adult_in_charge.school_id != program.school_id:
        raise Refused(_("This person is not at your school."))
    schools = {room.school_id, period.school_id, *(tool.school_id for tool in tools)}
    if schools != {program.school_id}:
        raise Refused(_("This is not at your school."))
    if program.closed_on is not None:
        raise Refused(_("This program is closed."))
    with losing_is_time_taken(), transaction.atomic():
        people = [adult_in_charge, *mentors]
        lock_bodies(people=[person.pk for person in people], rooms=[room.pk])
        _refuse_unfit_mentors(mentors, program)
        if taken := taken_among(people, room, starts_at, ends_at):
            raise TimeTaken(_("Taken at that time: %(names)s.") % {"names": _(", ").join(taken)})
        playground = PlaygroundSession.objects.create(
            program=program,
            title=title,
            room=room,
            places=places,
            adult_in_charge=adult_in_charge,
            starts_at=starts_at,
            ends_at=ends_at,
            period=period,
        )
        playground.tools.set(tools)
        Duty.objects.bulk_create(Duty(playground=playground, person=mentor) for mentor in mentors)
        hold_playground(playground, mentors=mentors)
        outbox.post(notices.of_playground(playground, people, now=now))
    return playground


def cancel_playground(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> PlaygroundSession:
    """Cancel a playground: its time is free again, and everybody who was to come is told."""
    with transaction.atomic():
        playground = _lock_planned(playground, now=now)
        _refuse_unless_coordinator(by, playground.program)
        return call_off(playground, now=now)


def call_off(playground: PlaygroundSession, *, now: dt.datetime) -> PlaygroundSession:
    """Cancel a playground whose row the caller has locked, and tell everybody who was to come."""
    places = list(playground.sign_ups.select_related("teacher__school"))
    on_duty = [duty.person for duty in playground.duties.select_related("person__school")]
    coming = [place.teacher for place in places]
    everybody = {person.pk: person for person in [playground.adult_in_charge, *coming, *on_duty]}
    playground.state = PlaygroundSession.State.CANCELLED
    playground.revision += 1
    playground.save(update_fields=["state", "revision"])
    playground.holds.all().delete()
    outbox.withdraw(playground.about, *(place.about for place in places))
    outbox.post(notices.of_cancelled_playground(playground, everybody.values(), now=now))
    return playground


def sign_up(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> SignUp:
    """A teacher of the school takes a place. Twice is once. Raises Refused if it is full, cancelled or over."""
    with transaction.atomic():
        playground = _lock_planned(playground, now=now)
        require_act(by, JOIN_PLAYGROUND, playground.program.school_id)
        if (already := playground.sign_ups.filter(teacher=by).first()) is not None:
            return already
        if playground.sign_ups.count() >= playground.places:
            raise Refused(_("All places are taken."))
        place = SignUp.objects.create(playground=playground, teacher=by, signed_up_at=now)
        if by.pk != playground.adult_in_charge_id:
            outbox.post(notices.of_sign_up(place, playground, now=now))
    return place


def leave_playground(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> None:
    """A teacher gives her place back, and is not reminded any more. Leaving twice changes nothing."""
    with transaction.atomic():
        playground = _lock_planned(playground, now=now)
        if (place := playground.sign_ups.filter(teacher=by).first()) is not None:
            outbox.withdraw(place.about)
            place.delete()


def _refuse_unless_coordinator(by: User, program: Program) -> None:
    """Who runs the programs of this school schedules and cancels their playgrounds."""
    if not by.may(RUN_PROGRAM) or by.school_id != program.school_id:
        raise Refused(_("Only a coordinator can do this."))


def _refuse_unfit_mentors(mentors: Sequence[User], program: Program) -> None:
    """Mentors on duty are in the program, and the consents to take part stand: a guardian's and their own."""
    fit = set(
        User.objects.active()
        .may_take_part()
        .filter(participations__in=Participant.objects.present().filter(program=program, role=Participant.Role.STUDENT))
        .values_list("pk", flat=True)
    )
    unfit = [mentor.short_name for mentor in mentors if mentor.pk not in fit]
    if unfit:
        raise Refused(_("Not in the program, or consent is missing: %(names)s.") % {"names": _(", ").join(unfit)})


def _lock_planned(playground: PlaygroundSession, *, now: dt.datetime) -> PlaygroundSession:
    """The playground, read again under a row lock, if it is planned and not over."""
    playground = (
        PlaygroundSession.objects.select_for_update(of=("self",))
        .select_related("program__school", "room", "period", "adult_in_charge")
        .get(pk=playground.pk)
    )
    if not playground.is_standing:
        raise Refused(_("This playground was cancelled."))
    if playground.ends_at <= now:
        raise Refused(_("This playground is over."))
    return playground
