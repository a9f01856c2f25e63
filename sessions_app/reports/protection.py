"""How the dates of one series count for each other, where mentors leave classes for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from sessions_app.models import BookingRules
from sessions_app.models.hold import Misses
from sessions_app.reports.rules import Leaving
from sessions_app.reports.series import Span

# What one person leaves on one date, and when.
Left = tuple[dt.date, Span, Leaving]
OneLeaving = TypeVar("OneLeaving", bound=Leaving)


def leaving_after(leaving: OneLeaving, day: dt.date, earlier: Sequence[Left], *, rules: BookingRules) -> OneLeaving:
    """What somebody leaves on a date, once the earlier dates of the same series stand, too."""
    core = [one for one in earlier if monday(one[0]) == monday(day) and one[2].misses == Misses.CORE]
    return replace(
        leaving,
        core_minutes=leaving.core_minutes + sum(missed_of(left, _minutes(span)) for _date, span, left in core),
        has_left_before=leaving.has_left_before
        or any(_is_same_class(leaving, left) for date, _span, left in earlier if _is_near(day, date, rules)),
    )


def missed_of(leaving: Leaving, minutes: int) -> int:
    """How much of core classes is missed, where the whole meeting has so many minutes."""
    return minutes if leaving.missed_minutes is None else leaving.missed_minutes


def monday(day: dt.date) -> dt.date:
    """The first day of its week."""
    return day - dt.timedelta(days=day.weekday())


def _is_near(day: dt.date, other: dt.date, rules: BookingRules) -> bool:
    return abs((day - other).days) < rules.same_class_days


def _is_same_class(leaving: Leaving, other: Leaving) -> bool:
    """Both leave a class, and it is the same one; one that nobody knows counts as the same."""
    classes = {leaving.class_id, other.class_id}
    return bool(leaving.misses and other.misses) and (len(classes) == 1 or None in classes)


def _minutes(span: Span) -> int:
    return int((span[1] - span[0]).total_seconds() // 60)
