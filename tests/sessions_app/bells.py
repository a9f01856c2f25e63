"""The bells of the cast, and what fits them no longer."""

import datetime as dt
from typing import Any

from accounts.models import PeriodTime
from accounts.services.bells import set_bell_times
from sessions_app.reports.school_time import count_misfits, misfits
from sessions_app.services.school_time import (
    change_school_time,
)
from tests.cast import NOW, PERIODS, Cast

LATER = (dt.time(10, 50), dt.time(11, 35))  # where the 4th period goes


def bells_with(cast: Cast, fourth: tuple[dt.time, dt.time] | None) -> dict[int, tuple[dt.time, dt.time]]:
    """The bells of the cast, the 4th period at another time or not at all."""
    times = {period.pk: span for period, span in zip(cast.periods, PERIODS, strict=True)}
    times.pop(cast.periods[3].pk)
    return times | ({cast.periods[3].pk: fourth} if fourth else {})


def ring(cast: Cast, fourth: tuple[dt.time, dt.time] | None = LATER, **how: Any) -> Any:
    """Change the bells through the one service."""
    times = bells_with(cast, fourth)
    return change_school_time(
        lambda: set_bell_times(cast.bell_schedule, cast.day_type, times, by=cast.coordinator),
        **{"is_understood": True, "by": cast.coordinator, "now": NOW} | how,
    )


def abouts(cast: Cast) -> list[str]:
    """What fits no longer; the quick count says the same."""
    found = [misfit.about for misfit in misfits(cast.school, now=NOW)]
    assert count_misfits(cast.school, now=NOW) == len(found)
    return found


def fourth_of(cast: Cast) -> tuple[dt.time, dt.time]:
    time = PeriodTime.objects.get(period=cast.periods[3], day_type=cast.day_type)
    return time.starts, time.ends
