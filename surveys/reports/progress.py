"""How far a wave is: counts of receipts, and names for those who may see them while it is open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from accounts.models import User
from mentorship.models import Participant
from surveys.models import Receipt, Wave
from surveys.models.study import WaveQuerySet


def with_progress(waves: WaveQuerySet) -> WaveQuerySet:
    """Waves with `done` and `asked`: people done and people asked, counted now while it runs, kept after closing.

    Somebody who left a program after being done is still counted in both.
    """
    done = Receipt.objects.filter(wave=OuterRef("pk")).order_by().values("wave").annotate(n=Count("pk")).values("n")
    is_done = Receipt.objects.filter(wave=OuterRef(OuterRef("pk")), person=OuterRef("person"))
    in_arm = Exact(OuterRef("audience_arm"), Value("")) | Exact(F("arm"), OuterRef("audience_arm"))
    waiting = (
        Participant.objects.present()
        .filter(in_arm, program__studies=OuterRef("study"), role=OuterRef("audience_role"), person__is_active=True)
        .filter(~Exists(is_done))
        .order_by()
        .values("role")
        .annotate(n=Count("person", distinct=True))
        .values("n")
    )
    return waves.annotate(
        done=Coalesce(F("done_count"), _number(done)),
        asked=Coalesce(F("asked_count"), _number(done) + _number(waiting)),
    )


@dataclass(frozen=True)
class Names:
    """Who is done with an open wave, sent or declined alike, and who is not; each ordered by name."""

    done: list[User]
    waiting: list[User]


def names(wave: Wave) -> Names:
    """The names of a wave. Only for a coordinator, and only while it is open: closing leaves counts."""
    done = list(User.objects.filter(receipts__wave=wave))
    return Names(done, list(wave.people().exclude(pk__in=[person.pk for person in done])))


def done_by_day(wave: Wave) -> list[tuple[dt.date, int]]:
    """How many people were done on each day of an open wave, by the school's calendar, oldest first."""
    return list(Receipt.objects.filter(wave=wave).order_by("day").values_list("day").annotate(Count("pk")))


def _number(rows: QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)
