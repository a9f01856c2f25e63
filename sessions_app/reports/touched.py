"""Which parts of the school day a clock time touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from accounts.models import School
from sessions_app.reports.school_time import Bells
from sessions_app.reports.series import Span

DateSpan = tuple[dt.date, Span]


class Touched:
    """The periods with which the time of each date shares a moment, by the bells of each of these grades.

    Two statements, whatever the number of dates and grades.
    """

    def __init__(self, dates: Sequence[DateSpan], school: School, *, grades: Iterable[str]) -> None:
        days = [day for day, _span in dates]
        bells = Bells(school, min(days), max(days))
        self.minutes = {
            (day, grade): _shared(bells, day, span, grade=grade) for day, span in dates for grade in set(grades)
        }

    def of(self, day: dt.date, grade: str) -> dict[int, int]:
        """The ids of the periods that a person of this grade has then, each with how many minutes of it are touched."""
        return self.minutes[day, grade]

    @property
    def pairs(self) -> list[tuple[dt.date, int | None]]:
        """Each date with each period that it touches by anybody's bells, and once with none."""
        found: dict[tuple[dt.date, int | None], None] = {}
        for (day, _grade), periods in self.minutes.items():
            found |= dict.fromkeys([(day, None), *((day, period) for period in periods)])
        return list(found)


def _shared(bells: Bells, day: dt.date, span: Span, *, grade: str) -> dict[int, int]:
    shared = {}
    for period in {period for _kind, period in bells.times}:
        held = bells.span(day, period, grade=grade)
        if held and held[0] < span[1] and held[1] > span[0]:
            shared[period] = int((min(held[1], span[1]) - max(held[0], span[0])).total_seconds() // 60)
    return shared
