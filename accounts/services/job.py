"""Long work as a row: asked for, handed to the workers by the scan, done once, or visibly failed or cancelled."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Job, User
from accounts.services.refusal import Refused

logger = logging.getLogger(__name__)

# Percent, told while the work goes on. Raises Cancelled if somebody cancelled it meanwhile.
Progress = Callable[[int], None]
Work = Callable[[Job, Progress, dt.datetime], dict[str, Any]]
State = Job.State
# After this long a job that was handed out and that no worker has in hand is handed out again.
HANDED_OUT_LASTS = dt.timedelta(seconds=60)
# A worker that dies three times at the same work dies of it.
ATTEMPTS = 3
# The worker at work holds this advisory lock with the job's number; it goes with the worker's connection. Any number
# will do.
LOCK = 7_267_838
IN_HAND = (
    "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Cancelled(Exception):
    """Somebody cancelled the work while it was done; what it wrote is rolled back."""


def request_job(kind: str, *, parameters: dict[str, Any], by: User) -> Job:
    """Ask for long work, in the caller's transaction; `kind` is the name of the Celery task that does it."""
    job = Job.objects.create(school_id=by.school_id, by=by, kind=kind, parameters=parameters)
    outbox.nudge()
    return job


def cancel_job(job_id: int, *, now: dt.datetime) -> bool:
    """End work that is not over; whoever calls has asked the rules. Answers whether it was still to be done."""
    open_job = Job.objects.open().filter(pk=job_id)
    return bool(open_job.update(state=State.CANCELLED, finished_at=now))


@transaction.atomic
def hand_out() -> int:
    """Send every job that waits, or whose worker died, to the workers by the name of its task; answers how many."""
    not_lately = Q(claimed_at=None) | Q(claimed_at__lt=Now() - HANDED_OUT_LASTS)
    free = Job.objects.open().filter(not_lately).exclude(pk__in=RawSQL(IN_HAND, [LOCK]))  # noqa: S611  # our own words
    jobs = list(free.order_by("pk").select_for_update(skip_locked=True, of=("self",))[:20])
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(claimed_at=Now())
    for job in jobs:
        outbox.nudge(job.kind, job.pk)
    return len(jobs)


def run_job(job_id: int, work: Work, *, now: Callable[[], dt.datetime]) -> None:
    """Do the work of a job that is still to be done, in one transaction with the note that it is done.

    Two workers at one job: the second goes home. A refusal ends it as failed, with its sentence; so does whatever else
    goes wrong, and a third death of its worker.
    """
    with _alone(job_id) as is_mine:
        job = Job.objects.open().filter(pk=job_id).select_related("by__school").first() if is_mine else None
        if job is None:
            return
        with translation.override(job.by.language):
            if job.attempts >= ATTEMPTS:
                _fail(job, _("The program stopped several times while it worked on this."), now())
                return
            # Who cancels it in this very moment is found at its end.
            Job.objects.open().filter(pk=job.pk).update(state=State.RUNNING, attempts=F("attempts") + 1, progress=0)
            _do(job, work, now)


def _do(job: Job, work: Work, now: Callable[[], dt.datetime]) -> None:
    try:
        with _reporting(job) as progress, transaction.atomic():
            result = work(job, progress, now())
            running = Job.objects.filter(pk=job.pk, state=State.RUNNING)
            if not running.update(state=State.DONE, progress=100, result=result, finished_at=now()):
                raise Cancelled
    except Cancelled:
        logger.info("job %s was cancelled", job.pk)
    except Refused as refusal:
        _fail(job, str(refusal), now())
    except Exception:
        logger.exception("job %s failed", job.pk)
        _fail(job, _("Something went wrong in our program. Nothing was written."), now())


def _fail(job: Job, sentence: str, now: dt.datetime) -> None:
    Job.objects.open().filter(pk=job.pk).update(state=State.FAILED, error=sentence[:300], finished_at=now)


@contextmanager
def _alone(job_id: int) -> Iterator[bool]:
    """Whether nobody else is at this job; it is ours until the end, or until our connection to the database ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, job_id])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, job_id])


@contextmanager
def _reporting(job: Job) -> Iterator[Progress]:
    """Progress goes over a connection of its own, so that others see it while the work is not committed yet."""
    beside = connection.copy()

    def tell(percent: int) -> None:
        with beside.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_job SET progress = %s WHERE id = %s AND state = 'running'", [percent, job.pk]
            )
            cursor.execute("SELECT state FROM accounts_job WHERE id = %s", [job.pk])
            row = cursor.fetchone()
        if row and row[0] == State.CANCELLED:
            raise Cancelled

    try:
        yield tell
    finally:
        beside.close()
