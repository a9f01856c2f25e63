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
    """Both leave the same class; where nobody knows which one it is, the period tells, as in a Hold."""
    return any(
        (class_id == left if class_id and left else period_id == left_period)
        for class_id, period_id in _classes_of(leaving)
        for left, left_period in _classes_of(other)
    )


def _classes_of(leaving: Leaving) -> list[tuple[int | None, int | None]]:
    """All that is left, the worst first: ids of classes, None where nobody knows it, each with that of its period."""
    return [(leaving.class_id, leaving.period_id), *leaving.also] if leaving.misses else []


def _minutes(span: Span) -> int:
    return int((span[1] - span[0]).total_seconds() // 60)
