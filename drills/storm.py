"""A storm: many people at once book, move, cancel, decline, plan and join at random, over HTTP, and too few rooms."""

from __future__ import annotations

import datetime as dt
import http.client
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from accounts import clock
from accounts.models import Room, User
from accounts.permissions import Role
from benchmarks.measure import quantile
from benchmarks.place import Place
from benchmarks.race import at_once, session_of
from benchmarks.school import Crowd, make_crowd
from drills.client import Client
from sessions_app.models import Booking, Hold

TEACHERS, MENTORS, ROOMS = 24, 8, 4
TOO_LATE = 409
LOST = {TOO_LATE, 422}
BOOKS = {"book", "book by clock", "book for"}
AWAY = 503  # said by a page while the database does not answer


class Town:
    """A school, its people with open sessions, and what they have met so far; everybody tries everybody's."""

    def __init__(self, name: str) -> None:
        self.crowd: Crowd = make_crowd(name, mentors=MENTORS, teachers=TEACHERS, now=clock.now())
        self.coordinator = User.objects.create(
            school=self.crowd.school, username=f"lane.{self.crowd.school.pk}", given_name="Lane", family_name="Storm",
            roles=[Role.COORDINATOR],
        )  # fmt: skip
        self.rooms = [
            self.crowd.room,
            *(Room.objects.create(school=self.crowd.school, name=f"{n}", in_view=True) for n in range(1, ROOMS)),
        ]
        people = [*self.crowd.teachers, *self.crowd.mentors, self.coordinator]
        self.cookies = {person.pk: session_of(person) for person in people}
        self.now_on = _now_on(self.crowd)
        self.bookings: list[int] = []
        self.playgrounds: list[int] = []
        self.waiting: list[tuple[User, int]] = []

    def meet(self, address: str) -> None:
        """Remember what an answer leads to."""
        if made := re.fullmatch(r"/(bookings|playgrounds)/(\d+)/", address):
            ids = self.bookings if made[1] == "bookings" else self.playgrounds
            if int(made[2]) not in ids[-60:]:
                ids.append(int(made[2]))


def _now_on(crowd: Crowd) -> list[int]:
    """A meeting for each mentor, each with a teacher and a room of its own, that began a quarter of an hour ago."""
    now = clock.now()
    during = (now - dt.timedelta(minutes=15), now + dt.timedelta(minutes=45))
    rooms = [Room.objects.create(school=crowd.school, name=f"Now {one.pk}", in_view=True) for one in crowd.mentors]
    rows = Booking.objects.bulk_create(
        Booking(
            program=crowd.program, teacher=teacher, mentor=mentor, room=room, tool=crowd.tool, booked_by=teacher,
            booked_at=now, starts_at=during[0], ends_at=during[1],
        )
        for teacher, mentor, room in zip(crowd.teachers, crowd.mentors, rooms, strict=False)
    )  # fmt: skip
    for row in rows:
        bodies: list[dict[str, int]] = [
            {"person_id": row.teacher_id}, {"person_id": row.mentor_id}, {"room_id": row.room_id},
        ]  # fmt: skip
        Hold.objects.bulk_create(Hold(booking=row, during=during, **body) for body in bodies)
    return [row.pk for row in rows]


@dataclass
class Outcome:
    """What attempts were answered with: statuses by act, times, promised bookings, and every answer of 500 and more."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    losers_ms: list[tuple[int, float]] = field(default_factory=list)
    pages_ms: list[float] = field(default_factory=list)
    promised: set[int] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    away: int = 0
    unanswered: int = 0

    @property
    def attempts(self) -> int:
        """How many requests were answered."""
        return self.answers.total()

    def won(self, act: str) -> int:
        """How often this act was taken: with the way to a page, or with an answer to a script."""
        return self.answers[act, 302] + self.answers[act, 200]

    def losers_p95_ms(self) -> float:
        """Of those who came too late, and of them with those who may not: the worse, so that many of one hide none."""
        late = [took for status, took in self.losers_ms if status == TOO_LATE]
        both = [took for _status, took in self.losers_ms]
        return max(quantile(losers, 0.95) if losers else 0.0 for losers in (late, both))

    def pages_p95_ms(self) -> float:
        """Of all answers."""
        return quantile(self.pages_ms, 0.95) if self.pages_ms else 0.0


class Storm:
    """What the people of a town do, and are answered. `seed` makes the same attempts again, in any order."""

    def __init__(self, place: Place, *, seed: int) -> None:
        self.place, self.seed = place, seed
        self.town, self.outcome, self.guard = Town(f"Storm {seed}"), Outcome(), Lock()

    def blow(self, *, attempts: int, clients: int) -> Outcome:
        """Share the attempts among clients who begin in the same moment; answers what came of them."""

        def work(number: int, go: Callable[[], object]) -> None:
            one = Client(self.place, self.town, self, self.chance_of(number))
            go()
            for _attempt in range(attempts // clients):
                one.attempt()
            one.line.close()

        at_once(clients, work)
        return self.outcome

    def chance_of(self, number: int) -> random.Random:
        """The dice of one client."""
        return random.Random(self.seed * 1000 + number)

    def note(self, act: str, path: str, answer: http.client.HTTPResponse, text: bytes, took_ms: float) -> None:
        """Write down one answer."""
        outcome, address = self.outcome, answer.headers.get("Location", "")
        with self.guard:
            outcome.answers[act, answer.status] += 1
            outcome.pages_ms.append(took_ms)
            if answer.status in LOST:
                outcome.losers_ms.append((answer.status, took_ms))
            if answer.status == AWAY:
                outcome.away += 1
            elif answer.status >= 500 or b"Traceback (most" in text:
                outcome.broken.append(f"{act} {path}: {answer.status} {text[:300]!r}")
            if act in BOOKS and (made := re.fullmatch(r"/bookings/(\d+)/", address)):
                outcome.promised.add(int(made[1]))
            self.town.meet(address)
