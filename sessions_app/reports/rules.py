"""What the rules need to know about one meeting, read in one statement."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
import zoneinfo
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import Period, PeriodTime, Room, School, SchoolDay, User
from accounts.services import Refused
from mentorship.models import Program, Tool
from sessions_app.models import Booking, BookingRules
from sessions_app.models.hold import Misses
from sessions_app.reports.agenda import midnight, week_of
from sessions_app.reports.rules_sql import (
    FACTS,
    FACTS_ON_DATES,
    IS_ANYBODY_AVAILABLE,
    LEAVING_ON_DATES,
    OF_EACH_DATE,
    OF_EACH_MEETING,
)
from sessions_app.reports.series import Span


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What a mentor would leave in one period of one day: `misses` is a word of `Misses`, `class_id` None if unknown.

    `period_id` is None at a clock time that touches no period: then nothing is left.

    `has_left_before`: the same class, within the school's days. `core_minutes`: missed already in that week.
    """

    person_id: int
    period_id: int | None
    misses: str
    class_id: int | None
    class_name: str | None
    is_free: bool
    is_testing: bool
    has_left_before: bool
    core_minutes: int


@dataclass(frozen=True, kw_only=True)
class MeetingFacts(Leaving):
    """The answers to the questions that the hard rules ask, as they stand now."""

    is_mentor_held: bool
    is_teacher_held: bool
    is_room_held: bool
    are_in_program: bool
    is_available: bool
    knows_tool: bool
    is_teacher_free: bool
    teacher_week_count: int
    mentor_week_count: int
    # The booking that was made by this `request_key` already.
    first_id: int | None


def facts_of_meeting(
    *,
    program: Program,
    teacher: User,
    mentor: User,
    room: Room,
    tool: Tool,
    day: dt.date,
    period: Period | None,
    start: dt.datetime,
    end: dt.datetime,
    but: Booking | None = None,
    request_key: uuid.UUID | None = None,
) -> MeetingFacts:
    """Read the facts of a meeting in one statement. `but` is a booking that is being moved and does not count.

    Without a period it is at a clock time, which touches the periods that each of the two has by the bells of that day:
    all of them are judged, the worst counts, with what is left in the worst; one statement for each, and two for the
    bells. Where none is touched nobody is asked to be free, and nothing is left (decision 7).
    """
    asked = {
        **_moment(day, period, rules=BookingRules.of(program.school), zone=program.school.zone),
        "people": [mentor.pk],
        "program": program.pk,
        "teacher": teacher.pk,
        "mentor": mentor.pk,
        "room": None if room.is_shared else room.pk,
        "tool": tool.pk,
        "starts_at": start,
        "ends_at": end,
        "but": but.pk if but else None,
        "but_playgrounds": [],
        "request_key": request_key,
    }
    facts = MeetingFacts(**_rows(FACTS, asked)[0])
    if period is not None:
        return facts
    mentors, teachers = (_touched(day, start, end, person=person) for person in (mentor, teacher))
    judged = {pk: MeetingFacts(**_rows(FACTS, asked | {"period": pk})[0]) for pk in mentors | teachers}
    return _worst(facts, for_mentor=[judged[pk] for pk in mentors], for_teacher=[judged[pk] for pk in teachers])


def _touched(day: dt.date, start: dt.datetime, end: dt.datetime, *, person: User) -> set[int]:
    """The periods that share a moment with `[start, end)`, by the bells of this person's grade on that day."""
    times = times_of_day(day, school_id=person.school_id, grade=person.grade)
    spans = {pk: time.span_on(day) for pk, time in times.items()}
    return {pk for pk, (begins, ends) in spans.items() if begins < end and ends > start}


def _worst(
    facts: MeetingFacts, *, for_mentor: Sequence[MeetingFacts], for_teacher: Sequence[MeetingFacts]
) -> MeetingFacts:
    """What holds at any time, with the worst of the periods that the mentor and the teacher would meet in."""
    nothing = {"misses": Misses.NOTHING, "class_id": None, "class_name": None, "period_id": None}
    weight = [Misses.NOTHING, Misses.CLASS, Misses.CORE]
    worst = max(for_mentor, key=lambda one: weight.index(Misses(one.misses)), default=None)
    left = nothing if worst is None else {name: getattr(worst, name) for name in nothing}
    return dataclasses.replace(
        facts,
        **left,
        is_free=all(one.is_free for one in for_mentor),
        is_teacher_free=all(one.is_teacher_free for one in for_teacher),
        has_left_before=any(one.has_left_before for one in for_mentor),
        core_minutes=max((one.core_minutes for one in for_mentor), default=0),
    )


