"""A long roster, as work of a Job: what `request_job` asked for, done by a worker."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import Job, RosterUpload
from accounts.services.job import Progress
from accounts.services.roster import RosterChanged, confirm_roster, look_again


def plan(job: Job, progress: Progress, now: dt.datetime) -> dict[str, Any]:
    """Find the fate of each staged row."""
    progress(10)
    look_again(_upload(job), by=job.by, progress=progress)
    return {}


def confirm(job: Job, progress: Progress, now: dt.datetime) -> dict[str, Any]:
    """Import as the preview said; where that is out of date, make the preview anew and say so."""
    progress(5)
    said = job.parameters
    try:
        return confirm_roster(
            _upload(job),
            all_students=bool(said["all_students"]),
            is_leaving=bool(said["is_leaving"]),
            by=job.by,
            now=now,
            progress=progress,
        )
    except RosterChanged as changed:
        look_again(_upload(job), by=job.by)
        return {"warning": str(changed)}


def _upload(job: Job) -> RosterUpload:
    return RosterUpload(pk=job.parameters["upload"])
