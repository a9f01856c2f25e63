"""What a file says about the days of a term, whatever its kind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from accounts.models import DayType

MOST_DAYS = 1000


@dataclass(frozen=True)
class RefusedRow:
    """A row or event that is not taken: where it stands, and why."""

    row: int
    column: str
    reason: str


@dataclass
class TermCalendar:
    """What a file says about days (None: no school), and what in it can't be taken.

    `cut_after` is the last day that was read of an event that repeats for longer.
    """

    days: dict[dt.date, DayType | None] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)
    cut_after: dt.date | None = None
