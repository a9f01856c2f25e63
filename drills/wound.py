"""Runs a module with a clock that can be wound while it runs: `python -m drills.wound FILE MODULE ARGUMENTS`.

FILE holds the seconds by which the clock is ahead of the right time. Only what Python reads as the time of day moves,
in this process and in those that it forks; waiting and measuring how long something takes go on as they are.
"""

from __future__ import annotations

import datetime as dt
import os
import runpy
import sys
import threading
import time
from pathlib import Path

import time_machine

LOOK_SECONDS = 0.2


def follow(file: Path) -> None:
    """Set the clock of this process to what the file says, again and again."""
    seen, journey = 0, None
    while True:
        wanted = int(file.read_text())
        if wanted != seen:
            if journey:
                journey.stop()
            journey = time_machine.travel(dt.timedelta(seconds=wanted), tick=True) if wanted else None
            if journey:
                journey.start()
            seen = wanted
        time.sleep(LOOK_SECONDS)


def main(file: Path, module: str, arguments: list[str]) -> None:
    """Run the module as `python -m` would."""

    def begin() -> None:
        threading.Thread(target=follow, args=[file], daemon=True).start()

    os.register_at_fork(after_in_child=begin)
    begin()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
