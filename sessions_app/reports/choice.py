"""The rows that one choice of a page names, read in one statement: a click on a proposal should cost little."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Period, PeriodTime, Room, School
from mentorship.models import Tool

# The times are those of the grade's own bell schedule, else of the one for everybody (as in `times_of_day`).
CHOICE = """
SELECT tool.name AS tool_name, period.name AS period_name, room.name AS room_name, room.is_shared, room.in_view,
       time.starts, time.ends
FROM mentorship_tool tool
JOIN accounts_room room ON room.school_id = tool.school_id AND room.id = %(room)s
JOIN accounts_period period ON period.school_id = tool.school_id AND period.id = %(period)s
LEFT JOIN LATERAL (
    SELECT time.starts, time.ends
    FROM accounts_schoolday day
    JOIN accounts_periodtime time ON time.day_type_id = day.day_type_id AND time.period_id = period.id
    JOIN accounts_bellschedule bells ON bells.id = time.bell_schedule_id
    WHERE day.school_id = tool.school_id AND day.date = %(day)s
      AND (bells.grades = '{}' OR %(grade)s = ANY (bells.grades))
    ORDER BY bells.grades = '{}', time.starts DESC
    LIMIT 1
) time ON TRUE
WHERE tool.id = %(tool)s AND tool.school_id = %(school)s
"""


@dataclass(frozen=True)
class Choice:
    """A tool, a period and a room of one school. `span` is when that period is on the day, None if it is not held."""

    tool: Tool
    period: Period
    room: Room
    span: tuple[dt.datetime, dt.datetime] | None


def read_choice(*, school: School, tool: int, period: int, room: int, day: dt.date, grade: str) -> Choice | None:
    """The rows with these ids, and the period's instants on `day` for a mentor of this grade. None if one is missing
    or another school's. One statement."""
    asked: dict[str, Any] = {
        "school": school.pk,
        "tool": tool,
        "period": period,
        "room": room,
        "day": day,
        "grade": grade,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHOICE, asked)
        row = cursor.fetchone()
    if row is None:
        return None
    tool_name, period_name, room_name, is_shared, in_view, starts, ends = row
    held = Period.from_db(None, ["id", "school_id", "name"], [period, school.pk, period_name])
    held.school = school
    return Choice(
        tool=Tool.from_db(None, ["id", "school_id", "name"], [tool, school.pk, tool_name]),
        period=held,
        room=Room.from_db(
            None, ["id", "school_id", "name", "is_shared", "in_view"], [room, school.pk, room_name, is_shared, in_view]
        ),
        span=PeriodTime(period=held, starts=starts, ends=ends).span_on(day) if starts else None,
    )
