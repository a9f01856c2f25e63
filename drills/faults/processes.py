"""Processes of the program that die, or that run twice, or beside a migration."""

from __future__ import annotations

from celery import current_app

from accounts.outbox import SCAN
from drills.play import Run

SENT_BEFORE = 15  # mails, before the worker that sends them is killed


def worker_killed(run: Run) -> None:
    """kill -9 of the worker while the mail server has a mail and has not said so: its worker will never know."""
    sink = run.scene.sink
    sink.is_holding.clear()
    sink.may_go_on.clear()
    sink.holds_after = len(sink.letters) + SENT_BEFORE
    run.wait_until(sink.is_holding.is_set, "the worker sends")
    run.scene.kill("worker")
    sink.may_go_on.set()
    run.killed_scans = 1
    run.suffer()
    run.post.note_in_flight()
    run.scene.start("worker")
    run.wait_until(lambda: current_app.control.ping(timeout=0.2), "the new worker is there")


def web_killed(run: Run) -> None:
    """kill -9 of one process that serves pages after the other, until some people got no answer."""
    outcome = run.load.outcome
    cut = outcome.unanswered + 2

    def killed_enough() -> bool:
        if outcome.unanswered < cut:
            run.scene.kill_web_worker()
            run.suffer(0.5)
        return outcome.unanswered >= cut

    run.wait_until(killed_enough, "somebody was cut off by the death of a web process")


def two_beats(run: Run) -> None:
    """As after a deployment that left the old ones running."""
    run.scene.start("beat second", "worker second")
    run.suffer()
    run.scene.stop("beat second", "worker second")


def two_scans(run: Run) -> None:
    """Two workers, and many more scans than there is work for."""
    run.scene.start("worker second")
    arrived = len(run.scene.sink.letters)

    def wake() -> bool:
        for _time in range(2):
            current_app.send_task(SCAN, retry=False)
        return len(run.scene.sink.letters) > arrived + SENT_BEFORE

    run.wait_until(wake, "mail is sent by two")
    for _second in range(round(run.size.trouble_seconds)):
        wake()
        run.suffer(1)
    run.scene.stop("worker second")


def migrated(run: Run) -> None:
    """A column and an index come to the tables that every booking writes, and go again."""
    for state in ("", "zero"):
        run.scene.manage("migrate", "--settings=drills.next_version.settings", "next_version", *state.split())
        run.suffer()
