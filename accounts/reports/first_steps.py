"""What a school still needs before anybody can be booked, and what somebody must chase."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import PeriodTime, Room, School, SchoolDay, User
from accounts.models.user import has_consent
from accounts.permissions import Role


@dataclass(frozen=True)
class Readiness:
    """What is there, and how many students have no consent."""

    has_periods: bool
    has_days: bool
    has_room_in_view: bool
    has_second_adult: bool
    teachers: int
    students: int
    without_consent: int


def readiness(school: School, *, today: dt.date) -> Readiness:
    """The state of one school, in two queries."""
    state = (
        School.objects.filter(pk=school.pk)
        .annotate(
            has_periods=Exists(PeriodTime.objects.filter(period__school=OuterRef("pk"))),
            has_days=Exists(SchoolDay.objects.filter(school=OuterRef("pk"), date__gte=today)),
            has_room_in_view=Exists(Room.objects.filter(school=OuterRef("pk")).fit_for_one_to_one()),
        )
        .get()
    )
    students = Q(roles__contains=[Role.STUDENT])
    people = User.objects.active().filter(school=school)
    counts = people.aggregate(
        teachers=Count("pk", filter=Q(roles__contains=[Role.TEACHER])),
        students=Count("pk", filter=students),
        without_consent=Count("pk", filter=students & ~Q(has_consent())),
    )
    return Readiness(
        has_periods=state.has_periods,
        has_days=state.has_days,
        has_room_in_view=state.has_room_in_view,
        has_second_adult=state.second_adult_id is not None,
        **counts,
    )
