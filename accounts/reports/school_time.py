"""The school's time in tables: its periods, its months, the days with and without school."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count
from django.db.models.functions import ExtractIsoWeekDay, TruncMonth

from accounts.models import PeriodTime, School


def period_lines(school: School) -> list[dict[str, Any]]:
    """One line for each period, in order, with the times of the main bell schedule on the main kind of day."""
    bells = school.bell_schedules.order_by("pk").first()
    day_type = school.day_types.order_by("pk").first()
    times = {time.period_id: time for time in PeriodTime.objects.filter(bell_schedule=bells, day_type=day_type)}
    lines: list[dict[str, Any]] = []
    for period in school.periods.all():
        time = times.get(period.pk)
        line = {"starts": time.starts, "ends": time.ends} if time else {}
        lines.append({"period": period.pk, "name": period.name, **line})
    return lines


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
