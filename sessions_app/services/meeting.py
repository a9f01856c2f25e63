"""What really happened in a booking: when the two began, when they were done, or that it did not take place."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import outbox
from accounts.models import User
from accounts.services import Refused
from sessions_app.models import Booking
from sessions_app.models.booking import EARLY
from sessions_app.reports.rules import facts_of_meeting
from sessions_app.services.holds import hold_booking, lock_bodies, losing_is_time_taken
from sessions_app.services.rules import may_go_past_rules

# How long after its beginning one waits for somebody, and until when the two may say that nobody came.
WAITED = dt.timedelta(minutes=10)
REMEMBERED = dt.timedelta(days=14)


def start_meeting(booking: Booking, *, by: User, now: dt.datetime) -> Booking:
    """Teacher or mentor says that they have started. Said twice, the first time counts.

    It takes no time that was not booked: who starts early finds each other free, or does not. Raises Refused for
    anybody else, much before the planned time, and after it.
    """
    with transaction.atomic():
        booking = _lock_of_the_two(booking, by=by)
        if booking.started_at is not None:
            return booking
        if not booking.may_start(now):
            minutes = round(EARLY / dt.timedelta(minutes=1))
            raise Refused(
                ngettext(
                    "You can say so from %(count)s minute before until the end.",
                    "You can say so from %(count)s minutes before until the end.",
                    minutes,
                )
                % {"count": minutes}
            )
        booking.started_at = now
        booking.save(update_fields=["started_at"])
    return booking


def finish_meeting(booking: Booking, *, by: User, now: dt.datetime) -> Booking:
    """Teacher or mentor says that they are done: the rest of the time is free again. Said twice, the first time counts.

    The log's minutes begin with the real ones. Raises Refused for anybody else, before they have started, and long
    after the planned end, when the real minutes would be no help.
    """
    with transaction.atomic():
        booking = _lock_of_the_two(booking, by=by)
        if booking.finished_at is not None:
            return booking
        if booking.started_at is None:
            raise Refused(_("Say first that you have started. Or just write the minutes in the log."))
        if not booking.may_finish(now):
            raise Refused(_("The planned time is long over. Just write the minutes in the log."))
        booking.finished_at = max(now, booking.started_at)
        booking.save(update_fields=["finished_at"])
        if now <= booking.starts_at:
            booking.holds.all().delete()
        elif now < booking.ends_at:
            booking.holds.update(during=(booking.starts_at, now))
    return booking


def say_it_did_not_take_place(booking: Booking, *, by: User, who: str, now: dt.datetime) -> Booking:
    """End a booking to which somebody did not come. No log is asked for, no hours count, and nobody is blamed.

    `who` is a word of `Booking.Away`: each of the two can say it of the other one, the coordinator of both too. Said
    twice, the first time counts. Raises Refused in the first minutes, long after, and where help was given.
    """
    with transaction.atomic():
        booking = Booking.objects.to_change().get(pk=booking.pk)
        if who not in who_may_have_been_away(booking, by):
            raise Refused(_("You can't say this of this booking."))
        if booking.state == Booking.State.NO_SHOW:
            return booking
        if not booking.is_standing:
            raise Refused(_("This booking was cancelled already."))
        runs_it = may_go_past_rules(by, booking.program)
        if booking.help_entry_id is not None:
            raise Refused(_("Help was logged for this booking, so it took place."))
        if booking.started_at is not None and not runs_it:
            raise Refused(_("One of you said that you have started. Ask the coordinator."))
        if now < booking.starts_at + WAITED:
            minutes = round(WAITED / dt.timedelta(minutes=1))
            raise Refused(
                ngettext(
                    "Wait at least %(count)s minute for each other first.",
                    "Wait at least %(count)s minutes for each other first.",
                    minutes,
                )
                % {"count": minutes}
            )
        if now > booking.ends_at + REMEMBERED and not runs_it:
            raise Refused(_("That is too long ago. Ask the coordinator."))
        booking.state, booking.who_was_away = Booking.State.NO_SHOW, who
        booking.ended_by, booking.ended_at = by, now
        booking.started_at = booking.finished_at = None
        said = ["state", "who_was_away", "ended_by", "ended_at", "started_at", "finished_at"]
        booking.save(update_fields=said)
        booking.holds.all().delete()
        outbox.withdraw(booking.about)
    return booking


def take_back_that_it_did_not(booking: Booking, *, by: User, now: dt.datetime) -> Booking:
    """The coordinator takes back that a booking did not take place: it stands again, and can be logged.

    It is a new revision, so that the reminders of its log, which were withdrawn, come again. Raises Refused for anybody
    else, and TimeTaken where one of the two, or the room, is taken by something else now.
    """
    with losing_is_time_taken(), transaction.atomic():
        booking = Booking.objects.to_change().get(pk=booking.pk)
        if not may_go_past_rules(by, booking.program):
            raise Refused(_("Only the coordinator can take this back."))
        if booking.state != Booking.State.NO_SHOW:
            return booking
        lock_bodies(people=[booking.teacher_id, booking.mentor_id], rooms=[booking.room_id])
        booking.state, booking.who_was_away = Booking.State.BOOKED, ""
        booking.ended_by = booking.ended_at = None
        booking.revision += 1
        booking.save(update_fields=["state", "who_was_away", "ended_by", "ended_at", "revision"])
        facts = facts_of_meeting(
            program=booking.program, teacher=booking.teacher, mentor=booking.mentor, room=booking.room,
            tool=booking.tool, day=booking.starts_at.astimezone(booking.program.school.zone).date(),
            period=booking.period, start=booking.starts_at, end=booking.ends_at, but=booking,
        )  # fmt: skip
        hold_booking(booking, facts)
    return booking


def who_may_have_been_away(booking: Booking, by: User) -> list[str]:
    """Of whom this person may say it: of the other one, or of both where she runs the program; else of nobody."""
    if may_go_past_rules(by, booking.program):
        return list(Booking.Away.values)
    if by.pk == booking.teacher_id:
        return [Booking.Away.MENTOR]
    return [Booking.Away.TEACHER] if by.pk == booking.mentor_id else []


def may_say_it_did_not(booking: Booking, *, by: User, now: dt.datetime) -> bool:
    """Whether `say_it_did_not_take_place` would take it now, for the page that offers it."""
    is_open = booking.is_standing and booking.help_entry_id is None and now >= booking.starts_at + WAITED
    is_fresh = booking.started_at is None and now <= booking.ends_at + REMEMBERED
    return is_open and (is_fresh or may_go_past_rules(by, booking.program))


def _lock_of_the_two(booking: Booking, *, by: User) -> Booking:
    """The booking, read again under a row lock, if it stands and `by` is one of its two people."""
    booking = Booking.objects.to_change().get(pk=booking.pk)
    if by.pk not in (booking.teacher_id, booking.mentor_id):
        raise Refused(_("This is not your booking."))
    if not booking.is_standing:
        raise Refused(_("This booking was cancelled already."))
    return booking
