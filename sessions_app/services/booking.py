"""Booking a mentor, and moving, cancelling or declining it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Period, Room, User
from accounts.permissions import RUN_PROGRAM
from accounts.services import Refused
from mentorship.models import Program, Tool
from sessions_app.models import Booking, BookingRules
from sessions_app.reports.rules import MeetingFacts, facts_of_meeting, span_of
from sessions_app.services import notices
from sessions_app.services.holds import TimeTaken, hold_booking, lock_bodies, lock_free_bodies, losing_is_time_taken
from sessions_app.services.rules import (
    Protected,
    may_go_past_rules,
    refuse_bad_clock_time,
    refuse_begun,
    refuse_forbidden_meeting,
    refuse_late_change,
    refuse_unprotected,
)


def book_mentor(
    *,
    by: User,
    program: Program,
    teacher: User,
    mentor: User,
    tool: Tool,
    room: Room,
    day: dt.date,
    period: Period | None,
    learner_group: str,
    goal: str,
    request_key: uuid.UUID,
    now: dt.datetime,
    override_reason: str = "",
    span: tuple[dt.datetime, dt.datetime] | None = None,
) -> Booking:
    """Book a mentor for a period of a day, or without one for the clock time `span`.

    It holds from here on, and reminders are queued with it.

    The same `request_key` by the same person answers with the first booking, so that a double click books once.
    Raises TimeTaken if one of the two or the room is taken, Refused if a rule forbids it, Protected where only the
    mentor's protection is in the way: a coordinator's `override_reason` goes past that. `span` are the instants of the
    period on that day for this mentor's grade, where the caller has read them already.
    """
    refuse_booking_for(by, program, teacher)
    refuse_day_outside(program, day)
    starts_at, ends_at = span or span_of(period, day, grade=mentor.grade)
    if period is None:
        refuse_bad_clock_time(day, starts_at, ends_at, school=program.school)
    with losing_is_time_taken(), transaction.atomic():
        if not lock_free_bodies(people=[teacher.pk, mentor.pk], room=room.pk, start=starts_at, end=ends_at):
            return _booked_with(request_key, by, teacher=teacher, mentor=mentor, start=starts_at)
        facts = facts_of_meeting(
            program=program, teacher=teacher, mentor=mentor, room=room, tool=tool, day=day, period=period,
            start=starts_at, end=ends_at, request_key=request_key,
        )  # fmt: skip
        if facts.first_id is not None:
            return _booked_with(request_key, by, teacher=teacher, mentor=mentor, start=starts_at)
        refuse_forbidden_meeting(
            facts, by=by, program=program, mentor=mentor, room=room, tool=tool, period=period, start=starts_at, now=now
        )
        booking = Booking(
            program=program,
            teacher=teacher,
            mentor=mentor,
            room=room,
            tool=tool,
            learner_group=learner_group,
            goal=goal,
            starts_at=starts_at,
            ends_at=ends_at,
            period=period,
            request_key=request_key,
            booked_by=by,
            booked_at=now,
        )
        protect(booking, facts, by=by, reason=override_reason)
        booking.save(force_insert=True)
        hold_booking(booking, facts)
        outbox.post(notices.of_booking(booking, news="booking_made", now=now))
    return booking


def move_booking(
    booking: Booking,
    *,
    by: User,
    day: dt.date,
    period: Period | None,
    room: Room,
    now: dt.datetime,
    override_reason: str = "",
    span: tuple[dt.datetime, dt.datetime] | None = None,
) -> Booking:
    """Move a booking to another period, clock time (`span`, without a period) or room. Its messages move with it.

    Raises TimeTaken, Refused or Protected like `book_mentor`, and Refused shortly before it begins; then the booking
    stands where it stood.
    """
    if period is None and span is not None:
        refuse_bad_clock_time(day, *span, school=booking.program.school)
        starts_at, ends_at = span
    else:
        starts_at, ends_at = span_of(period, day, grade=booking.mentor.grade)
    with losing_is_time_taken(), transaction.atomic():
        booking = lock_standing(booking, by=by, now=now)
        stands = (booking.starts_at, booking.ends_at, booking.period_id, booking.room_id)
        if stands == (starts_at, ends_at, period and period.pk, room.pk):
            return booking  # a double click
        if booking.started_at is not None:
            raise Refused(_("You have started already. It can't be moved any more."))
        refuse_late_change(booking.starts_at, by=by, program=booking.program, now=now)
        refuse_day_outside(booking.program, day)
        lock_bodies(people=[booking.teacher_id, booking.mentor_id], rooms=[booking.room_id, room.pk])
        facts = facts_of_meeting(
            program=booking.program, teacher=booking.teacher, mentor=booking.mentor, room=room, tool=booking.tool,
            day=day, period=period, start=starts_at, end=ends_at, but=booking,
        )  # fmt: skip
        refuse_forbidden_meeting(
            facts, by=by, program=booking.program, mentor=booking.mentor, room=room, tool=booking.tool, period=period,
            start=starts_at, now=now,
        )  # fmt: skip
        booking.starts_at, booking.ends_at, booking.period, booking.room = starts_at, ends_at, period, room
        booking.revision += 1
        protect(booking, facts, by=by, reason=override_reason)
        moved = ["starts_at", "ends_at", "period", "room", "revision", "override_reason", "overridden_by"]
        booking.save(update_fields=moved)
        booking.holds.all().delete()
        hold_booking(booking, facts)
        outbox.withdraw(booking.about)
        outbox.post(notices.of_booking(booking, news="booking_moved", now=now))
    return booking


def cancel_booking(booking: Booking, *, by: User, reason: str, now: dt.datetime) -> Booking:
    """Cancel a booking: the time is free again, reminders are withdrawn, both are told.

    Refused shortly before it begins, but for who runs the program; and to everybody once the two have said that they
    have started. A mentor who can't come declines instead.
    """
    with transaction.atomic():
        booking = lock_standing(booking, by=by, now=now)
        refuse_started(booking)
        refuse_late_change(booking.starts_at, by=by, program=booking.program, now=now)
        return end_booking(booking, state=Booking.State.CANCELLED, by=by, reason=reason, now=now)


def decline_booking(booking: Booking, *, by: User, now: dt.datetime) -> Booking:
    """The mentor can't. No reason is asked for, and the teacher reads "not available".

    Raises Refused for anybody but the booking's own mentor, and once it has begun.
    """
    with transaction.atomic():
        booking = lock_standing(booking, by=by, now=now)
        if booking.mentor_id != by.pk:
            raise Refused(_("Only the mentor of this booking can decline it."))
        refuse_started(booking)
        refuse_begun(booking.starts_at, now=now)
        return end_booking(booking, state=Booking.State.DECLINED, by=by, reason="", now=now)


def end_booking(booking: Booking, *, state: str, by: User, reason: str, now: dt.datetime) -> Booking:
    """End a booking whose row the caller has locked: free the time, withdraw what waits, tell both."""
    booking.state, booking.ended_by, booking.end_reason = state, by, reason
    booking.ended_at = now
    booking.revision += 1
    booking.save(update_fields=["state", "ended_by", "ended_at", "end_reason", "revision"])
    booking.holds.all().delete()
    outbox.withdraw(booking.about)
    outbox.post(notices.of_booking(booking, news="booking_cancelled", now=now))
    return booking


def refuse_started(booking: Booking) -> None:
    """Two who said that they have started meet: nobody calls that off."""
    if booking.started_at is not None:
        raise Refused(_("You have started already. It can't be cancelled any more."))


def refuse_booking_for(by: User, program: Program, teacher: User) -> None:
    """Who books for whom: a teacher books for herself; a coordinator for any teacher of her school's program."""
    if by.pk != teacher.pk and not (by.may(RUN_PROGRAM) and by.school_id == program.school_id):
        raise Refused(_("You can book for yourself only."))
    if program.closed_on is not None:
        raise Refused(_("This program is closed."))


