"""Work "signin": a class of 35 signs in at the bell, all at once and from one address.

Each student opens the sign-in page, sends user name and password, and gets the home page. The limit is 35 bare
verifications of such a password hash, as many at once as the machine has cores.
"""

from __future__ import annotations

import http.client
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.auth.hashers import check_password, make_password
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import User
from benchmarks.measure import quantile, report, statements_of
from benchmarks.place import Place
from benchmarks.race import at_once
from benchmarks.school import make_crowd

CLASS = 35
PASSWORD = "quiet-river-41"
IN, HOME = 302, 200


@dataclass
class Rush:
    """How a class got in: the answers to the password, and times in milliseconds, of each student and of all."""

    statuses: Counter[int] = field(default_factory=Counter)
    at_home: int = 0
    each_ms: list[float] = field(default_factory=list)
    whole_ms: float = 0.0


def run(place: Place) -> None:
    """Three classes one after the other, each with fresh sessions; the slowest is told."""
    crowd = make_crowd("Sign-in", mentors=CLASS, teachers=1, now=clock.now())
    give_password(crowd.mentors)
    names = [person.username for person in crowd.mentors]
    place.start("web")
    sign_in(place, names[:4])  # the first ones are those of caches and connections
    rushes = [sign_in(place, names) for _time in range(3)]
    slowest = max(rushes, key=lambda rush: rush.whole_ms)
    report(
        "signin",
        f"{CLASS} students sign in at once, until the last one sees the home page",
        n=CLASS,
        ours_ms=slowest.whole_ms,
        limit=f"{CLASS} bare verifications of the hash on {os.cpu_count()} cores",
        limit_ms=verify_only(CLASS),
        statements=statements_of(lambda: sign_in_inside(names[0])),
        rss_mib=place.memory_mib("web"),
        refused=sum(CLASS - rush.at_home for rush in rushes),
        one_p95_ms=round(quantile(slowest.each_ms, 0.95), 1),
    )
    place.stop("web")


def sign_in_inside(name: str) -> None:
    """The same password, sent inside this process."""
    answer = Client().post(reverse("account_login"), {"login": name, "password": PASSWORD}, secure=True)
    if answer.status_code != IN:
        raise AssertionError(f"A right password was answered with {answer.status_code}.")


def give_password(people: list[User]) -> None:
    """All of them get the same password, hashed as the program does it."""
    User.objects.filter(pk__in=[person.pk for person in people]).update(
        password=make_password(PASSWORD, hasher="argon2")
    )


def verify_only(count: int) -> float:
    """Milliseconds for so many verifications in threads; the hasher lets go of the interpreter's lock."""
    encoded = make_password(PASSWORD, hasher="argon2")
    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        if not all(pool.map(lambda _number: check_password(PASSWORD, encoded), range(count))):
            raise AssertionError("The password does not fit its own hash.")
    return (time.perf_counter() - began) * 1000


def sign_in(place: Place, names: list[str], password: str = PASSWORD) -> Rush:
    """One visitor for each name, all at once."""
    rush, guard = Rush(), threading.Lock()

    def student(number: int, go: Callable[[], object]) -> None:
        visitor = Visitor(place)
        go()
        began = time.perf_counter()
        status = visitor.sign_in(names[number], password)
        is_home = status == IN and visitor.get("/") == HOME
        took = (time.perf_counter() - began) * 1000
        visitor.line.close()
        with guard:
            rush.statuses[status] += 1
            rush.at_home += is_home
            rush.each_ms.append(took)

    began = time.perf_counter()
    at_once(len(names), student)
    rush.whole_ms = (time.perf_counter() - began) * 1000
    return rush


class Visitor:
    """A browser without a window: keeps its cookies, and says what a browser says about itself."""

    def __init__(self, place: Place) -> None:
        self.line = http.client.HTTPConnection("localhost", place.port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.headers = {
            "Origin": place.address if place.is_debug else place.address.replace("http:", "https:"),
            "X-Forwarded-Proto": "http" if place.is_debug else "https",  # as the proxy in front of a school's server
            "Connection": "close",
        }
        self.text = ""

    def sign_in(self, name: str, password: str) -> int:
        """Open the page and send its form; answers the status."""
        self.get("/accounts/login/")
        return self.post("/accounts/login/", {"login": name, "password": password})

    def get(self, path: str) -> int:
        """Ask for a page; its text is kept in `text`."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> int:
        """Send a form with the token of the page before."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.text)
        token = found.group(1) if found else ""
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": token, **fields}))

    def _ask(self, method: str, path: str, body: str | None) -> int:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        self.line.request(method, path, body, {**self.headers, **kind, "Cookie": cookies})
        answer = self.line.getresponse()
        self.text = answer.read().decode(errors="replace")
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status
