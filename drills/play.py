"""One fault, once: bookings and reminders go on, something breaks, it is mended, and everything is counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from accounts import clock
from accounts.services.delivery import GROUP
from drills.faults import Fault
from drills.letters import Post, write_due
from drills.load import Load
from drills.overlap import leftovers, missing, overlaps
from drills.row import Row
from drills.scene import PATIENCE_SECONDS, Scene

WEB_BACK_SECONDS = 30
REST_OUT_SECONDS = 5
MAIL_OUT_SECONDS = 120
LATER_SECONDS = 15  # beat wakes the scan every second here
PAGE_SECONDS = 2
LAST = 10


@dataclass(frozen=True)
class Size:
    """How much of everything: 1 is the full size."""

    part: float

    @property
    def reminders(self) -> int:
        """That come due in one run."""
        return max(60, round(1_000 * self.part))

    @property
    def clients(self) -> int:
        """Who book all the time."""
        return max(3, min(8, round(8 * self.part)))

    @property
    def trouble_seconds(self) -> float:
        """How long something stays broken, where nothing else is said."""
        return max(1.5, 10 * self.part)

    @property
    def outage_seconds(self) -> float:
        """How long the broker stays away."""
        return max(3.0, 600 * self.part)

    @property
    def measures_times(self) -> bool:
        """A small drill tries each fault on a machine that has other work: it waits longer, and skips long pauses."""
        return self.part >= 0.1

    def limit(self, seconds: float) -> float:
        """What a time is judged by."""
        return seconds if self.measures_times else 3 * seconds


@dataclass
class Run:
    """What a fault needs to know of the run that it breaks, and says of itself."""

    scene: Scene
    load: Load
    post: Post
    size: Size
    killed_scans: int = 0  # each may leave a group in flight

    def wait_until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something that other processes do. Raises RuntimeError where it does not happen."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > end:
                raise RuntimeError(f"It did not happen within {PATIENCE_SECONDS} s: {what}")
            time.sleep(0.02)

    def suffer(self, seconds: float | None = None) -> None:
        """Let time pass, as broken as it is."""
        time.sleep(self.size.trouble_seconds if seconds is None else seconds)


def play(scene: Scene, fault: Fault, size: Size, *, seed: int) -> Row:
    """Run a fault once. Raises NotHere where this machine can't do it."""
    load = Load(scene, seed=seed)
    teachers = load.town.crowd.teachers
    for person in [*teachers, *load.town.crowd.mentors[::2]]:  # every other mentor reads on the home page
        person.email = f"{person.username}@example.org"
        person.save(update_fields=["email"])
    post = Post(load.town.crowd.school.pk, scene.sink)
    run = Run(scene, load, post, size)
    load.begin(size.clients)
    try:
        run.wait_until(lambda: load.outcome.won("book") > 2, "bookings before the fault")
        write_due(teachers, count=size.reminders, over=2 * size.trouble_seconds)
        fault.happen(run)
        mended_at = clock.now()
        web_s = load.seconds_until_a_page(seconds=size.limit(WEB_BACK_SECONDS))
        won = load.outcome.won("book")
        run.wait_until(lambda: load.outcome.won("book") > won, "a booking after the fault")
        rest_s = post.seconds_until_rest(mended_at, seconds=size.limit(MAIL_OUT_SECONDS))
    finally:
        load.end()
    mail_s = post.wait_until_out(seconds=size.limit(MAIL_OUT_SECONDS), skips_pauses=not size.measures_times)
    # Beat lives as well: nobody else wakes the scan for these.
    write_due(teachers, count=LAST, over=2, first=size.reminders)
    last_s = post.wait_until_out(seconds=size.limit(MAIL_OUT_SECONDS), skips_pauses=False)
    connection.close()
    outcome, tally = load.outcome, post.tally()
    half = [*overlaps(), *leftovers(), *[("mail of nothing",)] * tally.unknown]
    row = Row.of(outcome, gone=missing(outcome.promised), half=half)
    row.due, row.lost, row.doubled = tally.due, tally.lost, tally.doubled
    row.in_flight, row.parked = tally.in_flight, tally.ends["parked"]
    row.page_s, row.web_s, row.rest_s, row.mail_s = outcome.pages_p95_ms() / 1000, web_s, rest_s, mail_s
    most = (GROUP + 1) * run.killed_scans + len(scene.sink.unanswered)
    row.judge(
        {
            f"{tally.ends['failed']} messages failed": tally.ends["failed"] > 0,
            f"{row.in_flight} doubled in flight": row.in_flight > most,
            f"only {row.due} messages were due": row.due < size.reminders,
            f"the web came back after {web_s:.0f} s": web_s >= size.limit(WEB_BACK_SECONDS),
            f"the rest was out after {rest_s:.1f} s": fault.brings_back_sender
            and size.measures_times
            and rest_s > REST_OUT_SECONDS,
            f"the mail was out after {mail_s:.0f} s": mail_s >= size.limit(MAIL_OUT_SECONDS),
            f"later mail waited for {last_s:.0f} s": last_s >= size.limit(LATER_SECONDS),
            f"pages took {row.page_s:.1f} s": fault.spares_pages and size.measures_times and row.page_s > PAGE_SECONDS,
        }
    )
    return row
