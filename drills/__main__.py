"""`make drill`: what breaks others, at full size. `SIZE=0.1 make drill` is a tenth of it.

Prints a table; its status is 1 if a row holds something that may never be.
"""

from __future__ import annotations

import os
import sys

from benchmarks.place import Place

ATTEMPTS, CLIENTS = 10_000, 32
LOSERS_P95_MS = 1000


def main(size: float) -> int:
    """Run the drills at this part of their full size; answers the exit status."""
    place = Place(debug=False)
    try:
        os.environ.update(place.environment)
        import django  # reads the settings, which read the environment

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        place.start("web")
        return 0 if storm(place, size) else 1
    finally:
        place.close()


def storm(place: Place, size: float) -> bool:
    """Ten thousand attempts by 32 clients; says what came of them, and whether nothing is wrong."""
    from drills.overlap import leftovers, overlaps
    from drills.storm import Storm

    outcome = Storm(place, seed=1).blow(attempts=round(ATTEMPTS * size), clients=CLIENTS)
    p95 = outcome.losers_p95_ms()
    found, left = overlaps(), leftovers()
    print(f"storm: {outcome.attempts} attempts by {CLIENTS} clients")
    for (act, status), count in sorted(outcome.answers.items()):
        print(f"  {act:<12} {status} {count:>6}")
    print(f"  overlaps {len(found)}, half done {len(left)}, answers of 500: {len(outcome.broken)}")
    print(f"  losers' p95 {p95:.0f} ms")
    for trouble in [*found[:10], *left[:10], *outcome.broken[:10]]:
        print(f"  ! {trouble}")
    return not found and not left and not outcome.broken and p95 <= LOSERS_P95_MS


if __name__ == "__main__":
    sys.exit(main(float(os.environ.get("SIZE") or 1)))
