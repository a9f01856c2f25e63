"""What the worker does for this app; config/celery.py says when."""

import datetime as dt
from typing import Any

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from accounts import clock, outbox
from accounts.models import Job
from accounts.services import delivery, job, roster, roster_work
from accounts.trail import act_as


@shared_task
def scan_outbox() -> None:
    """Send what is due, and hand long work to the workers."""
    job.hand_out()
    delivery.deliver_due(now=clock.now)


@shared_task
def expire_daily() -> None:
    """Delete what has been kept long enough."""
    outbox.expire(clock.now())
    roster.expire_uploads(now=clock.now())
    SessionStore.clear_expired()


@shared_task
def plan_roster_upload(job_id: int) -> None:
    """Find the fate of each row of a long roster."""
    job.run_job(job_id, _as_who_asked(roster_work.plan), now=clock.now)


@shared_task
def confirm_roster_upload(job_id: int) -> None:
    """Import a long roster."""
    job.run_job(job_id, _as_who_asked(roster_work.confirm), now=clock.now)


def _as_who_asked(work: job.Work) -> job.Work:
    """In the trail the work of a job is the act of the person who asked for it."""

    def act(row: Job, progress: job.Progress, now: dt.datetime) -> dict[str, Any]:
        act_as(row.by)
        return work(row, progress, now)

    return act
