"""The two parts of all drills, each with services of its own: the storms, and the faults."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import nullcontext
from itertools import groupby

from benchmarks.place import Place
from drills.faults import FAULTS
from drills.row import Row
from drills.scene import NotHere, Scene
from tests.accounts.smtp_sink import Sink

ATTEMPTS, CLIENTS = 10_000, 32
LOSERS_SECONDS = 1.0
STORM = "storm"

# The mail server is a thread beside the clients: it must not wait its turn of 5 ms at each word of a mail.
SWITCH_SECONDS = 0.0005
Found = dict[str, list[Row] | str]


def storms(size: float, repeats: int) -> Found:
    """Ten thousand attempts by 32 clients, so many times, with other dice each time."""
    place, rows = Place(debug=False), []
    try:
        make_ready(place)
        from drills.overlap import leftovers, missing, overlaps
        from drills.storm import Storm

        place.start("web")
        for seed in range(1, repeats + 1):
            outcome = Storm(place, seed=seed).blow(attempts=round(ATTEMPTS * size), clients=CLIENTS)
            for (act, status), count in sorted(outcome.answers.items()):
                print(f"  {act:<14} {status} {count:>6}", flush=True)
            row = Row.of(outcome, gone=missing(outcome.promised), half=[*overlaps(), *leftovers()])
            row.page_s = outcome.losers_p95_ms() / 1000
            row.judge({f"the losers' p95 was {row.page_s:.1f} s": row.page_s > LOSERS_SECONDS})
            rows.append(row)
            tell(STORM, rows)
    finally:
        place.close()
    return {STORM: rows}


def faults(names: list[str], size: float, repeats: int) -> Found:
    """Each of these so many times, one after the other, in one running program."""
    found: Found = {}
    sys.setswitchinterval(SWITCH_SECONDS)
    with Sink() as sink:
        scene = Scene(sink)
        try:
            make_ready(scene)
            scene.start("web", "worker", "beat")
            for winds_clock, alike in groupby(names, key=lambda name: FAULTS[name].winds_clock):
                with scene.windable_clock() if winds_clock else nullcontext():
                    for name in alike:
                        found[name] = faulty_runs(scene, name, size, repeats)
        finally:
            scene.close()
    return found


def faulty_runs(scene: Scene, name: str, size: float, repeats: int) -> list[Row] | str:
    """One fault so many times; or why it can't be had here."""
    from drills.play import Size, play

    rows: list[Row] = []
    try:
        for turn in range(repeats):
            rows.append(play(scene, FAULTS[name], Size(size), seed=1000 * list(FAULTS).index(name) + turn))
            tell(name, rows)
    except NotHere as reason:
        return str(reason)
    except Exception as error:  # the table of all others is worth having
        rows.append(Row(wrong=[f"{type(error).__name__}: {error}"]))
        tell(name, rows)
    return rows


def make_ready(place: Place) -> None:
    """Lead this process to the database of the place, and make its tables and static files."""
    os.environ.update(place.environment)
    import django  # reads the settings, which read the environment

    django.setup()
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the mail server writes down every word
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def tell(name: str, rows: list[Row]) -> None:
    """How the last run went: a drill takes long."""
    print(f"{name} {len(rows)}: {'; '.join(rows[-1].wrong) or 'holds'}", flush=True)
