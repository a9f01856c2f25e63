"""Faults of `make drill` once, small, in one program that is started for that: as the command does it.

Those that the other tests of this folder try, one by one and closer, are left to them.
"""

import os
import re
import subprocess
import sys

from config.environment import BASE_DIR
from drills.faults import FAULTS

TRIED_BY_OTHERS = {
    "worker-killed", "valkey-flushed", "valkey-down", "two-beats", "two-scans", "mail-450", "mail-drops",
}  # fmt: skip
HERE = [name for name in FAULTS if name not in TRIED_BY_OTHERS]
MINUTES = 15


def test_each_fault_once_leaves_nothing_lost_doubled_or_half() -> None:
    ours = ("PYTEST_", "DJANGO_", "DATABASE_URL", "TEST_DATABASE_NAME")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}

    drill = subprocess.run(
        [sys.executable, "-m", "drills"],
        cwd=BASE_DIR,
        env=environment | {"DRILL": ",".join(HERE), "SIZE": "0.01", "REPEATS": "1"},
        capture_output=True,
        text=True,
        timeout=MINUTES * 60,
    )

    said = f"{drill.stdout}\n{drill.stderr[-6000:]}"
    table = dict(re.findall(r"^([a-z0-9-]+) +\d+ .*?(holds|WRONG|not run here: .+)$", drill.stdout, re.MULTILINE))
    assert set(table) == set(HERE), said
    assert "WRONG" not in table.values(), said
    assert drill.returncode == 0, said
    # Only what takes root may be left out, and says so.
    assert {name for name, verdict in table.items() if verdict != "holds"} <= {"disk-full"}, said
