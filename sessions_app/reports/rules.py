"""What the rules need to know about one meeting, read in one statement."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Value
from django.utils.translation import gettext as _

from accounts.models import Concern, Period, PeriodTime, Room, SchoolClass, SchoolDay, User
from accounts.services import Refused
from mentorship.models import Availability, AvailabilityException, MentorTool, Participant, Program, Refusal, Tool
from sessions_app.models import Booking, Hold


@dataclass(frozen=True)
class MeetingFacts:
    """The answers to the questions that the hard rules ask, as they stand now."""

    is_mentor_held: bool
    is_teacher_held: bool
    is_room_held: bool
    is_room_in_view: bool
    is_mentor_in_program: bool
    is_teacher_in_program: bool
    has_consent: bool
    has_open_concern: bool
    has_refusal: bool
    is_graded_by_teacher: bool
    knows_tool: bool
    is_mentor_free: bool
    is_teacher_free: bool


def facts_of_meeting(
    *,
    program: Program,
    teacher: User,
    mentor: User,
    room: Room,
    tool: Tool,
    day: dt.date,
    period: Period,
    start: dt.datetime,
    end: dt.datetime,
    but: Booking | None = None,
) -> MeetingFacts:
    """Read the facts of a meeting in one statement. `but` is a booking that is being moved and does not count."""
    held = Hold.objects.overlapping(start, end)
    if but is not None:
        held = held.exclude(booking=but)
    present = Participant.objects.present().filter(program=program)
    facts = (
        User.objects.filter(pk=mentor.pk)
        .annotate(
            is_mentor_held=Exists(held.filter(person=mentor)),
            is_teacher_held=Exists(held.filter(person=teacher)),
            is_room_held=Value(False) if room.is_shared else Exists(held.filter(room=room)),
            is_room_in_view=Value(room.in_view and room.school_id == program.school_id),
            is_mentor_in_program=Exists(present.filter(person=mentor, role=Participant.Role.STUDENT)),
            is_teacher_in_program=Exists(present.filter(person=teacher, role=Participant.Role.TEACHER)),
            has_consent=Exists(User.objects.active().may_take_part().filter(pk=mentor.pk)),
            has_open_concern=Exists(Concern.objects.open().between(teacher, mentor)),
            has_refusal=Exists(Refusal.objects.between(teacher, mentor)),
            is_graded_by_teacher=Exists(SchoolClass.objects.filter(teachers=teacher, students=mentor)),
            knows_tool=Exists(MentorTool.objects.filter(mentor__user=mentor, tool=tool)),
            is_mentor_free=ExpressionWrapper(is_free(mentor, day, period), BooleanField()),
            is_teacher_free=ExpressionWrapper(is_free(teacher, day, period), BooleanField()),
        )
        .values(*MeetingFacts.__dataclass_fields__)
        .get()
    )
    return MeetingFacts(**facts)


def is_free(person: User, day: dt.date, period: Period) -> Q:
    """Whether a person is free in this period of this day: an exception by date decides, else the kind of day."""
    exceptions = AvailabilityException.objects.filter(person=person, date=day, period=period)
    kind_of_day = SchoolDay.objects.filter(school=person.school_id, date=day, day_type=OuterRef("day_type"))
    rule = Availability.objects.filter(Exists(kind_of_day), person=person, period=period)
    return Q(Exists(exceptions.filter(is_free=True))) | (Q(Exists(rule)) & ~Q(Exists(exceptions.filter(is_free=False))))


def span_of(period: Period, day: dt.date, *, grade: str = "") -> tuple[dt.datetime, dt.datetime]:
    """The instants of a period on a day: by the bell schedule of this grade, else by the one for everybody.

    Raises Refused if there is no school on that day, or this period is not held then.
    """
    times = times_of_day(day, school_id=period.school_id, grade=grade)
    if period.pk not in times:
        raise Refused(_("There is no %(period)s on that day.") % {"period": period.name})
    return times[period.pk].span_on(day)


def times_of_day(day: dt.date, *, school_id: int, grade: str = "") -> dict[int, PeriodTime]:
    """The times of a school day by period id, in the order of the day; empty where is no school. One statement."""
    kind = SchoolDay.objects.filter(school=school_id, date=day, day_type=OuterRef("day_type"))
    times = (
        PeriodTime.objects.filter(Exists(kind), period__school=school_id)
        .filter(Q(bell_schedule__grades=[]) | Q(bell_schedule__grades__contains=[grade]))
        .select_related("period__school", "bell_schedule")
        .order_by("starts")
    )
    everybody = {time.period_id: time for time in times if not time.bell_schedule.grades}
    own = {time.period_id: time for time in times if time.bell_schedule.grades}
    return everybody | own
