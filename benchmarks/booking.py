"""Work "booking": one teacher books one proposal by the page's form, with sign-in, rules, trail and queued messages.

The limit is the same rows in plain SQL, in one transaction: locks, the booking, its holds and its messages.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import uuid
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.models import Message, Period
from benchmarks.measure import own_memory_mib, remark, report, side_by_side
from benchmarks.place import Place
from benchmarks.school import Crowd, make_crowd
from sessions_app.models import Booking

ROUNDS = 60
LIMIT = "the same rows in plain SQL"
WON = 302

BOOK = """
INSERT INTO sessions_app_booking (program_id, teacher_id, mentor_id, room_id, tool_id, learner_group, goal, starts_at,
    ends_at, period_id, state, revision, request_key, booked_by_id, booked_at, end_reason, override_reason,
    who_was_away)
VALUES (%(program)s, %(teacher)s, %(mentor)s, %(room)s, %(tool)s, 'all', 'Persuasive texts', %(start)s, %(end)s,
    %(period)s, 'booked', 0, %(key)s, %(teacher)s, now(), '', '', '')
RETURNING id
"""
HOLD = """
INSERT INTO sessions_app_hold (person_id, room_id, during, booking_id, misses)
SELECT person_id, room_id, tstzrange(%(start)s, %(end)s), %(booking)s, ''
FROM (VALUES (%(teacher)s::bigint, NULL::bigint), (%(mentor)s, NULL), (NULL, %(room)s)) AS taken(person_id, room_id)
"""
TELL = """
INSERT INTO accounts_message (school_id, user_id, kind, about, revision, event_at, lead_minutes, due_at, context,
    calendar_file, state, channel, attempts, message_id, error, created_at)
SELECT %(school)s, person_id, kind, 'booking:' || %(booking)s, 0, %(start)s, lead, now(), %(context)s, %(file)s,
       'cancelled', '', 0, gen_random_uuid(), '', now()
FROM unnest(ARRAY[%(teacher)s, %(mentor)s]::bigint[]) AS person_id,
     (VALUES ('booking_made', 0), ('booking_reminder', 60), ('booking_reminder', 1440)) AS told(kind, lead)
"""


def run(place: Place) -> None:
    """Ours and the limit take turns, each in slots of its own."""
    crowd = make_crowd("Booking", mentors=10, teachers=2, now=clock.now())
    client = Client()
    client.force_login(crowd.teachers[0])
    address = reverse("booking_create")
    ours, plain = slots_of(crowd, first=3), slots_of(crowd, first=33)

    def post() -> None:
        answer = client.post(address, form_of(crowd, *next(ours)), secure=True)
        if answer.status_code != WON:
            raise AssertionError(f"The form was answered with {answer.status_code}.")

    def limit() -> None:
        book_plainly(crowd, *next(plain))

    ours_ms, limit_ms = side_by_side(post, limit, rounds=ROUNDS)
    with CaptureQueriesContext(connection) as captured:
        post()
    own = [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(("BEGIN", "COMMIT"))]
    report(
        "booking",
        "one booking by the form",
        n=ROUNDS,
        ours_ms=ours_ms,
        limit=LIMIT,
        limit_ms=limit_ms,
        statements=len(own),
        rss_mib=own_memory_mib(),
    )
    first = Booking.objects.filter(teacher=crowd.teachers[0]).earliest("pk")
    remark("booking", messages_each=Message.objects.filter(about=first.about).count(), first_words=words_of(own))


def slots_of(crowd: Crowd, *, first: int) -> itertools.chain[tuple[dt.date, Period]]:
    """Day after day, period after period, from the day of this number on."""
    days = (crowd.first_day + dt.timedelta(days=number) for number in range(first, first + 25))
    return itertools.chain.from_iterable(((day, period) for period in crowd.periods) for day in days)


def form_of(crowd: Crowd, day: dt.date, period: Period) -> dict[str, str]:
    """What the button of a proposal sends, for the first mentor."""
    return {
        "program": str(crowd.program.pk),
        "tool": str(crowd.tool.pk),
        "learners": "all",
        "mentor": str(crowd.mentors[0].pk),
        "day": day.isoformat(),
        "period": str(period.pk),
        "room": str(crowd.room.pk),
        "goal": "Persuasive texts",
        "request_key": str(uuid.uuid4()),
    }


def book_plainly(crowd: Crowd, day: dt.date, period: Period) -> None:
    """The rows of one booking for another teacher and mentor, as the form would write them."""
    start, end = crowd.span(day, period)
    asked: dict[str, Any] = {
        "school": crowd.school.pk,
        "program": crowd.program.pk,
        "teacher": crowd.teachers[1].pk,
        "mentor": crowd.mentors[1].pk,
        "room": crowd.room.pk,
        "tool": crowd.tool.pk,
        "period": period.pk,
        "start": start,
        "end": end,
        "key": uuid.uuid4(),
        "context": json.dumps({"goal": "Persuasive texts"}),
        "file": "",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(ARRAY[%(teacher)s, %(mentor)s]) AS key", asked)
        cursor.execute(BOOK, asked)
        asked["booking"] = cursor.fetchone()[0]
        cursor.execute(HOLD, asked)
        cursor.execute(TELL, asked)


def words_of(statements: list[str]) -> list[str]:
    """The beginning of each statement and the first table that it names."""
    return [" ".join([sql.split()[0], *[word for word in sql.split() if "_" in word][:1]])[:60] for sql in statements]
