"""Work "slots": who is free in one period? With 1, 100 and 1,000 mentors; and with 10 and 100,000 bookings in the past.

The limit is the same question in plain SQL, written by hand for this one teacher, tool and period: no room, no reasons.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import clock
from benchmarks.measure import own_memory_mib, remark, report, side_by_side, statements_of
from benchmarks.place import Place
from benchmarks.school import Crowd, fill_past, hold_some, make_crowd
from sessions_app.reports.finder import free_mentors

SIZES = [1, 100, 1000]
PASTS = [10, 100_000]
PAIRS = 200
ROUNDS = 60
LIMIT = "plain SQL of the same question"

WHO_IS_FREE = """
SELECT person.id, person.given_name, person.family_name, person.grade
FROM mentorship_availability rule
JOIN mentorship_participant seat ON seat.person_id = rule.person_id AND seat.program_id = %(program)s
     AND seat.role = 'student' AND seat.left_on IS NULL
JOIN accounts_user person ON person.id = rule.person_id AND person.is_active
JOIN mentorship_mentor mentor ON mentor.user_id = person.id
JOIN mentorship_mentortool skill ON skill.mentor_id = mentor.id AND skill.tool_id = %(tool)s
JOIN accounts_consent consent ON consent.person_id = person.id AND consent.purpose = 'take_part'
     AND consent.given_by = 'guardian' AND consent.withdrawn_on IS NULL
JOIN accounts_consent assent ON assent.person_id = person.id AND assent.purpose = 'take_part'
     AND assent.given_by = 'self' AND assent.withdrawn_on IS NULL
WHERE rule.day_type_id = %(day_type)s AND rule.period_id = %(period)s
  AND NOT EXISTS (SELECT 1 FROM sessions_app_hold hold
                   WHERE hold.person_id = person.id
                     AND hold.during && tstzrange(%(start)s, %(end)s))
"""


def run(place: Place) -> None:
    """A third of the mentors are free in the period, and a tenth of these are booked already."""
    for size in SIZES:
        now = clock.now()
        crowd = make_crowd(f"Slots {size}", mentors=size, teachers=2, now=now, free_every=3)
        day = crowd.first_day + dt.timedelta(days=3)
        hold_some(crowd, crowd.mentors[3::30], day=day, now=now)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        measure(crowd, day=day, now=now)
    for count in PASTS:
        now = clock.now()
        crowd = make_crowd(f"Past {count}", mentors=PAIRS, teachers=PAIRS, now=now, free_every=3)
        fill_past(crowd, count, now=now)
        measure(crowd, day=crowd.first_day + dt.timedelta(days=3), now=now, bookings=count)


def measure(crowd: Crowd, *, day: dt.date, now: dt.datetime, bookings: int | None = None) -> None:
    """The report alone, and the teacher's whole page with sign-in, permission and template."""
    teacher, period = crowd.teachers[1], crowd.periods[0]
    start, end = crowd.span(day, period)
    asked: dict[str, Any] = {
        "program": crowd.program.pk,
        "tool": crowd.tool.pk,
        "day_type": crowd.day_type.pk,
        "period": period.pk,
        "start": start,
        "end": end,
    }

    def plain() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(WHO_IS_FREE, asked)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def ours() -> list[int]:
        found = free_mentors(teacher, tool=crowd.tool, program=crowd.program, day=day, period=period, now=now)
        return [proposal.mentor.pk for proposal in found]

    if sorted(ours()) != sorted(row[0] for row in plain()):
        raise AssertionError("The finder and the plain SQL do not find the same mentors.")
    client = Client()
    client.force_login(teacher)
    address = reverse("booking_find")
    what = {"tool": str(crowd.tool.pk), "day": day.isoformat()}

    def page() -> None:
        answer = client.get(address, what, secure=True)
        if answer.status_code != 200 or b"request_key" not in answer.content:
            raise AssertionError(f"The page answered {answer.status_code} and offers no time.")

    remark("slots", what="mentors free in the period", n=len(crowd.mentors), free=len(ours()))
    acts: list[tuple[str, Callable[[], object]]] = [("free mentors of a period", ours), ("the page of a day", page)]
    for name, act in acts:
        ours_ms, limit_ms = side_by_side(act, plain, rounds=ROUNDS)
        report(
            "slots",
            name,
            n=len(crowd.mentors),
            ours_ms=ours_ms,
            limit=LIMIT,
            limit_ms=limit_ms,
            statements=statements_of(act),
            rss_mib=own_memory_mib(),
            **({} if bookings is None else {"bookings": bookings}),
        )
