"""Who could step in for the mentor of a booking, at the very time at which it stands."""

from __future__ import annotations

import datetime as dt

from sessions_app.models import Booking, BookingRules
from sessions_app.reports.booking_dates import day_of
from sessions_app.reports.finder import Proposal, free_mentors


def replacements(booking: Booking, *, now: dt.datetime, is_bound: bool) -> list[Proposal]:
    """The mentors who fit and are free then, who misses least first, with the reasons; two statements.

    Notice and limits a week count where `is_bound`. Who has other bells at that time is not among them. The finder
    looks at periods only: at a clock time it proposes nobody.
    """
    if booking.period is None:
        return []
    rules = BookingRules.of(booking.program.school)
    found = free_mentors(
        booking.teacher,
        tool=booking.tool,
        program=booking.program,
        day=day_of(booking),
        period=booking.period,
        now=now,
        rules=rules if is_bound else rules.for_coordinators(),
        to_teacher=is_bound,
        instead_of=booking,
    )
    return [one for one in found if (one.starts_at, one.ends_at) == (booking.starts_at, booking.ends_at)]
