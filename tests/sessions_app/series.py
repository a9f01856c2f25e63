"""The dates of the series of bookings that tests speak of."""

import datetime as dt

from sessions_app.models import Series

FIRST = dt.date(2026, 12, 3)
WEEK = dt.timedelta(days=7)
LAST = FIRST + 5 * WEEK


def thursdays(count: int) -> list[dt.date]:
    """The Thursdays after the first, which is booked."""
    return [FIRST + number * WEEK for number in range(1, count + 1)]


def dates_of(series: Series) -> list[dt.date]:
    """The dates on the school's walls of those that stand."""
    zone = series.program.school.zone
    return [row.starts_at.astimezone(zone).date() for row in series.bookings.standing().order_by("starts_at")]
