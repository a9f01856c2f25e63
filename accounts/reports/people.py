"""Who has not come in yet, and what brings them in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import User
from accounts.reports.sign_in_card import who_can_have_cards, who_needs_a_card


@dataclass(frozen=True)
class Waiting:
    """How many people have an invitation to get, how many a printed card, and whom the roster no longer names."""

    to_invite: int
    to_print: int
    missing: int


def waiting_to_come_in(by: User, *, now: dt.datetime) -> Waiting:
    """The numbers of `by`'s school, as far as `by` may invite them; one query."""
    counts = User.objects.filter(school_id=by.school_id).aggregate(
        to_invite=to_invite(by, now=now),
        to_print=to_print(now=now),
        missing=Count("pk", filter=Q(pk__in=User.objects.missing().values("pk"))),
    )
    return Waiting(**counts)


def to_invite(by: User, *, now: dt.datetime) -> Count:
    """Of the people of a query: how many `by` may invite who have no invitation that works."""
    return Count("pk", filter=Q(pk__in=User.objects.to_invite(by, now=now).values("pk")))


def to_print(*, now: dt.datetime) -> Count:
    """Of the people of a query: how many students without an address hold no card that works."""
    people = who_can_have_cards(User.objects.never_in().filter(email=None))
    return Count("pk", filter=Q(pk__in=who_needs_a_card(people, now=now).values("pk")))