def protect(booking: Booking, facts: MeetingFacts, *, by: User, reason: str) -> None:
    """Refuse what the mentor is protected from, unless a coordinator gives a reason: it is kept on the booking."""
    booking.override_reason, booking.overridden_by = "", None
    rules = BookingRules.of(booking.program.school)
    try:
        refuse_unprotected(facts, minutes=booking.minutes, mentor=booking.mentor, rules=rules)
    except Protected:
        if not (reason.strip() and may_go_past_rules(by, booking.program)):
            raise
        booking.override_reason, booking.overridden_by = reason.strip(), by


def refuse_day_outside(program: Program, day: dt.date) -> None:
    """A program's meetings lie between its first and its last day."""
    if not program.starts_on <= day <= program.ends_on:
        raise Refused(_("The program does not run on that day."))


def _booked_with(request_key: uuid.UUID, by: User, *, teacher: User, mentor: User, start: dt.datetime) -> Booking:
    """What this page has booked already. Raises TimeTaken if it was not this page that took the time, and Refused
    where its booking was cancelled since, or somebody else sent this page."""
    first = Booking.objects.filter(request_key=request_key).first()
    if first is None:
        raise TimeTaken
    if first.booked_by_id != by.pk:
        raise Refused(_("This is not your booking."))
    if not first.is_standing:
        raise Refused(_("This booking was cancelled already."))
    if (first.teacher_id, first.mentor_id, first.starts_at) != (teacher.pk, mentor.pk, start):
        raise Refused(
            _("This page has booked something else already. It stands in your calendar; load the page again.")
        )
    return first


def lock_standing(booking: Booking, *, by: User, now: dt.datetime) -> Booking:
    """The booking, read again under a row lock, if `by` may change it and it stands and is not over."""
    booking = Booking.objects.to_change().get(pk=booking.pk)
    runs_it = by.may(RUN_PROGRAM) and by.school_id == booking.program.school_id
    if by.pk not in (booking.teacher_id, booking.mentor_id) and not runs_it:
        raise Refused(_("This is not your booking."))
    if not booking.is_standing:
        raise Refused(_("This booking was cancelled already."))
    if booking.help_entry_id is not None or booking.is_over(now):
        raise Refused(_("This booking is over and can't be changed any more."))
    return booking
