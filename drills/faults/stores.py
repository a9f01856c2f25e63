"""PostgreSQL, its disk, and Valkey go away and come back."""

from __future__ import annotations

from django.db import connection

from drills.play import Run


def postgres_killed(run: Run) -> None:
    """kill -9 of PostgreSQL; it comes back after a while, and nobody starts the web process or the worker anew."""
    run.scene.kill_postgres()
    run.killed_scans = 1
    run.suffer()
    run.scene.start_postgres()
    run.post.note_in_flight()


def disk_full(run: Run) -> None:
    """No room for a row, or for PostgreSQL's own log, after which it may even end by itself."""
    run.scene.fill_disk()
    run.killed_scans = 1
    outcome = run.load.outcome
    try:
        run.wait_until(lambda: outcome.away + len(outcome.broken) > 3, "pages feel that the disk is full")
        run.suffer()
    finally:
        run.scene.empty_disk()
        connection.close()
    run.scene.start_postgres()
    run.post.note_in_flight()


def valkey_killed(run: Run) -> None:
    """kill -9 of Valkey, which comes back empty at once."""
    run.scene.kill_valkey()
    run.scene.start_valkey()


def valkey_flushed(run: Run) -> None:
    """All that is queued is gone, again and again."""
    for _time in range(5):
        run.scene.flush_valkey()
        run.suffer(run.size.trouble_seconds / 5)


def valkey_down(run: Run) -> None:
    """Valkey is away for ten minutes: what is saved stays saved."""
    run.scene.kill_valkey()
    run.suffer(run.size.outage_seconds)
    run.scene.start_valkey()
