"""What the rules need to know about one meeting, read in one statement."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
import zoneinfo
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import BellSchedule, Period, PeriodTime, Room, School, SchoolDay, User
from accounts.services import Refused
from mentorship.models import Program, Tool
from sessions_app.models import Booking, BookingRules
from sessions_app.models.hold import Misses
from sessions_app.reports.agenda import midnight, week_of
from sessions_app.reports.rules_sql import (
    FACTS,
    FACTS_BY_THE_CLOCK,
    FACTS_ON_DATES,
    IS_ANYBODY_AVAILABLE,
    LEAVING_BY_THE_CLOCK,
    LEAVING_ON_DATES,
    OF_EACH_DATE,
    OF_EACH_MEETING,
    OF_EACH_PERIOD,
)
from sessions_app.reports.touched import DateSpan, Touched

OneLeaving = TypeVar("OneLeaving", bound="Leaving")


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What a mentor would leave in one period of one day: `misses` is a word of `Misses`, `class_id` None if unknown.

    `period_id` is None at a clock time that touches no period: then nothing is left.

    `has_left_before`: the same class, within the school's days. `core_minutes`: missed already in that week.
    `missed_minutes`: of core classes, at a clock time; None where it is all of the meeting.
    `also`: ids of the other classes that a clock time touches, each with that of its period; the class None if unknown.
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
    missed_minutes: int | None = None
    also: tuple[tuple[int | None, int | None], ...] = ()


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
    all of them are judged, the worst counts, with what is left in the worst and in the others; two statements more, for
    the bells. Where none is touched nobody is asked to be free, and nothing is left (decision 7).
    """
    asked = _asked(program, teacher, mentor, room, tool) | {"but": but.pk if but else None, "request_key": request_key}
    if period is None:
        return _by_the_clock(asked, [(day, (start, end))], school=program.school, mentor=mentor, teacher=teacher)[0]
    moment = _moment(day, rules=BookingRules.of(program.school), zone=program.school.zone)
    asked |= moment | {"period": period.pk} | _times(start, end, zone=program.school.zone)
    return MeetingFacts(**_rows(FACTS, asked)[0])


def _asked(program: Program, teacher: User, mentor: User, room: Room, tool: Tool) -> dict[str, Any]:
    """What the statements ask about a meeting, whenever it is."""
    return {
        "people": [mentor.pk],
        "program": program.pk,
        "teacher": teacher.pk,
        "mentor": mentor.pk,
        "room": None if room.is_shared else room.pk,
        "tool": tool.pk,
        "but": None,
        "but_playgrounds": [],
        "request_key": None,
    }


def _by_the_clock(
    asked: dict[str, Any], dates: Sequence[DateSpan], *, school: School, mentor: User, teacher: User
) -> list[MeetingFacts]:
    """The facts of a meeting at clock times, in their order; three statements for all dates and periods."""
    if not dates:
        return []
    touched = Touched(dates, school, grades={mentor.grade, teacher.grade})
    spans, rules = dict(dates), BookingRules.of(school)
    moments = [
        _moment(day, rules=rules, zone=school.zone) | {"period": period} | _times(*spans[day], zone=school.zone)
        for day, period in touched.pairs
    ]
    rows = _rows(FACTS_BY_THE_CLOCK, asked | _columns(moments, OF_EACH_MEETING | OF_EACH_PERIOD))
    judged = {(row.pop("day"), row["period_id"]): MeetingFacts(**row) for row in rows}
    return [
        dataclasses.replace(
            _worst(judged[day, None], [(judged[day, pk], part) for pk, part in touched.of(day, mentor.grade).items()]),
            is_teacher_free=all(judged[day, pk].is_teacher_free for pk in touched.of(day, teacher.grade)),
        )
        for day, _span in dates
    ]


def _worst(at_any_time: OneLeaving, in_periods: Sequence[tuple[Leaving, int]]) -> OneLeaving:
    """What holds at any time, with the worst of the periods that are touched; each comes with how many minutes."""
    nothing = {"misses": Misses.NOTHING, "class_id": None, "class_name": None, "period_id": None}
    weight = [Misses.NOTHING, Misses.CLASS, Misses.CORE]
    touched = [one for one, _minutes in in_periods]
    worst = max(touched, key=lambda one: weight.index(Misses(one.misses)), default=None)
    left = nothing if worst is None else {name: getattr(worst, name) for name in nothing}
    return dataclasses.replace(
        at_any_time,
        **left,
        is_free=all(one.is_free for one in touched),
        has_left_before=any(one.has_left_before for one in touched),
        core_minutes=max((one.core_minutes for one in touched), default=0),
        missed_minutes=sum(minutes for one, minutes in in_periods if one.misses == Misses.CORE),
        also=tuple((one.class_id, one.period_id) for one in touched if one.misses and one is not worst),
    )


