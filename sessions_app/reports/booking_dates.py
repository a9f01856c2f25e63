"""What each date of a series of bookings would be, and how its dates count for each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sessions_app.models import Booking, BookingRules
from sessions_app.reports.protection import leaving_after, monday
from sessions_app.reports.rules import MeetingFacts
from sessions_app.reports.series import Occurrence, Slot, weekly_dates


@dataclass(frozen=True)
class BookingDate(Occurrence):
    """A date with its facts, where there is school at all; or with the sentence that says what stands in the way."""

    facts: MeetingFacts | None = None
    # The mentor is protected then, and a coordinator's reason goes past that.
    is_overridden: bool = False


def day_of(booking: Booking) -> dt.date:
    """The date of a booking on the school's walls."""
    return booking.starts_at.astimezone(booking.program.school.zone).date()


def slot_of(booking: Booking) -> Slot:
    """Its part of a school day: its period, or its times on the school's walls."""
    if booking.period_id is not None:
        return Slot(booking.period)
    zone = booking.program.school.zone
    return Slot(None, *(moment.astimezone(zone).time() for moment in (booking.starts_at, booking.ends_at)))


def dates_after(booking: Booking, *, until: dt.date, weekdays: Collection[int], every: int) -> list[dt.date]:
    """The dates on which a booking would be repeated: these weekdays (Monday is 0) of each week, or every n-th."""
    first = day_of(booking)
    return [day for day in weekly_dates(first, until, weekdays, every=every) if day != first]


def whose_time_is_taken(booking: Booking, facts: MeetingFacts) -> list[str]:
    """The names of those of the two people, and of the room, who are taken at that time."""
    taken = {
        booking.mentor.short_name: facts.is_mentor_held,
        booking.teacher.short_name: facts.is_teacher_held,
        booking.room.name: facts.is_room_held,
    }
    return [name for name, is_taken in taken.items() if is_taken]


def counting_earlier(
    facts: MeetingFacts, day: dt.date, earlier: Sequence[BookingDate], *, rules: BookingRules
) -> MeetingFacts:
    """The facts of a date as they are once the earlier dates of its own series are booked, too."""
    same_week = [one for one in earlier if monday(one.day) == monday(day)]
    left = [(one.day, one.span, one.facts) for one in earlier if one.span and one.facts]
    return replace(
        leaving_after(facts, day, left, rules=rules),
        teacher_week_count=facts.teacher_week_count + len(same_week),
        mentor_week_count=facts.mentor_week_count + len(same_week),
    )
