"""Work "booking": one teacher books one proposal by the page's form, with sign-in, rules, trail and queued messages.

The limit is the same rows in plain SQL, in one transaction: locks, the booking, its holds and its messages. With 10 and
with 100,000 bookings in the past.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import uuid
from typing import Any

from django.contrib.messages.storage.session import SessionStorage
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.models import Message, Period, User
from benchmarks.measure import own_memory_mib, remark, report, side_by_side
from benchmarks.place import Place
from benchmarks.school import Crowd, fill_past, make_crowd
from sessions_app.models import Booking
from sessions_app.views.finding import booking_create

ROUNDS = 60
PASTS = [10, 100_000]
PAIRS = 200
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
    """With 10 and with 100,000 bookings in the past: ours and the limit take turns, each in slots of its own."""
    for count in PASTS:
        now = clock.now()
        crowd = make_crowd(f"Booking {count}", mentors=PAIRS, teachers=PAIRS, now=now)
        fill_past(crowd, count, now=now)
        measure(crowd, bookings=count)


def measure(crowd: Crowd, *, bookings: int) -> None:
    """The whole request, and the server's work beyond the session: the user, form, rules, trail and queued messages."""
    client = Client()
    client.force_login(crowd.teachers[0])
    address = reverse("booking_create")
    ours, plain = slots_of(crowd, first=3, days=25), slots_of(crowd, first=33, days=25)

    def post() -> None:
        answer = client.post(address, form_of(crowd, *next(ours)), secure=True)
        if answer.status_code != WON:
            raise AssertionError(f"The form was answered with {answer.status_code}.")

    def work() -> None:
        request = RequestFactory().post(address, form_of(crowd, *next(ours)), secure=True)
        request.user = User.objects.select_related("school").get(pk=crowd.teachers[0].pk)
        request.session = {}  # type: ignore[assignment]  # what the session's own middleware would have read
        request._messages = SessionStorage(request)  # type: ignore[attr-defined]
        if booking_create(request).status_code != WON:
            raise AssertionError("The form was not accepted.")

    def limit() -> None:
        book_plainly(crowd, *next(plain))

    for what, act in (("one booking by the form", post), ("the same beyond the session", work)):
        ours_ms, limit_ms = side_by_side(act, limit, rounds=ROUNDS)
        with CaptureQueriesContext(connection) as captured:
            act()
        own = own_statements([one["sql"] for one in captured.captured_queries])
        report(
            "booking",
            what,
            n=ROUNDS,
            ours_ms=ours_ms,
            limit=LIMIT,
            limit_ms=limit_ms,
            statements=len(own),
            rss_mib=own_memory_mib(),
            bookings=bookings,
        )
    first = Booking.objects.filter(teacher=crowd.teachers[0], starts_at__gt=clock.now()).earliest("pk")
    remark("booking", messages_each=Message.objects.filter(about=first.about).count(), first_words=words_of(own))


def own_statements(sent: list[str]) -> list[str]:
    """Those that are not the session's, nor the edges of a transaction."""
    return [sql for sql in sent if "django_session" not in sql and not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT"))]


def slots_of(crowd: Crowd, *, first: int, days: int) -> itertools.chain[tuple[dt.date, Period]]:
    """Day after day, period after period, from the day of this number on."""
    dates = (crowd.first_day + dt.timedelta(days=number) for number in range(first, first + days))
    return itertools.chain.from_iterable(((day, period) for period in crowd.periods) for day in dates)


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
