"""The end of trail entries, and entries that no trigger can write. Nothing else may change the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pgtrigger
from django.db import models, transaction
from django.db.models.expressions import RawSQL

from accounts.models import School, TrailEntry, User

# What the front door said (accounts/trail.py), as the triggers read it.
TOLD = "NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb"
AT = f"COALESCE(({TOLD} ->> 'at')::timestamptz, now())"
ORIGIN = f"COALESCE({TOLD} ->> 'origin', '')"


@transaction.atomic
def expire_trail(school: School, *, before: dt.datetime) -> int:
    """Delete this school's entries from before this moment, and write that it was done; answers how many there were.

    This is the whole of what erasure and retention owe to the trail: **an entry holds no name, no address and no text**
    (a test fills every text of the tracked tables and searches the trail), only ids, states, days and numbers, which
    stay when a person is erased. So there is nothing to empty for one person: with the name gone from `User`, the
    sentences say "somebody who was erased". That an erasure was carried out stands in the trail by itself, since
    `erased_at` of User and `ended_at` of ErasureRequest are tracked. Entries that say how much was deleted are kept.
    """
    old = TrailEntry.objects.filter(school=school, at__lt=before).exclude(act=TrailEntry.Act.PURGE)
    with pgtrigger.ignore("accounts.TrailEntry:append_only"):
        count, _ = old.delete()
    if count:
        note_in_trail(
            TrailEntry,
            act=TrailEntry.Act.PURGE,
            object_id=school.pk,
            school=school,
            changes={"entries": [count, 0]},
        )
    return count


def note_in_trail(
    model: type[models.Model],
    *,
    act: str,
    object_id: int,
    school: School,
    changes: dict[str, Any],
    by: User | None = None,
    people: Iterable[User] = (),
) -> TrailEntry:
    """Write down an act that changes no tracked row, and so fires no trigger. Ids, words of ours and numbers only."""
    return TrailEntry.objects.create(
        at=RawSQL(AT, []),  # noqa: S611  # constants of ours
        school=school,
        kind=model._meta.label,
        act=act,
        object_id=object_id,
        made_by=by,
        origin=RawSQL(ORIGIN, []),  # noqa: S611
        people=[person.pk for person in people],
        changes=changes,
    )
