"""Celery's beat, for a machine whose clock is set while it runs."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from celery.beat import Scheduler

# More than a clock that is kept right drifts between two looks, and less than anybody waits for a reminder.
JUMP_SECONDS = 5.0


class SteadyScheduler(Scheduler):
    """Keeps its distances when the clock jumps.

    Celery's own notes on the clock when each task ran last. After the clock is set back by an hour it rests until the
    hour is over, and no reminder leaves that nothing else wakes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ahead = self._clock_ahead()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Start what is due; answers the seconds until the next look."""
        ahead = self._clock_ahead()
        if abs(moved := ahead - self._ahead) > JUMP_SECONDS:
            self._ahead = ahead
            for entry in self.schedule.values():
                assert entry.last_run_at is not None  # the moment of its making is where it begins
                entry.last_run_at += dt.timedelta(seconds=moved)
            self._heap = None  # it was in the order of the old clock
        seconds: float = super().tick(*args, **kwargs)
        return seconds

    def _clock_ahead(self) -> float:
        """How far the clock is ahead of the seconds that have passed."""
        return time.time() - self._seconds_passed()

    def _seconds_passed(self) -> float:
        """Since the machine began, whatever its clock says."""
        return time.monotonic()
