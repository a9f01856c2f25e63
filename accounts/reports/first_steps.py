"""What a school still needs before anybody can be booked, and what somebody must chase."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import Consent, ConsentText, PeriodTime, Room, School, SchoolDay, User
from accounts.models.user import has_consent
from accounts.permissions import Role
from accounts.reports.people import to_invite, to_print


@dataclass(frozen=True)
class Readiness:
    """What is there, and how many people wait for what."""

    has_time_zone: bool
    has_periods: bool
    has_days: bool
    has_room_in_view: bool
    has_second_adult: bool
    has_coordinator: bool
    has_texts: bool
    teachers: int
    students: int
    without_consent: int
    to_invite: int
    to_print: int


def readiness(reader: User, *, now: dt.datetime) -> Readiness:
    """The state of the reader's school, in two queries; invitations are counted as far as the reader sends them."""
    today = now.astimezone(reader.school.zone).date()
    of_school = OuterRef("pk")
    approved = ConsentText.objects.approved().filter(school=of_school, purpose=Consent.Purpose.TAKE_PART)
    state = (
        School.objects.filter(pk=reader.school_id)
        .annotate(
            has_periods=Exists(PeriodTime.objects.filter(period__school=of_school)),
            has_days=Exists(SchoolDay.objects.filter(school=of_school, date__gte=today)),
            has_room_in_view=Exists(Room.objects.filter(school=of_school).fit_for_one_to_one()),
            has_coordinator=Exists(User.objects.active().with_role(Role.COORDINATOR).filter(school=of_school)),
            has_text_for_guardians=Exists(approved.filter(reader=ConsentText.Reader.GUARDIAN)),
            has_text_for_students=Exists(approved.filter(reader=ConsentText.Reader.STUDENT)),
        )
        .get()
    )
    students = Q(roles__contains=[Role.STUDENT])
    people = User.objects.active().filter(school=reader.school_id)
    counts = people.aggregate(
        teachers=Count("pk", filter=Q(roles__contains=[Role.TEACHER])),
        students=Count("pk", filter=students),
        without_consent=Count("pk", filter=students & ~Q(has_consent())),
        to_invite=to_invite(reader, now=now),
        to_print=to_print(now=now),
    )
    return Readiness(
        has_time_zone=state.time_zone != "UTC",
        has_periods=state.has_periods,
        has_days=state.has_days,
        has_room_in_view=state.has_room_in_view,
        has_second_adult=state.second_adult_id is not None,
        has_coordinator=state.has_coordinator,
        has_texts=state.has_text_for_guardians and state.has_text_for_students,
        **counts,
    )
