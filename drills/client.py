"""One of many clients: what people do with bookings and playgrounds, by chance, over one line to the web server."""

from __future__ import annotations

import datetime as dt
import http.client
import random
import time
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from accounts.models import User
from benchmarks.place import Place
from benchmarks.race import TOKEN, cookies_of

if TYPE_CHECKING:
    from drills.storm import Town

DAYS = 4  # so few that most attempts meet somebody else's

Form = Mapping[str, str | list[str]]


class Listener(Protocol):
    """Who is told how each attempt was answered."""

    def note(self, act: str, path: str, answer: http.client.HTTPResponse, text: bytes, took_ms: float) -> None: ...


class Client:
    """One line to the web server, used by one person after the other."""

    def __init__(self, place: Place, town: Town, listener: Listener, chance: random.Random) -> None:
        self.place, self.town, self.listener, self.chance = place, town, listener, chance
        self.line = http.client.HTTPConnection("localhost", place.port, timeout=60)
        self.last: tuple[User, str, Form] | None = None

    def attempt(self) -> None:
        """One act by chance, about as often as in a school whose people are in a hurry."""
        acts: dict[Callable[[], None], int] = {
            self.book: 8, self.book_by_clock: 2, self.book_for: 2, self.click_again: 2,
            self.move: 4, self.drag: 2, self.replace: 2, self.cancel: 3, self.decline: 1,
            self.repeat: 2, self.cancel_weeks: 1,
            self.begin: 1, self.finish: 1, self.say_nobody_came: 2, self.take_that_back: 2, self.replace_now: 2,
            self.plan: 1, self.plan_weeks: 1, self.change: 1, self.call_off: 1, self.call_off_weeks: 1,
            self.join: 3, self.wait: 3, self.take_offer: 3, self.wait_no_more: 1, self.leave: 2,
        }  # fmt: skip
        self.chance.choices(list(acts), weights=list(acts.values()))[0]()

    def book(self) -> None:
        form = self._slot() | {
            "program": str(self.town.crowd.program.pk),
            "tool": str(self.town.crowd.tool.pk),
            "learners": "all",
            "mentor": str(self.chance.choice(self.town.crowd.mentors).pk),
            "goal": "Persuasive texts",
            "request_key": self._new_key(),
        }
        self.last = (self._teacher(), "/book/new/", form)
        self._send("book", *self.last)

    def book_by_clock(self) -> None:
        """At any quarter of an hour, across periods and breaks."""
        form = self._slot() | {
            "tool": str(self.town.crowd.tool.pk),
            "learners": "all",
            "mentor": str(self.chance.choice(self.town.crowd.mentors).pk),
            "starts": f"{self.chance.randint(7, 15):02}:{self.chance.choice([0, 15, 30, 45]):02}",
            "minutes": str(self.chance.choice([20, 30])),
            "goal": "",
            "request_key": self._new_key(),
        }
        self.last = (self._teacher(), "/book/clock/", form)
        self._send("book by clock", *self.last)

    def book_for(self) -> None:
        """A coordinator, for a teacher: the school's limits do not bind her."""
        form = self._slot() | {
            "teacher": str(self._teacher().pk),
            "tool": str(self.town.crowd.tool.pk),
            "learners": "all",
            "mentor": str(self.chance.choice(self.town.crowd.mentors).pk),
            "request_key": self._new_key(),
        }
        self.last = (self.town.coordinator, "/book/for/", form)
        self._send("book for", *self.last)

    def replace(self) -> None:
        """Somebody else steps in for the mentor."""
        if pk := self._one_of(self.town.bookings):
            self._replace("replace", pk)

    def replace_now(self) -> None:
        """In a meeting of this hour; who is said not to have come elsewhere is free for it."""
        self._replace("replace now", self.chance.choice(self.town.now_on))

    def _replace(self, act: str, pk: int) -> None:
        form = {"mentor": str(self.chance.choice(self.town.crowd.mentors).pk)}
        self._send(act, self._somebody(), f"/bookings/{pk}/mentor/", form)

    def begin(self) -> None:
        """In a meeting of this hour, as some of the others below; mostly it is another mentor's."""
        path = f"/bookings/{self.chance.choice(self.town.now_on)}/start/"
        self._send("begin", self.chance.choice(self.town.crowd.mentors), path, {})

    def finish(self) -> None:
        path = f"/bookings/{self.chance.choice(self.town.now_on)}/finish/"
        self._send("finish", self.chance.choice(self.town.crowd.mentors), path, {})

    def say_nobody_came(self) -> None:
        path = f"/bookings/{self.chance.choice(self.town.now_on)}/no-show/"
        self._send("say nobody came", self.town.coordinator, path, {"who": "both"})

    def take_that_back(self) -> None:
        """It takes its time and people again, unless somebody else has them by now."""
        path = f"/bookings/{self.chance.choice(self.town.now_on)}/no-show/end/"
        self._send("take that back", self.town.coordinator, path, {})

    def click_again(self) -> None:
        if self.last:
            self._send("click again", *self.last)

    def move(self) -> None:
        if pk := self._one_of(self.town.bookings):
            self._send("move", self._somebody(), f"/bookings/{pk}/move/", self._slot())

    def cancel(self) -> None:
        if pk := self._one_of(self.town.bookings):
            self._send("cancel", self._somebody(), f"/bookings/{pk}/cancel/", {"reason": ""})

    def drag(self) -> None:
        """The same as a move, by the drawn calendar, which reads JSON."""
        if pk := self._one_of(self.town.bookings):
            self._send("drag", self._somebody(), f"/bookings/{pk}/move/", self._slot(), accept="application/json")

    def repeat(self) -> None:
        """On one day of the week, for some weeks; one clash, and none of them is written."""
        if pk := self._one_of(self.town.bookings):
            until = self.town.crowd.first_day + dt.timedelta(days=DAYS + 7 * self.chance.randint(1, 6))
            form = {
                "until": until.isoformat(),
                "every": "1",
                "weekdays": [str(self.chance.randrange(7))],
                "revision": "0",  # as it was when it was made: who moved it since is told to look again
                "request_key": self._new_key(),
                "save": "1",
            }
            self.last = (self.town.coordinator, f"/bookings/{pk}/repeat/", form)
            self._send("repeat", *self.last)

    def cancel_weeks(self) -> None:
        """This date of a series and all that follow; a booking without a series stands as it is."""
        if pk := self._one_of(self.town.bookings):
            self._send("cancel weeks", self.town.coordinator, f"/bookings/{pk}/series/cancel/", {"reason": ""})

    def decline(self) -> None:
        if pk := self._one_of(self.town.bookings):
            self._send("decline", self.chance.choice(self.town.crowd.mentors), f"/bookings/{pk}/decline/", {})

    def plan(self) -> None:
        form = self._playground() | {"program": str(self.town.crowd.program.pk), "request_key": self._new_key()}
        self._send("plan", self.town.coordinator, "/playgrounds/new/", form)

    def plan_weeks(self) -> None:
        """Every week for some weeks; one clash, and none of them is written."""
        form = self._playground()
        first = dt.date.fromisoformat(str(form["day"]))
        form |= {
            "program": str(self.town.crowd.program.pk),
            "until": (first + dt.timedelta(weeks=self.chance.randint(1, 6))).isoformat(),
            "weekdays": [str(first.weekday())],
            "request_key": self._new_key(),
            "save": "1",
        }
        self._send("plan weeks", self.town.coordinator, "/playgrounds/weekly/", form)

    def change(self) -> None:
        if pk := self._one_of(self.town.playgrounds):
            self._send("change", self.town.coordinator, f"/playgrounds/{pk}/change/", self._playground())

    def call_off(self) -> None:
        if pk := self._one_of(self.town.playgrounds):
            self._send("call off", self.town.coordinator, f"/playgrounds/{pk}/cancel/", {})

    def call_off_weeks(self) -> None:
        """This date and all that follow in its series."""
        if pk := self._one_of(self.town.playgrounds):
            path = f"/playgrounds/{pk}/cancel/"
            self._send("call off weeks", self.town.coordinator, path, {"scope": "following"})

    def join(self) -> None:
        if pk := self._one_of(self.town.playgrounds):
            self._send("join", self._teacher(), f"/playgrounds/{pk}/join/", {})

    def leave(self) -> None:
        if pk := self._one_of(self.town.playgrounds):
            self._send("leave", self._teacher(), f"/playgrounds/{pk}/leave/", {})

    def wait(self) -> None:
        """Ask for a place at a playground that is full, or find that it is not."""
        if pk := self._one_of(self.town.playgrounds):
            who = self._teacher()
            self._send("wait", who, f"/playgrounds/{pk}/wait/", {})
            self.town.waiting.append((who, pk))

    def take_offer(self) -> None:
        """Come back to where one asked: a place may be kept by now."""
        if self.town.waiting:
            who, pk = self.chance.choice(self.town.waiting[-40:])
            self._send("take offer", who, f"/playgrounds/{pk}/join/", {})

    def wait_no_more(self) -> None:
        if self.town.waiting:
            who, pk = self.chance.choice(self.town.waiting[-40:])
            self._send("wait no more", who, f"/playgrounds/{pk}/wait/end/", {})

    def _new_key(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def _teacher(self) -> User:
        return self.chance.choice(self.town.crowd.teachers)

    def _somebody(self) -> User:
        """The coordinator can change any booking; a teacher mostly finds that it is not hers."""
        return self.chance.choice([self.town.coordinator, self._teacher()])

    def _one_of(self, ids: list[int]) -> int:
        return self.chance.choice(ids[-40:]) if ids else 0

    def _slot(self) -> dict[str, str | list[str]]:
        day = self.town.crowd.first_day + dt.timedelta(days=1 + self.chance.randrange(DAYS))
        return {
            "day": day.isoformat(),
            "period": str(self.chance.choice(self.town.crowd.periods).pk),
            "room": str(self.chance.choice(self.town.rooms).pk),
        }

    def _playground(self) -> dict[str, str | list[str]]:
        return self._slot() | {
            "title": "Drop in",
            "tools": [str(self.town.crowd.tool.pk)],
            "places": str(self.chance.choice([1, 2, 3])),
            "minimum": "1",
            "adult_in_charge": str(self._teacher().pk),
            "mentors": [str(one.pk) for one in self.chance.sample(self.town.crowd.mentors, 2)],
        }

    def _send(self, act: str, who: User, path: str, form: Form, accept: str = "text/html") -> None:
        headers = {
            "Accept": accept,
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookies_of(self.town.cookies[who.pk]),
            "Origin": self.place.address if self.place.is_debug else self.place.address.replace("http:", "https:"),
            "X-Forwarded-Proto": "http" if self.place.is_debug else "https",
        }
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **form}, doseq=True)
        began = time.perf_counter()
        self.line.request("POST", path, body, headers)
        answer = self.line.getresponse()
        text = answer.read()
        self.listener.note(act, path, answer, text, (time.perf_counter() - began) * 1000)
