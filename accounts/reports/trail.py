"""One page of the trail, for one reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import TrailEntry, User
from accounts.models.trail import TrailEntryQuerySet
from accounts.permissions import Role

PAGE_ROWS = 50
# A search by name takes this many people into account; whoever gets more writes more of the name.
MOST_PEOPLE = 50


@dataclass(frozen=True)
class TrailPage:
    """The newest entries first. `older` is what the next page begins below, or None on the last one.

    `people` are those whom the entries name, by id. `may_read` are the ids of entries whose contents this reader sees.
    """

    entries: list[TrailEntry]
    people: dict[int, User]
    may_read: frozenset[int]
    older: int | None


def trail_page(reader: User, *, kind: str = "", name: str = "", before: int | None = None) -> TrailPage:
    """Two statements, three with a name, however long the trail is.

    A coordinator reads all of the school. An admin who is not one sees who, what kind and when, and no student's name
    (also not by asking for it); everybody reads what their own acts left.
    """
    entries = TrailEntry.objects.visible_to(reader)
    if kind:
        entries = entries.filter(kind=kind)
    if name:
        entries = _of_people_named(name, entries, reader)
    if before:
        entries = entries.filter(pk__lt=before)
    rows = list(entries.order_by("-pk")[: PAGE_ROWS + 1])
    shown = rows[:PAGE_ROWS]
    reads_all = reader.has_role(Role.COORDINATOR)
    return TrailPage(
        entries=shown,
        people=_people_of(shown),
        may_read=frozenset(entry.pk for entry in shown if reads_all or entry.made_by_id == reader.pk),
        older=shown[-1].pk if len(rows) > PAGE_ROWS else None,
    )


def _of_people_named(name: str, entries: TrailEntryQuerySet, reader: User) -> TrailEntryQuerySet:
    people = User.objects.visible_to(reader).named_like(name)
    if reader.has_role(Role.COORDINATOR):
        return entries.about_or_by(people.values_list("pk", flat=True)[:MOST_PEOPLE])
    staff = people.exclude(roles__contains=[Role.STUDENT])
    return entries.filter(made_by_id__in=list(staff.values_list("pk", flat=True)[:MOST_PEOPLE]))


def _people_of(entries: Iterable[TrailEntry]) -> dict[int, User]:
    ids = {pk for entry in entries for pk in (entry.made_by_id, *entry.people) if pk}
    return User.objects.only("given_name", "family_name", "title", "roles", "erased_at").in_bulk(ids)
