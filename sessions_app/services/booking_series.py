"""A booking that repeats: all its dates looked at first, booked all or none, and ended from one date on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from accounts.services import Refused
from sessions_app.models import Booking, BookingRules, Hold, Series
from sessions_app.reports.booking_dates import (
    BookingDate,
    counting_earlier,
    dates_after,
    day_of,
    slot_of,
    whose_time_is_taken,
)
from sessions_app.reports.rules import MeetingFacts, facts_of_dates
from sessions_app.reports.series import MOST_DATES, Span, rule_of, spans_of
from sessions_app.services import notices, series_notices
from sessions_app.services.booking import lock_standing, refuse_booking_for, refuse_day_outside, refuse_started
from sessions_app.services.holds import holds_of_booking, lock_bodies, losing_is_time_taken
from sessions_app.services.playground_dates import DatesTaken
from sessions_app.services.rules import (
    Protected,
    may_go_past_rules,
    refuse_closed_hours,
    refuse_forbidden_meeting,
    refuse_late_change,
    refuse_unprotected,
)


def look_at_dates(
    booking: Booking,
    days: Sequence[dt.date],
    *,
    by: User,
    now: dt.datetime,
    left_out: Collection[dt.date] = (),
    override_reason: str = "",
) -> list[BookingDate]:
    """What the same meeting would be on each of these days, in their order: possible, or why not.

    Each date that is possible, and not left out, counts for those after it, as if it were booked. Three statements,
    for a booking by the clock four, whatever the number of days.
    """
    school = booking.program.school
    spans = spans_of(slot_of(booking), days, school=school, grade=booking.mentor.grade)
    asked = [(day, spans[day]) for day in days if day in spans]
    facts = dict(zip([day for day, _span in asked], facts_of_dates(booking, asked), strict=True))
    found: list[BookingDate] = []
    booked: list[BookingDate] = []
    for day in days:
        if day in spans:
            own = counting_earlier(facts[day], day, booked, rules=BookingRules.of(school))
            one = _judged(booking, day, spans[day], own, by=by, now=now, override_reason=override_reason)
        else:
            one = BookingDate(day, None, _why_not_held(booking))
        found.append(one)
        if not one.why_not and day not in left_out:
            booked.append(one)
    return found


def book_series(
    booking: Booking,
    *,
    by: User,
    until: dt.date,
    weekdays: Collection[int],
    every: int,
    left_out: Collection[dt.date],
    revision: int,
    request_key: uuid.UUID,
    now: dt.datetime,
    override_reason: str = "",
) -> Series:
    """Repeat a booking on these weekdays until a day, but for the dates that are left out: all of them or none.

    The booking becomes the first date of the series. The same `request_key` by the same person answers with the first
    series. Raises DatesTaken with what each date would be where one is not possible; Refused where no date is left, or
    where the booking is not at `revision` any more: it was moved since its dates were looked at.
    """
    with losing_is_time_taken(), transaction.atomic():
        booking = lock_standing(booking, by=by, now=now)
        refuse_booking_for(by, booking.program, booking.teacher)
        if booking.series is not None:
            if (booking.series.request_key, booking.series.made_by_id) != (request_key, by.pk):
                raise Refused(_("This booking is part of a series already."))
            return booking.series
        if booking.revision != revision:
            raise Refused(_("This booking was changed meanwhile. Look at the dates again."))
        days = [day for day in dates_after(booking, until=until, weekdays=weekdays, every=every) if day not in left_out]
        if not days:
            raise Refused(_("No date is left. Choose other days, or leave fewer out."))
        if len(days) > MOST_DATES:
            raise Refused(_("That is more than %(count)s dates. Choose an earlier last day.") % {"count": MOST_DATES})
        lock_bodies(people=[booking.teacher_id, booking.mentor_id], rooms=[booking.room_id])
        found = look_at_dates(booking, days, by=by, now=now, override_reason=override_reason)
        if any(one.why_not for one in found):
            raise DatesTaken(found)
        series, is_new = Series.objects.get_or_create(
            request_key=request_key,
            defaults={
                "program": booking.program,
                "rule": rule_of(until, weekdays, every=every),
                "starts_on": day_of(booking),
                "until": until,
                "made_by": by,
                "made_at": now,
            },
        )
        if not is_new:
            raise Refused(_("This is not your series."))
        _write_dates(booking, series, found, by=by, now=now, override_reason=override_reason)
    return series


def cancel_series(booking: Booking, *, by: User, reason: str, now: dt.datetime) -> list[Booking]:
    """Cancel this date of a series and those after it: all of them or none. Each person has one message about it.

    Refused for a mentor, who declines single dates, and shortly before the first of them begins.
    """
    with transaction.atomic():
        booking = Booking.objects.get(pk=booking.pk)
        rows = Booking.objects.to_change().filter(pk__in=Booking.objects.following(booking, now).values("pk"))
        bookings = sorted(rows.order_by("pk"), key=lambda row: (row.starts_at, row.pk))
        bookings = [row for row in bookings if row.is_open_to_change(now) and row.started_at is None]
        if booking.pk not in {row.pk for row in bookings}:
            refuse_started(Booking.objects.get(pk=booking.pk))
            raise Refused(_("This booking was cancelled already, or is over."))
        if by.pk != booking.teacher_id and not may_go_past_rules(by, booking.program):
            raise Refused(_("This is not your booking."))
        prefetch_related_objects(bookings, "room", "period")  # after the lock: each as it is by now
        for row in bookings:
            refuse_late_change(row.starts_at, by=by, program=row.program, now=now)
        ended = {"state": Booking.State.CANCELLED, "ended_by": by, "ended_at": now, "end_reason": reason}
        ids = [row.pk for row in bookings]
        Booking.objects.filter(pk__in=ids).update(**ended, revision=F("revision") + 1)
        for row in bookings:
            row.state, row.revision = Booking.State.CANCELLED, row.revision + 1
        Hold.objects.filter(booking__in=ids).delete()
        outbox.withdraw(*(row.about for row in bookings))
        series = bookings[0].series
        assert series is not None
        if not series.bookings.standing().exists():
            outbox.withdraw(series.about)
        outbox.post(series_notices.of_cancelled_series(bookings, now=now))
    return bookings


def _why_not_held(booking: Booking) -> str:
    if booking.period is None:
        return _("There is no school at that time on that day.")
    return _("There is no %(period)s on that day.") % {"period": booking.period}


def _judged(
    booking: Booking,
    day: dt.date,
    span: Span,
    facts: MeetingFacts,
    *,
    by: User,
    now: dt.datetime,
    override_reason: str,
) -> BookingDate:
    """One date under the same rules as any booking."""
    program, mentor, period = booking.program, booking.mentor, booking.period
    if names := whose_time_is_taken(booking, facts):
        why_not = _("Taken at that time: %(names)s") % {"names": _(", ").join(names)}
        return BookingDate(day, span, why_not, is_taken=True, facts=facts)
    is_overridden = False
    try:
        refuse_day_outside(program, day)
        if period is None:
            refuse_closed_hours(day, *span, school=program.school)
        refuse_forbidden_meeting(
            facts, by=by, program=program, mentor=mentor, room=booking.room, tool=booking.tool, period=period,
            start=span[0], now=now,
        )  # fmt: skip
        try:
            refuse_unprotected(facts, minutes=booking.minutes, mentor=mentor, rules=BookingRules.of(program.school))
        except Protected:
            is_overridden = bool(override_reason.strip() and may_go_past_rules(by, program))
            if not is_overridden:
                raise
    except Refused as refused:
        return BookingDate(day, span, str(refused), facts=facts)
    return BookingDate(day, span, facts=facts, is_overridden=is_overridden)


def _write_dates(
    first: Booking, series: Series, dates: Sequence[BookingDate], *, by: User, now: dt.datetime, override_reason: str
) -> None:
    """Write the rows of all dates, their holds and their messages. All of them are possible, and the locks are held."""
    first.series, first.series_date = series, series.starts_on
    first.save(update_fields=["series", "series_date"])
    bookings, holds = [], []
    for one in dates:
        assert one.span is not None
        assert one.facts is not None
        bookings.append(
            Booking(
                program=first.program,
                teacher=first.teacher,
                mentor=first.mentor,
                room=first.room,
                tool=first.tool,
                learner_group=first.learner_group,
                goal=first.goal,
                starts_at=one.span[0],
                ends_at=one.span[1],
                period=first.period,
                series=series,
                series_date=one.day,
                booked_by=by,
                booked_at=now,
                override_reason=override_reason.strip() if one.is_overridden else "",
                overridden_by=by if one.is_overridden else None,
            )
        )
    Booking.objects.bulk_create(bookings)
    for booking, one in zip(bookings, dates, strict=True):
        assert one.facts is not None
        holds += holds_of_booking(booking, one.facts)
    Hold.objects.bulk_create(holds)
    reminders = [message for booking in bookings for message in notices.reminders_of_booking(booking, now=now)]
    outbox.post([*series_notices.of_new_series(series, [first, *bookings], now=now), *reminders])
