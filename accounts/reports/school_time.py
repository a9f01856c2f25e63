"""The school's time in tables: its periods, its months, the days with and without school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.db.models.functions import ExtractIsoWeekDay, TruncMonth

from accounts.models import BellSchedule, DayType, PeriodTime, School


def period_lines(school: School) -> list[dict[str, Any]]:
    """One line for each period, in order, with the times of the main bell schedule on the main kind of day."""
    bells = school.bell_schedules.filter(grades=[]).order_by("pk").first()
    day_type = school.day_types.order_by("pk").first()
    times = {time.period_id: time for time in PeriodTime.objects.filter(bell_schedule=bells, day_type=day_type)}
    lines: list[dict[str, Any]] = []
    for period in school.periods.all():
        time = times.get(period.pk)
        line = {"starts": time.starts, "ends": time.ends} if time else {}
        lines.append({"period": period.pk, "name": period.name, **line})
    return lines


@dataclass(frozen=True)
class BellRow:
    """A bell schedule, and for each kind of day of the school how many periods it has times for."""

    bells: BellSchedule
    counts: list[tuple[DayType, int]]


def bell_rows(school: School) -> tuple[list[DayType], list[BellRow]]:
    """The kinds of day, and all bell schedules with what they set, the one for everybody first. Three statements."""
    kinds = list(school.day_types.all())
    times = PeriodTime.objects.filter(bell_schedule__school=school).order_by().values_list("bell_schedule", "day_type")
    counts = {(bells, kind): count for bells, kind, count in times.annotate(count=Count("pk"))}
    schedules = sorted(school.bell_schedules.all(), key=lambda bells: (bool(bells.grades), bells.name))
    return kinds, [BellRow(row, [(kind, counts.get((row.pk, kind.pk), 0)) for kind in kinds]) for row in schedules]


def grades_of_school(school: School) -> list[str]:
    """The grades that its students are in."""
    students = school.people.exclude(grade="").order_by("grade")
    return list(students.values_list("grade", flat=True).distinct())


def month_of_school(school: School, first: dt.date) -> list[list[tuple[dt.date, DayType | None] | None]]:
    """The weeks of a month, Monday first: each day with its kind, None for one without school; blanks around it."""
    after = (first + dt.timedelta(days=31)).replace(day=1)
    days = school.days.filter(date__gte=first, date__lt=after).select_related("day_type")
    kinds = {day.date: day.day_type for day in days}
    cells: list[tuple[dt.date, DayType | None] | None] = [None] * first.weekday()
    for number in range((after - first).days):
        date = first + dt.timedelta(days=number)
        cells.append((date, kinds.get(date)))
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


@dataclass(frozen=True)
class DayChange:
    """A date whose kind would change; None is no school."""

    date: dt.date
    before: DayType | None
    after: DayType | None


def day_changes(school: School, days: Mapping[dt.date, DayType | None]) -> list[DayChange]:
    """Those of these dates that are not so already, in order. One statement."""
    there = {day.date: day.day_type for day in school.days.filter(date__in=days).select_related("day_type")}
    changes = (DayChange(date, there.get(date), kind) for date, kind in sorted(days.items(), key=lambda pair: pair[0]))
    return [change for change in changes if change.before != change.after]


def months_of_school(school: School) -> list[tuple[dt.date, int]]:
    """The first day of each month with school, and its number of school days."""
    months = school.days.annotate(month=TruncMonth("date")).values_list("month").annotate(count=Count("pk"))
    return list(months.order_by("month"))


def days_without_school(school: School, *, after: dt.date) -> list[dt.date]:
    """The days from Monday to Friday between the school days to come that are none; at most a year of them."""
    there = list(school.days.filter(date__gte=after).order_by("date").values_list("date", flat=True)[:366])
    if not there:
        return []
    dates = (there[0] + dt.timedelta(days=number) for number in range(min(366, (there[-1] - there[0]).days)))
    known = set(there)
    return [date for date in dates if date.weekday() < 5 and date not in known]


def next_school_day(school: School, today: dt.date) -> dt.date:
    """The day to open a calendar at: today, or on a day off the next day with school within a week. One statement."""
    days = school.days.filter(date__range=(today, today + dt.timedelta(days=7)))
    return days.values_list("date", flat=True).first() or today


def weekdays_without_school(school: School) -> list[int]:
    """The days of the week that never have school, Sunday = 0, as FullCalendar leaves them out. One statement.

    Empty for a school that has set no days yet.
    """
    weekdays = school.days.order_by().annotate(weekday=ExtractIsoWeekDay("date"))
    with_school = {weekday % 7 for weekday in weekdays.values_list("weekday", flat=True).distinct()}
    return [weekday for weekday in range(7) if with_school and weekday not in with_school]
