"""The dates of a weekly series, and when a part of the school day is on each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from dateutil.rrule import WEEKLY, rrule, weekday
from django.db.models import Q

from accounts.models import Period, PeriodTime, School, SchoolDay

Span = tuple[dt.datetime, dt.datetime]

# More dates than a school year has for one playground, even on three days a week.
MOST_DATES = 150
# Monday is 0, as dates count.
NAMES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@dataclass(frozen=True)
class Slot:
    """A part of a school day: a period, or clock times on the wall where no period fits."""

    period: Period | None = None
    starts: dt.time | None = None
    ends: dt.time | None = None


@dataclass(frozen=True)
class Occurrence:
    """A date with its instants, or with the sentence that says why nobody can meet then."""

    day: dt.date
    span: Span | None
    why_not: str = ""
    is_taken: bool = False


def weekly_dates(first: dt.date, until: dt.date, weekdays: Collection[int], *, every: int = 1) -> list[dt.date]:
    """Each of these weekdays (Monday is 0) from the first day to the last, both included; of each week or every n-th.

    Dates of the calendar and not instants: each keeps its time on the wall, whatever the clocks do in between.
    """
    start, end = (dt.datetime.combine(day, dt.time.min) for day in (first, until))
    wanted = [weekday(number) for number in sorted(weekdays)]
    days = rrule(WEEKLY, dtstart=start, until=end, interval=every, byweekday=wanted)
    return [day.date() for day in days]


def rule_of(until: dt.date, weekdays: Collection[int], *, every: int = 1) -> str:
    """The same as an RRULE of RFC 5545, in local dates."""
    interval = f"INTERVAL={every};" if every > 1 else ""
    return f"FREQ=WEEKLY;{interval}BYDAY={','.join(NAMES[number] for number in sorted(weekdays))};UNTIL={until:%Y%m%d}"


def spans_of(slot: Slot, days: Collection[dt.date], *, school: School, grade: str = "") -> dict[dt.date, Span]:
    """The instants of a slot on those of the days on which it is held, by the clock on the school's walls.

    A period has its times by the bells of this grade, else by those for everybody. Two statements. Around a change of
    the clocks the rule of `School.wall_span` holds.
    """
    kinds = dict(SchoolDay.objects.filter(school=school, date__in=days).values_list("date", "day_type_id"))
    if slot.period is None:
        assert slot.starts is not None
        assert slot.ends is not None
        return {day: school.wall_span(day, slot.starts, slot.ends) for day in kinds}
    times = PeriodTime.objects.filter(period=slot.period, day_type__in=set(kinds.values()))
    times = times.filter(Q(bell_schedule__grades=[]) | Q(bell_schedule__grades__contains=[grade]))
    times = times.select_related("period__school", "bell_schedule").order_by("starts")
    # Those of the grade come last, so that they take the place of those for everybody.
    by_kind = {time.day_type_id: time for time in sorted(times, key=lambda time: bool(time.bell_schedule.grades))}
    return {day: by_kind[kind].span_on(day) for day, kind in kinds.items() if kind in by_kind}
