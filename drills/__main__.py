"""`make drill`: what breaks others, at full size; docs/drills.md says how to read its table.

`DRILL=storm` runs one drill (or several, with commas between), `SIZE=0.1` a tenth of each, `REPEATS=1` each once. The
status is 1 if something happened that may never be.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from drills.faults import FAULTS
from drills.parts import STORM, Found, faults, storms
from drills.row import lines


def main(wanted: str, size: float, repeats: int) -> int:
    """Run these drills, all if none is named, so often each at this part of their full size; answers the status."""
    names = [name.strip() for name in wanted.split(",") if name.strip()] or [STORM, *FAULTS]
    if unknown := set(names) - {STORM, *FAULTS}:
        print(f"There is no drill {', '.join(unknown)}. DRILL is of: {STORM}, {', '.join(FAULTS)}.", file=sys.stderr)
        return 2
    found: Found = {}
    # Each part has a database of its own, and Django knows one for its whole life: so each has a process of its own.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as parts:
        if STORM in names:
            found |= parts.submit(storms, size, repeats).result()
        if broken := [name for name in FAULTS if name in names]:
            found |= parts.submit(faults, broken, size, repeats).result()
    print("\n".join(lines(found)), flush=True)
    return any(row.wrong for rows in found.values() if not isinstance(rows, str) for row in rows)


if __name__ == "__main__":
    sys.exit(main(os.environ.get("DRILL", ""), float(os.environ.get("SIZE") or 1), int(os.environ.get("REPEATS") or 5)))
