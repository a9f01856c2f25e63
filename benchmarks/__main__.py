"""Measures the program beside a limit taken in the same run: `make bench`, or `WORK=slots make bench` for one work.

Each measure is one JSON line on standard output.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module

from benchmarks.place import Place

WORKS = ["booking", "race", "reminders", "roster", "signin", "slots"]


def main(wanted: str) -> int:
    """Run one work, or all if none is named; answers the exit status."""
    if wanted and wanted not in WORKS:
        print(
            f"There is no work {wanted!r}. WORK is one of: {', '.join(WORKS)}; leave it out for all.", file=sys.stderr
        )
        return 2
    place = Place(debug=False)
    try:
        os.environ.update(place.environment)
        import django  # reads the settings, which read the environment

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        for name in [wanted] if wanted else WORKS:
            work: Callable[[Place], None] = import_module(f"benchmarks.{name}").run
            work(place)
    finally:
        place.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ.get("WORK", "").strip()))