def clock_span(day: dt.date, starts: dt.time, minutes: int, *, school: School) -> tuple[dt.datetime, dt.datetime]:
    """The instants of a clock time: the wall time of the start by the one rule of `School.wall_span` (a time that
    exists twice means the first one, one that does not exist is moved forward), and so many real minutes from there."""
    start = dt.datetime.combine(day, starts, school.zone).astimezone(dt.UTC)
    return start, start + dt.timedelta(minutes=minutes)


def facts_of_dates(booking: Booking, dates: Sequence[tuple[dt.date, Span]]) -> list[MeetingFacts]:
    """The facts of the same meeting in the same period on other dates, in their order: one statement for all.

    Each is judged as if it were the only one.
    """
    assert booking.period is not None
    school, moments = booking.program.school, []
    for day, (start, end) in dates:
        moment = _moment(day, booking.period, rules=BookingRules.of(school), zone=school.zone)
        moments.append(moment | {"starts_at": start, "ends_at": end})
    asked = {
        **{name: [moment[name] for moment in moments] for name in OF_EACH_MEETING},
        "period": booking.period_id,
        "people": [booking.mentor_id],
        "program": booking.program_id,
        "teacher": booking.teacher_id,
        "mentor": booking.mentor_id,
        "room": None if booking.room.is_shared else booking.room_id,
        "tool": booking.tool_id,
        "but": None,
        "but_playgrounds": [],
        "request_key": None,
    }
    rows = _rows(FACTS_ON_DATES, asked)
    return [MeetingFacts(**{name: value for name, value in row.items() if name != "day"}) for row in rows]


def leavings(
    people: Iterable[User],
    days: Sequence[dt.date],
    period: Period,
    *,
    rules: BookingRules,
    zone: zoneinfo.ZoneInfo,
    but: Collection[int] = (),
) -> dict[tuple[dt.date, int], Leaving]:
    """What each of these people would leave in this period of each day, by day and id. One statement.

    `but` are the ids of playgrounds that are being changed: what is left for them does not count.
    """
    moments = [_moment(day, period, rules=rules, zone=zone) for day in days]
    asked = {
        **{name: [moment[name] for moment in moments] for name in OF_EACH_DATE},
        "period": period.pk,
        "people": [person.pk for person in people],
        "but": None,
        "but_playgrounds": list(but),
    }
    return {(row.pop("day"), row["person_id"]): Leaving(**row) for row in _rows(LEAVING_ON_DATES, asked)}


def is_anybody_available(teacher: User, *, tool: Tool, program: Program) -> bool:
    """Whether a mentor who helps with this tool may meet this teacher at all; one statement."""
    asked = {"teacher": teacher.pk, "tool": tool.pk, "program": program.pk}
    return bool(_rows(IS_ANYBODY_AVAILABLE, asked)[0]["is_anybody_available"])


def days_apart(day: dt.date, *, rules: BookingRules, zone: zoneinfo.ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The instants between which the same class may not be left twice, if it is left on `day`."""
    days = rules.same_class_days
    if days == 0:
        return midnight(day, zone), midnight(day, zone)
    return midnight(day - dt.timedelta(days=days - 1), zone), midnight(day + dt.timedelta(days=days), zone)


def _moment(day: dt.date, period: Period | None, *, rules: BookingRules, zone: zoneinfo.ZoneInfo) -> dict[str, Any]:
    """What the statements ask about a day and a period."""
    week_from, week_to = week_of(day, zone)
    apart_from, apart_to = days_apart(day, rules=rules, zone=zone)
    return {
        "day": day,
        "period": period.pk if period else None,
        "week_from": week_from,
        "week_to": week_to,
        "apart_from": apart_from,
        "apart_to": apart_to,
    }


def _rows(sql: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def span_of(period: Period | None, day: dt.date, *, grade: str = "") -> tuple[dt.datetime, dt.datetime]:
    """The instants of a period on a day: by the bell schedule of this grade, else by the one for everybody.

    Raises Refused if there is no school on that day, or this period is not held then.
    """
    if period is None:
        raise Refused(_("Choose a period, or a time."))
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
