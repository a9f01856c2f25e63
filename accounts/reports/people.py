"""Who has not come in yet, and what brings them in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import User


@dataclass(frozen=True)
class Waiting:
    """How many people have an invitation to get, how many a printed card, and whom the roster no longer names."""

    to_invite: int
    to_print: int
    missing: int


def waiting_to_come_in(by: User, *, now: dt.datetime) -> Waiting:
    """The numbers of `by`'s school, as far as `by` may invite them; one query."""
    people = User.objects.filter(school_id=by.school_id)
    counts = people.aggregate(
        to_invite=Count("pk", filter=Q(pk__in=people.to_invite(by, now=now).values("pk"))),
        to_print=Count("pk", filter=Q(pk__in=people.to_print_card().values("pk"))),
        missing=Count("pk", filter=Q(pk__in=people.missing().values("pk"))),
    )
    return Waiting(**counts)
