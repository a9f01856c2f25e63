"""A storm: many people at once book, move, cancel, decline, plan and join at random, over HTTP, and too few rooms."""

from __future__ import annotations

import datetime as dt
import http.client
import random
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import urlencode

from accounts import clock
from accounts.models import Room, User
from accounts.permissions import Role
from benchmarks.measure import quantile
from benchmarks.place import Place
from benchmarks.race import TOKEN, at_once, cookies_of, session_of
from benchmarks.school import Crowd, make_crowd

TEACHERS, MENTORS, ROOMS = 24, 8, 4
DAYS = 4  # so few that most attempts meet somebody else's
LOST = {409, 422}

Form = Mapping[str, str | list[str]]


@dataclass
class Outcome:
    """What a storm was answered with: statuses by act, the losers' times, and every answer of 500 and more."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    losers_ms: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def attempts(self) -> int:
        """How many requests were answered."""
        return self.answers.total()

    def won(self, act: str) -> int:
        """How often this act was taken."""
        return self.answers[act, 302]

    def losers_p95_ms(self) -> float:
        """Of those who were told that they came too late or may not."""
        return quantile(self.losers_ms, 0.95) if self.losers_ms else 0.0


@dataclass
class Known:
    """The ids that were met so far; everybody tries everybody's."""

    bookings: list[int] = field(default_factory=list)
    playgrounds: list[int] = field(default_factory=list)


