"""What hangs on a person: what would end if she left, or took off a hat."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Func, IntegerField, OuterRef, QuerySet, Subquery

from accounts.models.user import UserQuerySet
from mentorship.models import Pairing
from sessions_app.models import Booking, Duty, PlaygroundSession, SignUp


def with_what_hangs(people: UserQuerySet, *, now: dt.datetime) -> UserQuerySet:
    """The same people with numbers of what stands ahead of them.

    `teaching_count` and `mentoring_count` (bookings), `duty_count`, `place_count` (at playgrounds), `charge_count`
    (playgrounds in charge of), `teacher_pair_count`, `student_pair_count`.
    """
    bookings = Booking.objects.standing().filter(starts_at__gt=now)
    planned = {"playground__starts_at__gt": now, "playground__state": PlaygroundSession.State.PLANNED}
    me = OuterRef("pk")
    return people.annotate(
        teaching_count=_count(bookings.filter(teacher=me)),
        mentoring_count=_count(bookings.filter(mentor=me)),
        duty_count=_count(Duty.objects.filter(person=me, **planned)),
        place_count=_count(SignUp.objects.filter(teacher=me, **planned)),
        charge_count=_count(PlaygroundSession.objects.standing().filter(adult_in_charge=me, starts_at__gt=now)),
        teacher_pair_count=_count(Pairing.objects.open().filter(teacher=me)),
        student_pair_count=_count(Pairing.objects.open().filter(student=me)),
    )


def _count(rows: QuerySet[Any]) -> Subquery:
    """How many rows there are for the row of the outer query."""
    counted = rows.order_by().annotate(count=Func(F("pk"), function="COUNT")).values("count")
    return Subquery(counted, output_field=IntegerField())
