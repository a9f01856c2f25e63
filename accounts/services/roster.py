"""Importing a roster: staged, looked at, picked, confirmed in one transaction; or forgotten."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterable

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import RosterRow, RosterUpload, School, User
from accounts.permissions import IMPORT_ROSTER
from accounts.reports.roster import Fate, Plan, count_plans, is_taken, plan_roster, taken_user_names
from accounts.roster import Person, Reason, Roster, Row, base_user_name, first_free
from accounts.services.refusal import Refused

BATCH = 1000
# Imports of all schools stand in line here, since user names are unique in the installation. Any number will do.
USER_NAME_LOCK = 7_267_837
PERSON_FIELDS = ("role", "given_name", "family_name", "username", "email", "grade", "title", "language", "source_id")


class RosterChanged(Refused):
    """Between preview and confirmation people of the school were changed, so that a row's fate is another now."""


@transaction.atomic
def stage_roster(roster: Roster, *, by: User, now: dt.datetime) -> RosterUpload:
    """Keep the rows of a file, with their fates, for the preview. Nobody is added or changed yet."""
    if not by.may(IMPORT_ROSTER):
        raise Refused(_("Only coordinators and admins import rosters."))
    upload = RosterUpload.objects.create(school=by.school, by=by, uploaded_at=now)
    _keep_rows(upload, plan_roster(roster.rows, by.school), roster.headings)
    return upload


@transaction.atomic
def pick_students(upload: RosterUpload, *, shown: Collection[int], picked: Collection[int], by: User) -> None:
    """Of the students on the page that was shown (row numbers), exactly the ticked ones are picked."""
    _lock(upload, by)
    on_page = upload.rows.students_to_pick().filter(number__in=shown)
    on_page.filter(number__in=picked).update(is_picked=True)
    on_page.exclude(number__in=picked).update(is_picked=False)


@transaction.atomic
def confirm_roster(upload: RosterUpload, *, all_students: bool, by: User, now: dt.datetime) -> dict[str, int]:
    """Add and change people as the preview said: all staff, and the picked students, or all of them.

    Answers how many rows had each fate; asked again it answers the same and does nothing. Raises RosterChanged where
    the preview is out of date. The staged rows are deleted.
    """
    upload = _lock(upload, by)
    if upload.confirmed_at:
        return upload.counts
    rows = list(upload.rows.all())
    changed = User.objects.filter(pk__in=[row.match_id for row in rows if row.changes]).order_by("pk")
    list(changed.select_for_update().values_list("pk"))
    plans = plan_roster(map(_unstaged, rows), upload.school)
    if any(_staged_fate(row) != _planned_fate(plan) for row, plan in zip(rows, plans, strict=True)):
        raise RosterChanged(_("People of your school were changed since this preview was made. Look at it again."))
    picked = {row.number for row in rows if row.is_picked}
    upload.counts = _apply(plans, upload.school, picked=None if all_students else picked, now=now)
    upload.confirmed_at = now
    upload.save(update_fields=["counts", "confirmed_at"])
    upload.rows.all().delete()
    return upload.counts


@transaction.atomic
def look_again(upload: RosterUpload, *, by: User) -> None:
    """Make the preview anew from the staged rows; picks stay."""
    upload = _lock(upload, by)
    rows = list(upload.rows.all())
    plans = plan_roster(map(_unstaged, rows), upload.school)
    upload.rows.all().delete()
    _keep_rows(upload, plans, {"email": _("e-mail")}, picked={row.number for row in rows if row.is_picked})


@transaction.atomic
def discard_roster(upload: RosterUpload, *, by: User) -> None:
    """Forget a file that was not confirmed."""
    upload = _lock(upload, by)
    if upload.confirmed_at:
        raise Refused(_("This roster was imported already. It can't be discarded any more."))
    upload.delete()


@transaction.atomic
def import_people(roster: Roster, *, school: School, all_students: bool, now: dt.datetime) -> dict[str, int]:
    """Import without a preview, for the command line: staff, and students only where all are asked for."""
    plans = plan_roster(roster.rows, school)
    return _apply(plans, school, picked=None if all_students else set(), now=now)


