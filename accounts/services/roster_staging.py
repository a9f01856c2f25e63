"""A roster's rows between upload and confirmation: into the table of staged rows, and out of it again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from accounts.models import RosterClass, RosterRow, RosterUpload
from accounts.models.copying import copy_rows
from accounts.reports.roster import Fate, Plan, plan_roster
from accounts.roster import ClassRow, Parent, Person, Reason, Roster, Row

PERSON_FIELDS = ("role", "given_name", "family_name", "username", "email", "grade", "title", "language", "source_id")
STAGED = ("number", "fate", "reason", "column", "earlier_row", "match_id", "changes", "children", *PERSON_FIELDS)


def notes_of(roster: Roster) -> dict[str, Any]:
    """Names of columns, and whether accents were guessed; no cell."""
    return {
        "guessed": {roster.headings[name]: name for name in roster.guessed},
        "unread": list(roster.unread),
        "is_guessed_text": roster.is_guessed_text,
    }


def first_fate(row: Row) -> Fate:
    """What can be said of a row before anybody was looked up."""
    if row.parent:
        return Fate.PARENT
    if row.person:
        return Fate.NEW
    return Fate.LEFT_OUT if row.is_left_out else Fate.REFUSED


def keep_rows(
    upload: RosterUpload,
    plans: Iterable[Plan],
    headings: dict[str, str],
    *,
    picked: Collection[int | None] = (),
    choices: Mapping[int | None, str] | None = None,
) -> None:
    rows = []
    for plan in plans:
        row = plan.row
        if plan.fate == Fate.PARENT and row.parent:
            kept = {"children": list(row.parent.students), "source_id": row.source_id} | {
                name: getattr(row.parent, name) for name in ("given_name", "family_name", "email", "language")
            }
        elif row.person:
            kept = {name: getattr(row.person, name) for name in PERSON_FIELDS}
        else:
            kept = {"source_id": row.source_id}
        rows.append(
            RosterRow(
                upload_id=upload.pk,
                number=row.number,
                fate=plan.fate.value,
                reason=row.reason.value if row.reason and plan.fate != Fate.PARENT else "",
                column=headings.get(row.column, row.column) if plan.fate != Fate.PARENT else "",
                earlier_row=row.earlier_row,
                needs_pick=plan.needs_pick,
                is_picked=plan.needs_pick and row.number in picked,
                choice=(choices or {}).get(row.number, "") if plan.fate == Fate.REUSED else "",
                match_id=plan.match.pk if plan.match else None,
                changes=list(plan.changes),
                **kept,
            )
        )
    copy_rows(rows)


def plan_staged(upload: RosterUpload, staged: list[tuple[Any, ...]]) -> list[Plan]:
    rows = [_unstaged(dict(zip(STAGED, row[: len(STAGED)], strict=True))) for row in staged]
    return plan_roster([row for row in rows if row.number], upload.school, is_whole=upload.is_whole)


def _unstaged(row: dict[str, Any]) -> Row:
    number, source_id = row["number"], row["source_id"]
    if row["fate"] == Fate.PARENT:
        parent = Parent(row["given_name"], row["family_name"], row["email"], row["language"], tuple(row["children"]))
        return Row(number, reason=Reason.PARENT, column="role", parent=parent, source_id=source_id)
    if row["reason"]:
        return Row(
            number,
            reason=Reason(row["reason"]),
            column=row["column"],
            earlier_row=row["earlier_row"],
            source_id=source_id,
        )
    return Row(number, person=Person(**{name: row[name] for name in PERSON_FIELDS}))


def fates_staged(staged: list[tuple[Any, ...]]) -> set[tuple[object, ...]]:
    number, fate, match, changes = (STAGED.index(name) for name in ("number", "fate", "match_id", "changes"))
    return {(row[number], row[fate], row[match], tuple(row[changes])) for row in staged}


def fates_planned(plans: list[Plan]) -> set[tuple[object, ...]]:
    return {(plan.row.number, plan.fate, plan.match.pk if plan.match else None, plan.changes) for plan in plans}


def staged_class(upload: RosterUpload, row: ClassRow) -> RosterClass:
    return RosterClass(
        upload_id=upload.pk,
        source_id=row.source_id,
        name=row.name,
        subject=row.subject,
        grade=row.grade,
        teachers=list(row.teachers),
        students=list(row.students),
        is_gone=row.is_gone,
    )


def unstaged_class(row: RosterClass) -> ClassRow:
    return ClassRow(
        row.source_id, row.name, row.subject, row.grade, tuple(row.teachers), tuple(row.students), row.is_gone
    )
