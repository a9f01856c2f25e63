"""When are a teacher and a fitting mentor both free? One statement over slots and people, no loop over people.

A slot is a period of a day. Free means: said so for that kind of day (an exception by date decides), and not held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Period, PeriodTime, Room, User
from mentorship.models import LearnerGroup, MentorTool, Program, Tool
from sessions_app.models import Booking, BookingRules
from sessions_app.reports.agenda import week_of
from sessions_app.reports.finder_sql import ALL_OF_THEM, BEST
from sessions_app.reports.rules import days_apart

# How far ahead proposals go, in days.
HORIZON_DAYS = 21
# How far ahead somebody looks who has just lost a time.
SOON_DAYS = 7
# More bookings than a week can hold.
NO_LIMIT = 10_000


@dataclass(frozen=True)
class Slot:
    """A period of a day, and its instants."""

    day: dt.date
    period: Period
    day_type_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    # What the bells say, on the walls.
    wall: tuple[dt.time, dt.time]
    # By whose bells: these grades only, or (if empty) everybody but those who have bells of their own.
    grades: tuple[str, ...] = ()
    but_grades: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A slot in which the teacher, this mentor and this room are free, and why it fits."""

    day: dt.date
    period: Period
    starts_at: dt.datetime
    ends_at: dt.datetime
    mentor: User
    room: Room
    reasons: list[str] = field(default_factory=list)


def propose(
    teacher: User,
    *,
    tool: Tool,
    program: Program,
    now: dt.datetime,
    today: dt.date,
    learner_group: str = LearnerGroup.ALL,
    mentor_id: int | None = None,
    name: str = "",
    day: dt.date | None = None,
    days: int = HORIZON_DAYS,
    limit: int = 3,
    but: Booking | None = None,
    rules: BookingRules | None = None,
    to_teacher: bool = True,
) -> list[Proposal]:
    """The best times when the teacher and a fitting mentor are both free, best first: in the next `days`, or on `day`.

    At most one mentor for each slot. Two statements, whatever the number of mentors. `but` is a booking that is being
    moved: it does not count towards what is allowed in a week. `rules` are the school's, unless given. The reasons are
    written `to_teacher`, or to who books for her.
    """
    rules = rules or BookingRules.of(program.school)
    slots = slots_ahead(program, today=day or today, now=now, days=0 if day else days, rules=rules)
    if not slots:
        return []
    wished = ["es", "ar"] if learner_group == LearnerGroup.EB else []
    periods_a_day = max(1, round(len(slots) / len({slot.day for slot in slots})))
    rows = _run(
        BEST,
        _parameters(
            slots,
            teacher=teacher,
            tool=tool,
            program=program,
            mentor_id=mentor_id,
            but=but,
            rules=rules,
            now=now,
            wished=wished,
        )
        | {"name": name.strip().lower(), "limit": limit, "wait": 0.5 / periods_a_day},
    )
    words: dict[str, Any] = {"tool": tool, "wished": wished, "to_teacher": to_teacher}
    return [_proposal(row, slots[row["n"]], program=program, reasons=_reasons(row, **words)) for row in rows]


def propose_soon(
    teacher: User, *, tool: Tool, program: Program, now: dt.datetime, today: dt.date, learner_group: str
) -> list[Proposal]:
    """Three other times for somebody who has just lost one: from the next days, if these have three."""

    def within(days: int) -> list[Proposal]:
        return propose(
            teacher, tool=tool, program=program, now=now, today=today, learner_group=learner_group, days=days
        )

    soon = within(SOON_DAYS)
    return soon if len(soon) == 3 else within(HORIZON_DAYS)


def free_mentors(
    teacher: User,
    *,
    tool: Tool,
    program: Program,
    day: dt.date,
    period: Period,
    now: dt.datetime,
    rules: BookingRules | None = None,
    instead_of: Booking | None = None,
    to_teacher: bool = True,
) -> list[Proposal]:
    """All fitting mentors who are free in one period of one day, each with a room; two statements.

    `instead_of` is a booking in whose mentor's place one would step: its teacher and its room are free then. `rules`
    are the school's, unless given.
    """
    rules = rules or BookingRules.of(program.school)
    ahead = slots_ahead(program, today=day, now=now, days=0, rules=rules)
    slots = [slot for slot in ahead if slot.period.pk == period.pk]
    if not slots:
        return []
    rows = _run(
        ALL_OF_THEM,
        _parameters(
            slots,
            teacher=teacher,
            tool=tool,
            program=program,
            mentor_id=None,
            but=instead_of,
            rules=rules,
            now=now,
            wished=[],
        )
        | {"instead_of": instead_of.pk if instead_of else None},
    )
    words: dict[str, Any] = {"tool": tool, "wished": [], "to_teacher": to_teacher}
    return [_proposal(row, slots[row["n"]], program=program, reasons=_reasons(row, **words)) for row in rows]


