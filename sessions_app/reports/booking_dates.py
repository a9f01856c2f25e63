"""What each date of a series of bookings would be, and how its dates count for each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sessions_app.models import Booking, BookingRules
from sessions_app.models.hold import Misses
from sessions_app.reports.rules import MeetingFacts
from sessions_app.reports.series import Occurrence, Span, weekly_dates


@dataclass(frozen=True)
class BookingDate(Occurrence):
    """A date with its facts, where there is school at all; or with the sentence that says what stands in the way."""

    facts: MeetingFacts | None = None
    # The mentor is protected then, and a coordinator's reason goes past that.
    is_overridden: bool = False


def day_of(booking: Booking) -> dt.date:
    """The date of a booking on the school's walls."""
    return booking.starts_at.astimezone(booking.program.school.zone).date()


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
    same_week = [one for one in earlier if _monday(one.day) == _monday(day)]
    core = [one.span for one in same_week if one.span and one.facts and one.facts.misses == Misses.CORE]
    return replace(
        facts,
        teacher_week_count=facts.teacher_week_count + len(same_week),
        mentor_week_count=facts.mentor_week_count + len(same_week),
        core_minutes=facts.core_minutes + sum(_minutes(span) for span in core),
        has_left_before=facts.has_left_before or any(_is_same_class(facts, day, one, rules) for one in earlier),
    )


def _is_same_class(facts: MeetingFacts, day: dt.date, other: BookingDate, rules: BookingRules) -> bool:
    """Whether the mentor leaves the same class on both dates, too near; one that nobody knows counts as the same."""
    if not (facts.misses and other.facts and other.facts.misses):
        return False
    classes = {facts.class_id, other.facts.class_id}
    return abs((day - other.day).days) < rules.same_class_days and (len(classes) == 1 or None in classes)


def _minutes(span: Span) -> int:
    return int((span[1] - span[0]).total_seconds() // 60)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
