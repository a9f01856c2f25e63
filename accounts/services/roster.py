"""Importing a roster: staged, looked at, picked, confirmed in one transaction; or forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RosterUpload, School, User
from accounts.models.copying import copy_rows
from accounts.models.roster import PLAN_TASK
from accounts.permissions import IMPORT_ROSTER
from accounts.reports.roster import Choice, Picks, Plan, plan_roster
from accounts.roster import Roster
from accounts.services.job import Progress, cancel_job, request_job
from accounts.services.refusal import Refused, require_act
from accounts.services.roster_staging import (
    STAGED,
    fates_planned,
    fates_staged,
    first_fate,
    keep_rows,
    notes_of,
    plan_staged,
    staged_class,
    unstaged_class,
)
from accounts.services.roster_writing import RosterChanged, write_roster

__all__ = [
    "RosterChanged",
    "choose_people",
    "confirm_roster",
    "discard_roster",
    "expire_uploads",
    "import_people",
    "look_again",
    "pick_rows",
    "request_confirmation",
    "stage_roster",
    "stop_work",
]
# Longer files are worked on by a worker, with a page that shows how far it is.
IMMEDIATE_ROWS = 10_000
CONFIRM_TASK = "accounts.tasks.confirm_roster_upload"


@transaction.atomic
def stage_roster(roster: Roster, *, is_whole: bool = False, by: User, now: dt.datetime) -> RosterUpload:
    """Keep the rows of a file, with their fates, for the preview. Nobody is added or changed yet.

    `is_whole` says that the file holds everybody, where it does not say so itself. The fates of a long file are found
    by a worker: then `upload.job` says how far that is.
    """
    if not by.may(IMPORT_ROSTER):
        raise Refused(_("Only coordinators and admins import rosters."))
    upload = RosterUpload.objects.create(
        school=by.school, by=by, uploaded_at=now, is_whole=is_whole or roster.is_whole, notes=notes_of(roster)
    )
    copy_rows([staged_class(upload, row) for row in roster.classes])
    if len(roster.rows) > IMMEDIATE_ROWS:
        keep_rows(upload, [Plan(row, first_fate(row)) for row in roster.rows], roster.headings)
        upload.job = request_job(PLAN_TASK, parameters={"upload": upload.pk}, by=by)
        upload.save(update_fields=["job"])
    else:
        keep_rows(upload, plan_roster(roster.rows, by.school, is_whole=upload.is_whole), roster.headings)
    return upload


@transaction.atomic
def pick_rows(upload: RosterUpload, *, shown: Collection[int], picked: Collection[int], by: User) -> None:
    """Of the students or parents on the page that was shown (row numbers), exactly the ticked ones are picked."""
    _lock(upload, by)
    on_page = upload.rows.filter(needs_pick=True, number__in=shown)
    on_page.filter(number__in=picked).update(is_picked=True)
    on_page.exclude(number__in=picked).update(is_picked=False)


@transaction.atomic
def choose_people(upload: RosterUpload, *, choices: Mapping[int, str], by: User) -> None:
    """Of re-used ids: who each row is about, by row number; an empty word takes the answer back."""
    _lock(upload, by)
    for choice in ("", *Choice.values):
        numbers = [number for number, chosen in choices.items() if chosen == choice]
        upload.rows.to_choose().filter(number__in=numbers).update(choice=choice)


@transaction.atomic
def request_confirmation(
    upload: RosterUpload, *, all_students: bool, is_leaving: bool, by: User, now: dt.datetime
) -> dict[str, int] | None:
    """Confirm: at once, and answer the counts; or, of a long file, by a worker: then None, and `upload.job` tells."""
    upload = _lock(upload, by)
    if upload.confirmed_at or upload.rows.count() <= IMMEDIATE_ROWS:
        return confirm_roster(upload, all_students=all_students, is_leaving=is_leaving, by=by, now=now)
    if upload.job is None or not upload.job.is_open:
        parameters = {"upload": upload.pk, "all_students": all_students, "is_leaving": is_leaving}
        upload.job = request_job(CONFIRM_TASK, parameters=parameters, by=by)
        upload.save(update_fields=["job"])
    return None


@transaction.atomic
def confirm_roster(
    upload: RosterUpload,
    *,
    all_students: bool,
    is_leaving: bool = False,
    by: User,
    now: dt.datetime,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Add and change people as the preview said: all staff, and the picked students, or all of them.

    With `is_leaving` those who left are marked, for a person to decide about. Answers how many rows had each fate;
    asked again it answers the same and does nothing. Raises RosterChanged where the preview is out of date. The staged
    rows are deleted.
    """
    upload = _lock(upload, by)
    if upload.confirmed_at:
        return upload.counts
    tell = progress or (lambda percent: None)
    staged = list(upload.rows.values_list(*STAGED, "is_picked", "choice"))
    changing = upload.rows.exclude(changes=[]).values("match_id")
    list(User.objects.filter(pk__in=changing).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    tell(20)
    plans = plan_staged(upload, staged)
    if fates_staged(staged) != fates_planned(plans):
        raise RosterChanged(_("People of your school were changed since this preview was made. Look at it again."))
    tell(40)
    ticked = {row[0] for row in staged if row[-2] and row[0] is not None}
    upload.counts = write_roster(
        plans,
        [unstaged_class(row) for row in upload.classes.all()],
        upload.school,
        picks=Picks(
            numbers=None if all_students else ticked,
            choices={row[0]: row[-1] for row in staged if row[-1]},
            is_leaving=is_leaving,
        ),
        parents=ticked,
        now=now,
    )
    tell(90)
    upload.confirmed_at, upload.notes = now, {}
    upload.save(update_fields=["counts", "confirmed_at", "notes"])
    upload.rows.all()._raw_delete(upload.rows.db)
    upload.classes.all().delete()
    return upload.counts


@transaction.atomic
def look_again(upload: RosterUpload, *, by: User, progress: Progress | None = None) -> None:
    """Make the preview anew from the staged rows; picks and choices stay."""
    upload = _lock(upload, by)
    staged = list(upload.rows.values_list(*STAGED, "is_picked", "choice"))
    plans = plan_staged(upload, staged)
    if progress:
        progress(50)
    upload.rows.all()._raw_delete(upload.rows.db)
    picked = {row[0] for row in staged if row[-2]}
    choices = {row[0]: row[-1] for row in staged if row[-1]}
    keep_rows(upload, plans, {"email": _("e-mail")}, picked=picked, choices=choices)


def stop_work(upload: RosterUpload, *, by: User, now: dt.datetime) -> bool:
    """End what a worker does with this file, without waiting for the worker; answers whether there was such work."""
    require_act(by, IMPORT_ROSTER, upload.school_id)
    return upload.job_id is not None and cancel_job(upload.job_id, now=now)


def discard_roster(upload: RosterUpload, *, by: User, now: dt.datetime) -> None:
    """Forget a file that was not confirmed; work on it ends first, so that nobody waits for it."""
    stop_work(upload, by=by, now=now)
    with transaction.atomic():
        upload = _lock(upload, by)
        if upload.confirmed_at:
            raise Refused(_("This roster was imported already. It can't be discarded any more."))
        upload.delete()


@transaction.atomic
def import_people(
    roster: Roster, *, school: School, all_students: bool, is_leaving: bool = False, now: dt.datetime
) -> dict[str, int]:
    """Import without a preview, for the command line: staff, and students only where all are asked for."""
    plans = plan_roster(roster.rows, school, is_whole=roster.is_whole)
    picks = Picks(numbers=None if all_students else (), is_leaving=is_leaving)
    return write_roster(plans, roster.classes, school, picks=picks, parents=(), now=now)


def expire_uploads(*, now: dt.datetime) -> int:
    """Forget uploads that are older than a day, with their rows; answers how many there were."""
    expired = RosterUpload.objects.expired_by(now)
    count = expired.count()
    expired.delete()
    return count


def _lock(upload: RosterUpload, by: User) -> RosterUpload:
    """Two clicks on one upload stand in line; one that is gone or foreign is told so."""
    locked = RosterUpload.objects.visible_to(by).select_for_update(of=("self",)).select_related("school", "job")
    try:
        return locked.get(pk=upload.pk)
    except RosterUpload.DoesNotExist:
        raise Refused(_("This roster is no longer here. Upload the file again.")) from None