def slots_ahead(
    program: Program, *, today: dt.date, now: dt.datetime, days: int = HORIZON_DAYS, rules: BookingRules | None = None
) -> list[Slot]:
    """The periods of the school days from `today` on for `days` days that can still be booked, in order.

    One statement. A bell schedule for some grades gives slots of its own for them; a testing day has none.
    """
    earliest = now + dt.timedelta(minutes=(rules or BookingRules.of(program.school)).notice_minutes)
    until = min(today + dt.timedelta(days=days), program.ends_on)
    rows = (
        PeriodTime.objects.filter(
            period__school=program.school_id,
            day_type__is_testing=False,
            day_type__days__date__range=(max(today, program.starts_on), until),
        )
        .annotate(day=F("day_type__days__date"))
        .select_related("period", "bell_schedule")
        .order_by("day", "starts", "pk")
    )
    own_bells: dict[tuple[int, int], set[str]] = {}  # the grades with bells of their own, by kind of day and period
    for time in (times := list(rows)):
        time.period.school = program.school  # whose zone the spans need
        own_bells.setdefault((time.day_type_id, time.period_id), set()).update(time.bell_schedule.grades)
    slots = []
    for time in times:
        starts_at, ends_at = time.span_on(time.day)
        if starts_at > now and starts_at >= earliest:
            grades = tuple(time.bell_schedule.grades)
            but_grades = () if grades else tuple(own_bells[time.day_type_id, time.period_id])
            wall = (time.starts, time.ends)
            slots.append(Slot(time.day, time.period, time.day_type_id, starts_at, ends_at, wall, grades, but_grades))
    return slots


def _parameters(
    slots: Sequence[Slot],
    *,
    teacher: User,
    tool: Tool,
    program: Program,
    mentor_id: int | None,
    but: Booking | None,
    rules: BookingRules,
    now: dt.datetime,
    wished: list[str],
) -> dict[str, Any]:
    """The statement's parameters: one array element for each slot, or for each of its grades."""
    zone = program.school.zone
    weeks = {slot.day: week_of(slot.day, zone) for slot in slots}
    apart = {slot.day: days_apart(slot.day, rules=rules, zone=zone) for slot in slots}
    cells = [(n, slot, grade) for n, slot in enumerate(slots) for grade in (slot.grades or ("",))]
    return {
        "n": [n for n, _slot, _grade in cells],
        "day": [slot.day for _n, slot, _grade in cells],
        "period": [slot.period.pk for _n, slot, _grade in cells],
        "day_type": [slot.day_type_id for _n, slot, _grade in cells],
        "starts_at": [slot.starts_at for _n, slot, _grade in cells],
        "ends_at": [slot.ends_at for _n, slot, _grade in cells],
        "grade": [grade for _n, _slot, grade in cells],
        "but_grades": [",".join(slot.but_grades) for _n, slot, _grade in cells],
        "week_from": [weeks[slot.day][0] for _n, slot, _grade in cells],
        "week_to": [weeks[slot.day][1] for _n, slot, _grade in cells],
        "apart_from": [apart[slot.day][0] for _n, slot, _grade in cells],
        "apart_to": [apart[slot.day][1] for _n, slot, _grade in cells],
        "wall_from": [slot.wall[0] for _n, slot, _grade in cells],
        "wall_to": [slot.wall[1] for _n, slot, _grade in cells],
        "weeks_from": min(weeks.values())[0],
        "weeks_to": max(weeks.values())[1],
        "teacher_limit": NO_LIMIT if rules.teacher_week_limit is None else rules.teacher_week_limit,
        "mentor_limit": NO_LIMIT if rules.mentor_week_limit is None else rules.mentor_week_limit,
        "core_limit": rules.core_week_minutes,
        "but": but.pk if but else None,
        "instead_of": None,
        "but_playgrounds": [],
        "school": program.school_id,
        "teacher": teacher.pk,
        "mentor": mentor_id,
        "tool": tool.pk,
        "program": program.pk,
        "name": "",
        "now": now,
        "wished": wished,
    }


def _run(sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _proposal(row: dict[str, Any], slot: Slot, *, program: Program, reasons: list[str]) -> Proposal:
    mentor = User(
        pk=row["id"],
        given_name=row["given_name"],
        family_name=row["family_name"],
        grade=row["grade"],
        roles=["student"],
        school_id=program.school_id,
    )
    return Proposal(
        day=slot.day,
        period=slot.period,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        mentor=mentor,
        room=Room(pk=row["room_id"], name=row["room_name"], school_id=program.school_id, in_view=True),
        reasons=reasons,
    )


def _reasons(row: dict[str, Any], *, tool: Tool, wished: Sequence[str], to_teacher: bool) -> list[str]:
    """Why this mentor, in words, from the same figures that ranked the proposal."""
    levels = {
        MentorTool.Level.LEARNING: _("Is learning %(tool)s"),
        MentorTool.Level.KNOWS: _("Knows %(tool)s"),
        MentorTool.Level.EXPERT: _("Knows %(tool)s very well"),
    }
    reasons = [levels[MentorTool.Level(row["level"])] % {"tool": tool.name}]
    if row["is_paired"]:
        reasons.append(_("You two are a pair") if to_teacher else _("The two are a pair"))
    if row["has_helped"]:
        reasons.append(_("Has helped you before") if to_teacher else _("Has helped this teacher before"))
    speaks = {"es": _("Speaks Spanish"), "ar": _("Speaks Arabic")}
    reasons += [speaks[language] for language in wished if language in row["languages"]]
    if row["is_core"] is None:
        reasons.append(_("Free in this period: misses no class"))
    elif row["class_name"] is None:
        reasons.append(_("Misses a class"))
    else:
        reasons.append(_("Misses %(class)s") % {"class": row["class_name"]})
        if not row["is_core"]:
            reasons.append(_("Costs no core class"))
    return reasons
