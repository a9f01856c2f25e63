"""The one clock of the edges: views, tasks and commands ask it, everything below is handed `now` or `today`.

With DEBUG on, an offset file (seconds, as text) moves it, so that web, worker and beat jump together in the demo
and in the browser tests. With DEBUG off the file is never looked at.
"""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import School


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return timezone.now() + offset()


def today(school: School) -> dt.date:
    """The date on the wall of this school."""
    return now().astimezone(school.zone).date()


def offset() -> dt.timedelta:
    """How far the clock was moved: zero unless DEBUG is on and somebody moved it."""
    if not settings.DEBUG:
        return dt.timedelta()
    try:
        return dt.timedelta(seconds=float(Path(settings.CLOCK_OFFSET_FILE).read_text()))
    except (FileNotFoundError, ValueError):
        return dt.timedelta()
