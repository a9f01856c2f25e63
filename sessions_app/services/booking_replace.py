"""Another mentor for a booking that stands: the same row, time, room and goal."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from accounts.services import Refused
from sessions_app.models import Booking
from sessions_app.reports.booking_dates import day_of
from sessions_app.reports.rules import facts_of_meeting, span_of
from sessions_app.services import notices
from sessions_app.services.booking import lock_standing, protect
from sessions_app.services.holds import hold_booking, lock_bodies, losing_is_time_taken
from sessions_app.services.rules import may_go_past_rules, refuse_forbidden_meeting, refuse_late_change


def replace_mentor(booking: Booking, *, by: User, mentor: User, now: dt.datetime, override_reason: str = "") -> Booking:
    """Put somebody in the place of a booking's mentor: by its teacher, or by who runs the program.

    The one who leaves is free and told so, the other two are told too. Raises TimeTaken, Refused or Protected like
    `book_mentor`, and Refused shortly before it begins (but for a coordinator) or once it has begun; then the booking
    stands as it stood.
    """
    with losing_is_time_taken(), transaction.atomic():
        booking = lock_standing(booking, by=by, now=now)
        if by.pk != booking.teacher_id and not may_go_past_rules(by, booking.program):
            raise Refused(_("This is not your booking."))
        before, period = booking.mentor, booking.period
        if before.pk == mentor.pk:
            return booking  # a double click
        if booking.started_at is not None:
            raise Refused(_("You have started already. Nobody else can step in any more."))
        refuse_late_change(booking.starts_at, by=by, program=booking.program, now=now)
        day = day_of(booking)
        if period and span_of(period, day, grade=mentor.grade) != (booking.starts_at, booking.ends_at):
            raise Refused(_("%(mentor)s has other bells at that time.") % {"mentor": mentor.short_name})
        lock_bodies(people=[booking.teacher_id, before.pk, mentor.pk], rooms=[booking.room_id])
        facts = facts_of_meeting(
            program=booking.program, teacher=booking.teacher, mentor=mentor, room=booking.room, tool=booking.tool,
            day=day, period=period, start=booking.starts_at, end=booking.ends_at, but=booking,
        )  # fmt: skip
        refuse_forbidden_meeting(
            facts, by=by, program=booking.program, mentor=mentor, room=booking.room, tool=booking.tool, period=period,
            start=booking.starts_at, now=now,
        )  # fmt: skip
        booking.mentor = mentor
        booking.revision += 1
        protect(booking, facts, by=by, reason=override_reason)
        booking.save(update_fields=["mentor", "revision", "override_reason", "overridden_by"])
        booking.holds.all().delete()
        hold_booking(booking, facts)
        outbox.withdraw(booking.about)
        outbox.post(notices.of_replacement(booking, before, now=now))
    return booking