def clock_span(day: dt.date, starts: dt.time, minutes: int, *, school: School) -> tuple[dt.datetime, dt.datetime]:
    """The instants of a clock time: the wall time of the start by the one rule of `School.wall_span` (a time that
    exists twice means the first one, one that does not exist is moved forward), and so many real minutes from there."""
    start = dt.datetime.combine(day, starts, school.zone).astimezone(dt.UTC)
    return start, start + dt.timedelta(minutes=minutes)


def facts_of_dates(booking: Booking, dates: Sequence[DateSpan]) -> list[MeetingFacts]:
    """The facts of the same meeting on other dates, in the same period or by the clock, in their order.

    One statement for all, by the clock three. Each is judged as if it were the only one.
    """
    school = booking.program.school
    asked = _asked(booking.program, booking.teacher, booking.mentor, booking.room, booking.tool)
    if booking.period_id is None:
        return _by_the_clock(asked, dates, school=school, mentor=booking.mentor, teacher=booking.teacher)
    moments = [
        _moment(day, rules=BookingRules.of(school), zone=school.zone) | _times(*span, zone=school.zone)
        for day, span in dates
    ]
    rows = _rows(FACTS_ON_DATES, asked | {"period": booking.period_id} | _columns(moments, OF_EACH_MEETING))
    return [MeetingFacts(**{name: value for name, value in row.items() if name != "day"}) for row in rows]


def leavings(
    people: Sequence[User],
    dates: Sequence[DateSpan],
    period: Period | None,
    *,
    school: School,
    but: Collection[int] = (),
) -> dict[tuple[dt.date, int], Leaving]:
    """What each of these people would leave in this period of each day, by day and id. Two statements.

    Without a period it is at clock times: the worst of what each touches by the own bells counts; three statements, and
    so it is in a period where the grade of one has bells of its own: the dates have everybody's times.
    `but` are the ids of playgrounds that are being changed: what is left for them does not count.
    """
    asked = {"people": [person.pk for person in people], "but": None, "but_playgrounds": list(but)}
    rules, zone = BookingRules.of(school), school.zone
    if not (people and dates):
        return {}
    grades = {person.grade for person in people}
    if period is not None and not BellSchedule.objects.filter(school=school, grades__overlap=list(grades)).exists():
        moments = [_moment(day, rules=rules, zone=zone) for day, _span in dates]
        rows = _rows(LEAVING_ON_DATES, asked | {"period": period.pk} | _columns(moments, OF_EACH_DATE))
        return {(row.pop("day"), row["person_id"]): Leaving(**row) for row in rows}
    touched = Touched(dates, school, grades=grades)
    moments = [_moment(day, rules=rules, zone=zone) | {"period": pk} for day, pk in touched.pairs]
    rows = _rows(LEAVING_BY_THE_CLOCK, asked | _columns(moments, OF_EACH_DATE | OF_EACH_PERIOD))
    judged = {(row.pop("day"), row["person_id"], row["period_id"]): Leaving(**row) for row in rows}
    return {
        (day, one.pk): _worst(
            judged[day, one.pk, None],
            [(judged[day, one.pk, pk], part) for pk, part in touched.of(day, one.grade).items()],
        )
        for day, _span in dates
        for one in people
    }


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


def _moment(day: dt.date, *, rules: BookingRules, zone: zoneinfo.ZoneInfo) -> dict[str, Any]:
    """What the statements ask about a day."""
    week_from, week_to = week_of(day, zone)
    apart_from, apart_to = days_apart(day, rules=rules, zone=zone)
    return {
        "day": day,
        "week_from": week_from,
        "week_to": week_to,
        "apart_from": apart_from,
        "apart_to": apart_to,
    }


def _columns(moments: Sequence[dict[str, Any]], kinds: Collection[str]) -> dict[str, list[Any]]:
    """The same, as `on_each_date` takes them: an array for each column."""
    return {name: [moment[name] for moment in moments] for name in kinds}


def _times(start: dt.datetime, end: dt.datetime, *, zone: zoneinfo.ZoneInfo) -> dict[str, Any]:
    """What the statements ask about the length of a meeting: its instants, and what the walls say then."""
    wall_from, wall_to = (moment.astimezone(zone).time() for moment in (start, end))
    return {"starts_at": start, "ends_at": end, "wall_from": wall_from, "wall_to": wall_to}


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
