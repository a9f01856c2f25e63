"""Beat on a machine whose clock is set while it runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from celery import Celery
from celery.beat import ScheduleEntry
from django.conf import settings
from django.utils.module_loading import import_string

from tests.cast import NOW

HOUR = dt.timedelta(hours=1)
Configured = import_string(settings.CELERY_BEAT_SCHEDULER.replace(":", "."))


class Beat(Configured):
    """The beat of the settings, which notes what it starts; the time that has passed is the test's to say."""

    def __init__(self, app: Celery) -> None:
        self.started: list[str] = []
        self.passed = dt.timedelta()
        super().__init__(app)

    def apply_entry(self, entry: ScheduleEntry, producer: object = None) -> None:
        self.started.append(entry.name)

    def _seconds_passed(self) -> float:
        return self.passed.total_seconds()

    def look(self) -> set[str]:
        """What it starts at this moment."""
        self.started.clear()
        for _entry in range(4):
            self.tick()
        return set(self.started)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def beat(clock: time_machine.Traveller) -> Beat:
    app = Celery("beat of a test", broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {name: {"task": name, "schedule": 60} for name in ("scan", "offers")}
    return Beat(app)


def pass_by(seconds: int, beat: Beat, clock: time_machine.Traveller) -> None:
    beat.passed += dt.timedelta(seconds=seconds)
    clock.shift(seconds)


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["ahead", "back"])
def test_timers_keep_their_distance_when_the_clock_jumps(
    jump: dt.timedelta, beat: Beat, clock: time_machine.Traveller
) -> None:
    pass_by(60, beat, clock)
    assert beat.look() == {"scan", "offers"}

    clock.shift(jump)

    assert beat.look() == set()
    pass_by(60, beat, clock)
    assert beat.look() == {"scan", "offers"}
    pass_by(30, beat, clock)
    assert beat.look() == set()


def test_time_that_passes_is_not_read_from_the_clock(beat: Beat, clock: time_machine.Traveller) -> None:
    before = Configured._seconds_passed(beat)

    clock.shift(HOUR)

    assert 0 <= Configured._seconds_passed(beat) - before < HOUR.total_seconds()
