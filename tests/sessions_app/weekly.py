"""Playgrounds of every week, as tests plan them."""

import datetime as dt
from collections.abc import Callable

from sessions_app.models import Series
from sessions_app.reports.playground_dates import Plan

Plans = Callable[..., Plan]
Weekly = Callable[..., Series]
THURSDAYS = [dt.date(2026, 12, 3), dt.date(2026, 12, 10), dt.date(2026, 12, 17)]


def dates_of(series: Series) -> list[dt.date]:
    """The dates on the school's walls of those that stand."""
    zone = series.program.school.zone
    return [row.starts_at.astimezone(zone).date() for row in series.playgrounds.standing().order_by("starts_at")]
