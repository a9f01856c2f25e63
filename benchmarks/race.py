"""Work "race": many teachers click on one slot of one mentor at once, round after round.

The clicks go over HTTP to the program as it runs in a school. The limit is taking the same slot in plain SQL: as many
connections at once, each with the advisory locks, one look and one insert under the exclusion constraint.
"""

from __future__ import annotations

import datetime as dt
import http.client
import statistics
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlencode

import psycopg2
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import Period, User
from benchmarks.measure import quantile, remark, report, statements_of
from benchmarks.place import Place
from benchmarks.school import Crowd, make_crowd
from sessions_app.models import Booking

CLICKS = 50
ROUNDS = 20
OTHER_MENTORS = 9
WON, LOST = 302, 409
TOKEN = "t" * 32  # of the form and of the cookie: what a browser brings back

PLAIN_TABLE = """
CREATE TABLE plain_hold (
    person bigint NOT NULL,
    during tstzrange NOT NULL,
    EXCLUDE USING gist (int8range(person, person, '[]') WITH &&, during WITH &&)
)
"""


@dataclass
class Round:
    """What the clicks of one round were answered with; times in milliseconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    winners_ms: list[float] = field(default_factory=list)
    losers_ms: list[float] = field(default_factory=list)
    fewest_other_times: int = 99
    bookings: int = 0


def run(place: Place) -> None:
    """Twenty rounds of both, in turns."""
    crowd = make_crowd("Race", mentors=1 + OTHER_MENTORS, teachers=CLICKS, now=clock.now())
    cookies = [session_of(teacher) for teacher in crowd.teachers]
    place.start("web")
    race(place, crowd, cookies, next(slots_of(crowd, skip=10)))  # the first one is that of caches and connections
    connections = [psycopg2.connect(place.environment["DATABASE_URL"]) for _click in range(CLICKS)]
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_TABLE)
    rounds, plain_ms = [], []
    for slot in islice(slots_of(crowd), ROUNDS):
        rounds.append(race(place, crowd, cookies, slot))
        plain_ms += plain_race(connections, crowd, slot)
    for one in connections:
        one.close()
    losers = [ms for one in rounds for ms in one.losers_ms]
    loser = Client()
    loser.force_login(crowd.teachers[-1])
    report(
        "race",
        f"losers' p95 over {ROUNDS} rounds",
        n=CLICKS,
        ours_ms=quantile(losers, 0.95),
        limit="losers' p95 of the same slot in plain SQL",
        limit_ms=quantile(plain_ms, 0.95),
        statements=statements_of(lambda: lose_inside(loser, crowd)),
        rss_mib=place.memory_mib("web"),
        bookings_per_round_max=max(one.bookings for one in rounds),
        bookings_per_round_min=min(one.bookings for one in rounds),
        errors_500=sum(count for one in rounds for status, count in one.statuses.items() if status >= 500),
    )
    remark(
        "race",
        answers={str(status): count for status, count in sum((one.statuses for one in rounds), Counter[int]()).items()},
        losers_p50_ms=round(statistics.median(losers), 1),
        losers_max_ms=round(max(losers), 1),
        winners_p50_ms=round(statistics.median(ms for one in rounds for ms in one.winners_ms), 1),
        other_times_offered_min=min(one.fewest_other_times for one in rounds),
    )
    place.stop("web")


def slots_of(crowd: Crowd, *, skip: int = 0) -> Iterator[tuple[dt.date, Period]]:
    """Day after day, period after period, from the third day on."""
    for number in range(2 + skip, 58):
        for period in crowd.periods:
            yield crowd.first_day + dt.timedelta(days=number), period


def session_of(person: User) -> str:
    """The cookie of a person who is signed in."""
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def cookies_of(session: str) -> str:
    """What a browser sends along: the session, and the token that its forms carry too."""
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def form_of(crowd: Crowd, slot: tuple[dt.date, Period]) -> dict[str, str]:
    """What the button of a proposal sends, for the first mentor."""
    day, period = slot
    return {
        "csrfmiddlewaretoken": TOKEN,
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


def race(place: Place, crowd: Crowd, cookies: list[str], slot: tuple[dt.date, Period]) -> Round:
    """One round: everybody clicks in the same moment."""
    outcome, guard = Round(), threading.Lock()
    address = reverse("booking_create")
    start, _end = crowd.span(*slot)

    def click(number: int, go: Callable[[], object]) -> None:
        body = urlencode(form_of(crowd, slot))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookies_of(cookies[number]),
            "Origin": place.address if place.is_debug else place.address.replace("http:", "https:"),
            "X-Forwarded-Proto": "http" if place.is_debug else "https",  # as the proxy in front of a school's server
        }
        line = http.client.HTTPConnection("localhost", place.port, timeout=60)
        go()
        began = time.perf_counter()
        line.request("POST", address, body, headers)
        answer = line.getresponse()
        text = answer.read()
        took = (time.perf_counter() - began) * 1000
        line.close()
        with guard:
            outcome.statuses[answer.status] += 1
            if answer.status == LOST:
                outcome.losers_ms.append(took)
                outcome.fewest_other_times = min(outcome.fewest_other_times, text.count(b'name="request_key"'))
            elif answer.status == WON:
                outcome.winners_ms.append(took)

    at_once(len(cookies), click)
    outcome.bookings = Booking.objects.standing().filter(mentor=crowd.mentors[0], starts_at=start).count()
    return outcome


def lose_inside(loser: Client, crowd: Crowd) -> None:
    """A click on the first slot, which is long taken, inside this process."""
    answer = loser.post(reverse("booking_create"), form_of(crowd, next(slots_of(crowd))), secure=True)
    if answer.status_code != LOST:
        raise AssertionError(f"A taken slot was answered with {answer.status_code}.")


def plain_race(
    connections: list[psycopg2.extensions.connection], crowd: Crowd, slot: tuple[dt.date, Period]
) -> list[float]:
    """The same slot in plain SQL, one round; the losers' times in milliseconds."""
    start, end = crowd.span(*slot)
    losers_ms, guard = [], threading.Lock()

    def take(number: int, go: Callable[[], object]) -> None:
        bodies = sorted([crowd.teachers[number].pk, crowd.mentors[0].pk])
        go()
        began = time.perf_counter()
        with connections[number] as transaction, transaction.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [bodies])
            asked = [bodies, start, end]
            cursor.execute(
                "SELECT 1 FROM plain_hold WHERE person = ANY (%s) AND during && tstzrange(%s, %s) LIMIT 1", asked
            )
            is_lost = cursor.fetchone() is not None
            if not is_lost:
                cursor.execute("INSERT INTO plain_hold SELECT unnest(%s::bigint[]), tstzrange(%s, %s)", asked)
        if is_lost:
            with guard:
                losers_ms.append((time.perf_counter() - began) * 1000)

    at_once(len(connections), take)
    return losers_ms


def at_once(count: int, act: Callable[[int, Callable[[], object]], None]) -> None:
    """Run `act(number, go)` in as many threads; `go` returns in all of them in the same moment. Errors are raised."""
    barrier = threading.Barrier(count)
    errors: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            act(number, barrier.wait)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