def expire_uploads(*, now: dt.datetime) -> int:
    """Forget uploads that are older than a day, with their rows; answers how many there were."""
    expired = RosterUpload.objects.expired_by(now)
    count = expired.count()
    expired.delete()
    return count


def _lock(upload: RosterUpload, by: User) -> RosterUpload:
    """Two clicks on one upload stand in line; one that is gone or foreign is told so."""
    locked = RosterUpload.objects.visible_to(by).select_for_update(of=("self",)).select_related("school")
    try:
        return locked.get(pk=upload.pk)
    except RosterUpload.DoesNotExist:
        raise Refused(_("This roster is no longer here. Upload the file again.")) from None


def _keep_rows(
    upload: RosterUpload, plans: Iterable[Plan], headings: dict[str, str], picked: Collection[int] = ()
) -> None:
    rows = []
    for plan in plans:
        row, person = plan.row, plan.row.person if plan.row.reason is None else None
        rows.append(
            RosterRow(
                upload=upload,
                number=row.number,
                fate=plan.fate,
                reason=row.reason or "",
                column=headings.get(row.column, row.column),
                earlier_row=row.earlier_row,
                needs_pick=plan.needs_pick,
                is_picked=plan.needs_pick and row.number in picked,
                match=plan.match,
                changes=list(plan.changes),
                **({name: getattr(person, name) for name in PERSON_FIELDS} if person else {}),
            )
        )
    RosterRow.objects.bulk_create(rows, batch_size=BATCH)


def _unstaged(row: RosterRow) -> Row:
    if row.reason:
        return Row(row.number, reason=Reason(row.reason), column=row.column, earlier_row=row.earlier_row)
    return Row(row.number, person=Person(**{name: getattr(row, name) for name in PERSON_FIELDS}))


def _staged_fate(row: RosterRow) -> tuple[object, ...]:
    return row.fate, row.match_id, tuple(row.changes)


def _planned_fate(plan: Plan) -> tuple[object, ...]:
    return plan.fate, plan.match.pk if plan.match else None, plan.changes


def _apply(plans: list[Plan], school: School, *, picked: Collection[int] | None, now: dt.datetime) -> dict[str, int]:
    """Write the people that are taken, and answer the counts of all rows."""
    taken = [plan for plan in plans if is_taken(plan, picked)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [USER_NAME_LOCK])
    try:
        with transaction.atomic():
            User.objects.bulk_create(_new_people(taken, school, now), batch_size=BATCH)
            _change_people(taken)
    except IntegrityError:  # somebody got an address or a name in this very moment
        raise RosterChanged(_("People were changed in this moment. Look at the preview again.")) from None
    return count_plans(plans, picked=picked)


def _new_people(taken: list[Plan], school: School, now: dt.datetime) -> list[User]:
    people = [plan.row.person for plan in taken if plan.fate == Fate.NEW and plan.row.person]
    wanted = [person.username or base_user_name(person.given_name, person.family_name) for person in people]
    in_use = taken_user_names(wanted)
    # Names that the file gives go first; made ones take what is left.
    names = dict.fromkeys(range(len(people)), "")
    for index in sorted(names, key=lambda index: not people[index].username):
        names[index] = first_free(wanted[index], in_use)
        in_use.add(names[index].lower())
    return [
        User(
            school=school,
            username=names[index],
            # As make_password(None) does, whose random signs take longer than all else here.
            password=UNUSABLE_PASSWORD_PREFIX + secrets.token_hex(20),
            email=person.email or None,
            given_name=person.given_name,
            family_name=person.family_name,
            title=person.title,
            grade=person.grade,
            roles=[person.role],
            language=person.language or school.languages[0],
            source_id=person.source_id or None,
            created_at=now,
        )
        for index, person in enumerate(people)
    ]


def _change_people(taken: list[Plan]) -> None:
    changed: list[User] = []
    fields: set[str] = set()
    for plan in taken:
        user, person = plan.match, plan.row.person
        if user and person and plan.changes:
            for name in plan.changes:
                value = sorted({*user.roles, person.role}) if name == "roles" else getattr(person, name)
                setattr(user, name, value)
            changed.append(user)
            fields.update(plan.changes)
    if changed:
        User.objects.bulk_update(changed, sorted(fields), batch_size=BATCH)