class Storm:
    """A school, its people with open sessions, and what they do. `seed` makes the same attempts again, in any order."""

    def __init__(self, place: Place, *, seed: int) -> None:
        self.place, self.seed = place, seed
        self.crowd: Crowd = make_crowd(f"Storm {seed}", mentors=MENTORS, teachers=TEACHERS, now=clock.now())
        self.coordinator = User.objects.create(
            school=self.crowd.school, username=f"lane.{seed}", given_name="Lane", family_name="Storm",
            roles=[Role.COORDINATOR],
        )  # fmt: skip
        self.rooms = [
            self.crowd.room,
            *(Room.objects.create(school=self.crowd.school, name=f"{n}", in_view=True) for n in range(1, ROOMS)),
        ]
        people = [*self.crowd.teachers, *self.crowd.mentors, self.coordinator]
        self.cookies = {person.pk: session_of(person) for person in people}
        self.known, self.outcome, self.guard = Known(), Outcome(), Lock()

    def blow(self, *, attempts: int, clients: int) -> Outcome:
        """Share the attempts among clients who begin in the same moment; answers what came of them."""

        def work(number: int, go: Callable[[], object]) -> None:
            one = Client(self, random.Random(self.seed * 1000 + number))
            go()
            for _attempt in range(attempts // clients):
                one.attempt()
            one.line.close()

        at_once(clients, work)
        return self.outcome


class Client:
    """One line to the web server, used by one person after the other."""

    def __init__(self, storm: Storm, chance: random.Random) -> None:
        self.storm, self.chance = storm, chance
        self.line = http.client.HTTPConnection("localhost", storm.place.port, timeout=60)
        self.last: tuple[User, str, Form] | None = None

    def attempt(self) -> None:
        """One act by chance, about as often as in a school whose people are in a hurry."""
        acts: dict[Callable[[], None], int] = {
            self.book: 8, self.click_again: 2, self.move: 4, self.cancel: 3, self.decline: 1,
            self.plan: 1, self.plan_weeks: 1, self.change: 1, self.call_off: 1, self.join: 3, self.leave: 1,
        }  # fmt: skip
        self.chance.choices(list(acts), weights=list(acts.values()))[0]()

    def book(self) -> None:
        form = self._slot() | {
            "program": str(self.storm.crowd.program.pk),
            "tool": str(self.storm.crowd.tool.pk),
            "learners": "all",
            "mentor": str(self.chance.choice(self.storm.crowd.mentors).pk),
            "goal": "Persuasive texts",
            "request_key": self._new_key(),
        }
        self.last = (self._teacher(), "/book/new/", form)
        self._send("book", *self.last)

    def click_again(self) -> None:
        if self.last:
            self._send("click again", *self.last)

    def move(self) -> None:
        if pk := self._one_of(self.storm.known.bookings):
            self._send("move", self._somebody(), f"/bookings/{pk}/move/", self._slot())

    def cancel(self) -> None:
        if pk := self._one_of(self.storm.known.bookings):
            self._send("cancel", self._somebody(), f"/bookings/{pk}/cancel/", {"reason": ""})

    def decline(self) -> None:
        if pk := self._one_of(self.storm.known.bookings):
            self._send("decline", self.chance.choice(self.storm.crowd.mentors), f"/bookings/{pk}/decline/", {})

    def plan(self) -> None:
        form = self._playground() | {"program": str(self.storm.crowd.program.pk)}
        self._send("plan", self.storm.coordinator, "/playgrounds/new/", form)

    def plan_weeks(self) -> None:
        """Every week for some weeks; one clash, and none of them is written."""
        form = self._playground()
        first = dt.date.fromisoformat(str(form["day"]))
        form |= {
            "program": str(self.storm.crowd.program.pk),
            "until": (first + dt.timedelta(weeks=self.chance.randint(1, 6))).isoformat(),
            "weekdays": [str(first.weekday())],
            "request_key": self._new_key(),
            "save": "1",
        }
        self._send("plan weeks", self.storm.coordinator, "/playgrounds/weekly/", form)

    def change(self) -> None:
        if pk := self._one_of(self.storm.known.playgrounds):
            self._send("change", self.storm.coordinator, f"/playgrounds/{pk}/change/", self._playground())

    def call_off(self) -> None:
        if pk := self._one_of(self.storm.known.playgrounds):
            self._send("call off", self.storm.coordinator, f"/playgrounds/{pk}/cancel/", {})

    def join(self) -> None:
        if pk := self._one_of(self.storm.known.playgrounds):
            self._send("join", self._teacher(), f"/playgrounds/{pk}/join/", {})

    def leave(self) -> None:
        if pk := self._one_of(self.storm.known.playgrounds):
            self._send("leave", self._teacher(), f"/playgrounds/{pk}/leave/", {})

    def _new_key(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def _teacher(self) -> User:
        return self.chance.choice(self.storm.crowd.teachers)

    def _somebody(self) -> User:
        """The coordinator can change any booking; a teacher mostly finds that it is not hers."""
        return self.chance.choice([self.storm.coordinator, self._teacher()])

    def _one_of(self, ids: list[int]) -> int:
        return self.chance.choice(ids[-40:]) if ids else 0

    def _slot(self) -> dict[str, str | list[str]]:
        day = self.storm.crowd.first_day + dt.timedelta(days=1 + self.chance.randrange(DAYS))
        return {
            "day": day.isoformat(),
            "period": str(self.chance.choice(self.storm.crowd.periods).pk),
            "room": str(self.chance.choice(self.storm.rooms).pk),
        }

    def _playground(self) -> dict[str, str | list[str]]:
        return self._slot() | {
            "title": "Drop in",
            "tools": [str(self.storm.crowd.tool.pk)],
            "places": "2",
            "minimum": "1",
            "adult_in_charge": str(self._teacher().pk),
            "mentors": [str(one.pk) for one in self.chance.sample(self.storm.crowd.mentors, 2)],
        }

    def _send(self, act: str, who: User, path: str, form: Form) -> None:
        place = self.storm.place
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookies_of(self.storm.cookies[who.pk]),
            "Origin": place.address if place.is_debug else place.address.replace("http:", "https:"),
            "X-Forwarded-Proto": "http" if place.is_debug else "https",
        }
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **form}, doseq=True)
        began = time.perf_counter()
        self.line.request("POST", path, body, headers)
        answer = self.line.getresponse()
        text = answer.read()
        took = (time.perf_counter() - began) * 1000
        self._note(act, path, answer, text, took)

    def _note(self, act: str, path: str, answer: http.client.HTTPResponse, text: bytes, took: float) -> None:
        with self.storm.guard:
            self.storm.outcome.answers[act, answer.status] += 1
            if answer.status in LOST:
                self.storm.outcome.losers_ms.append(took)
            if answer.status >= 500:
                self.storm.outcome.broken.append(f"{act} {path}: {answer.status} {text[:300]!r}")
            if made := re.fullmatch(r"/(bookings|playgrounds)/(\d+)/", answer.headers.get("Location", "")):
                ids = self.storm.known.bookings if made[1] == "bookings" else self.storm.known.playgrounds
                if int(made[2]) not in ids[-60:]:
                    ids.append(int(made[2]))
