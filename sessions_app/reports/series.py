"""The dates of a weekly series."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from dateutil.rrule import WEEKLY, rrule, weekday

# More dates than a school year has for one playground, even on three days a week.
MOST_DATES = 150
# Monday is 0, as dates count.
NAMES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def weekly_dates(first: dt.date, until: dt.date, weekdays: Collection[int]) -> list[dt.date]:
    """Each of these weekdays (Monday is 0) from the first day to the last, both included.

    Dates of the calendar and not instants: each keeps its time on the wall, whatever the clocks do in between.
    """
    start, end = (dt.datetime.combine(day, dt.time.min) for day in (first, until))
    days = rrule(WEEKLY, dtstart=start, until=end, byweekday=[weekday(number) for number in sorted(weekdays)])
    return [day.date() for day in days]


def rule_of(until: dt.date, weekdays: Collection[int]) -> str:
    """The same as an RRULE of RFC 5545, in local dates."""
    return f"FREQ=WEEKLY;BYDAY={','.join(NAMES[number] for number in sorted(weekdays))};UNTIL={until:%Y%m%d}"
