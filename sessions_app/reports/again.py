"""Whom a teacher may want again: the mentors who helped her last, and with what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import User
from sessions_app.reports.rules_sql import IS_KEPT_APART, MAY_TAKE_PART

# How far back one remembers, and how many stand on the home page.
REMEMBERED = dt.timedelta(days=120)
SHOWN = 2

HELPED_LAST = f"""
SELECT last.mentor_id, last.given_name, last.tool_id, last.tool, last.learner_group
FROM (
    SELECT DISTINCT ON (booking.mentor_id) booking.mentor_id, person.given_name, booking.tool_id, tool.name AS tool,
           booking.learner_group, booking.starts_at
    FROM sessions_app_booking booking
    JOIN accounts_user person ON person.id = booking.mentor_id
    JOIN mentorship_tool tool ON tool.id = booking.tool_id
    WHERE booking.teacher_id = %(teacher)s AND booking.state = 'booked'
      AND booking.ends_at <= %(now)s AND booking.ends_at > %(since)s
      AND EXISTS (SELECT 1 FROM mentorship_mentortool skill JOIN mentorship_mentor mentor ON mentor.id = skill.mentor_id
                   WHERE mentor.user_id = person.id AND skill.tool_id = booking.tool_id)
      AND EXISTS (SELECT 1 FROM mentorship_participant seat
                    JOIN mentorship_participant own USING (program_id)
                    JOIN mentorship_program program ON program.id = seat.program_id
                   WHERE seat.person_id = person.id AND seat.role = 'student' AND seat.left_on IS NULL
                     AND own.person_id = %(teacher)s AND own.role = 'teacher' AND own.left_on IS NULL
                     AND program.closed_on IS NULL AND program.ends_on >= %(today)s)
      AND {MAY_TAKE_PART} AND NOT {IS_KEPT_APART}
    ORDER BY booking.mentor_id, booking.starts_at DESC
) last
ORDER BY last.starts_at DESC
LIMIT %(limit)s
"""  # noqa: S608  # our own words only


@dataclass(frozen=True)
class Again:
    """A mentor, by first name, and the tool and learners of the last help."""

    mentor_id: int
    given_name: str
    tool_id: int
    tool: str
    learner_group: str


def helped_last(teacher: User, *, now: dt.datetime, today: dt.date) -> list[Again]:
    """The mentors who helped this teacher last, the latest first, and only who may be booked again; one statement.

    By the finder's own rules: whoever may not meet her now is not there, and the page does not say why.
    """
    asked: dict[str, Any] = {
        "teacher": teacher.pk,
        "now": now,
        "since": now - REMEMBERED,
        "today": today,
        "limit": SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(HELPED_LAST, asked)
        return [Again(*row) for row in cursor.fetchall()]
