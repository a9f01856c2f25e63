"""Timing two things side by side, and the one line that a measure is."""

from __future__ import annotations

import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import psutil
from django.db import connection
from django.test.utils import CaptureQueriesContext


def side_by_side(ours: Callable[[], object], limit: Callable[[], object], *, rounds: int) -> tuple[float, float]:
    """The medians of both in milliseconds. They take turns, so that noise of the machine meets both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    for act in (ours, limit):
        act()  # the first time is the one of caches and plans
    for _round in range(rounds):
        for kept, act in zip(times, (ours, limit), strict=True):
            start = time.perf_counter()
            act()
            kept.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least `part` of all values do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(part * len(values)) - 1]


def statements_of(act: Callable[[], object]) -> int:
    """How many SQL statements an act sends."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def own_memory_mib() -> float:
    """The resident memory of this process, in MiB."""
    return float(psutil.Process().memory_info().rss / 2**20)


def report(
    work: str,
    what: str,
    *,
    n: int,
    ours_ms: float,
    limit: str,
    limit_ms: float,
    statements: int | None,
    rss_mib: float,
    **more: Any,
) -> None:
    """Print one measure as one JSON line. `limit` says in words what `limit_ms` is the time of."""
    line = {
        "work": work,
        "what": what,
        "n": n,
        "ours_ms": round(ours_ms, 3),
        "limit": limit,
        "limit_ms": round(limit_ms, 3),
        "ratio": round(ours_ms / limit_ms, 2),
        "statements": statements,
        "rss_mib": round(rss_mib, 1),
        **more,
    }
    print(json.dumps(line), flush=True)


def remark(work: str, **figures: Any) -> None:
    """A figure without a limit goes to standard error."""
    print(json.dumps({"work": work, **figures}), file=sys.stderr, flush=True)
