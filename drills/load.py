"""Bookings that go on while something breaks: whoever gets no answer clicks again."""

from __future__ import annotations

import http.client
import random
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress

from accounts.models import User
from benchmarks.place import Place
from benchmarks.race import cookies_of
from drills.client import Client, Form
from drills.storm import Storm, Town

PAUSE_SECONDS = 0.1  # of one client between two acts
HOPELESS_SECONDS = 10  # longer than any page may take


class PatientClient(Client):
    """Bears that the server goes away, and tries the same once more, as people do."""

    def __init__(self, place: Place, town: Town, listener: Load, chance: random.Random) -> None:
        super().__init__(place, town, listener, chance)
        self.load = listener
        self.line.timeout = HOPELESS_SECONDS

    def _send(self, act: str, who: User, path: str, form: Form, accept: str = "text/html") -> None:
        try:
            super()._send(act, who, path, form, accept)
        except (OSError, http.client.HTTPException) as error:
            self.line.close()
            self.load.note_silence(error)
            self.load.pause()
            with suppress(OSError, http.client.HTTPException):
                super()._send(act, who, path, form, accept)


class Load(Storm):
    """Clients that book, move, cancel and plan until they are told to stop."""

    def __init__(self, place: Place, *, seed: int) -> None:
        super().__init__(place, seed=seed)
        self.is_over = threading.Event()
        self.threads: list[threading.Thread] = []
        self.errors: list[BaseException] = []

    def begin(self, clients: int) -> None:
        """Let them go."""

        def work(number: int) -> None:
            client = PatientClient(self.place, self.town, self, self.chance_of(number))
            try:
                while not self.is_over.is_set():
                    client.attempt()
                    self.pause()
            except BaseException as error:
                self.errors.append(error)
            finally:
                client.line.close()

        self.threads = [threading.Thread(target=work, args=[number], daemon=True) for number in range(clients)]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Wait until each has the answer that it waits for. Raises what went wrong in a client itself."""
        self.is_over.set()
        for thread in self.threads:
            thread.join(60)
        if self.errors:
            raise self.errors[0]

    def pause(self) -> None:
        """Between two acts of one client."""
        self.is_over.wait(PAUSE_SECONDS)

    def note_silence(self, error: Exception) -> None:
        """The server went away, or said nothing for too long."""
        with self.guard:
            self.outcome.unanswered += 1
            if isinstance(error, TimeoutError):
                self.outcome.broken.append(f"no answer within {HOPELESS_SECONDS} s")

    def seconds_until_a_page(self, *, seconds: float) -> float:
        """How long it takes until the calendar of somebody who is signed in comes, `seconds` or more if it does not."""
        began = time.monotonic()
        cookie = cookies_of(self.town.cookies[self.town.crowd.teachers[0].pk])
        page = urllib.request.Request(
            f"{self.place.address}/calendar/", headers={"Cookie": cookie, "X-Forwarded-Proto": "https"}
        )
        while (elapsed := time.monotonic() - began) < seconds:
            with (
                suppress(OSError, urllib.error.URLError, http.client.HTTPException),
                urllib.request.urlopen(page, timeout=HOPELESS_SECONDS) as answer,
            ):
                if answer.url == page.full_url:  # not the sign-in page
                    return time.monotonic() - began
            time.sleep(0.05)
        return elapsed
