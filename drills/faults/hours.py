"""The clock of the program's processes is wrong by an hour, and is set right again while they run."""

from __future__ import annotations

from drills.play import Run

HOUR = 3600


def clock_ahead(run: Run) -> None:
    """An hour too early; set right, the same hour comes again."""
    _wrong_by(HOUR, run)


def clock_behind(run: Run) -> None:
    """An hour too late; set right, an hour is left out."""
    _wrong_by(-HOUR, run)


def _wrong_by(seconds: int, run: Run) -> None:
    run.scene.wind(seconds)
    run.suffer()
    run.scene.wind(0)
