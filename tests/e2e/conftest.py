"""The whole program in its own place, and a browser; only for the tests of this folder."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, sync_playwright

from benchmarks.place import Place
from tests import machine
from tests.accounts.smtp_sink import Sink

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Program:
    """Web, worker and beat with the demo school, and the mail server that they send to."""

    place: Place
    sink: Sink

    @property
    def address(self) -> str:
        return self.place.address

    def jump(self, to: dt.datetime) -> None:
        """Move the clock of web, worker and beat to a moment on the school's wall."""
        self.place.manage("move_clock", f"{to:%Y-%m-%d %H:%M}")

    def shell(self, code: str) -> str:
        """Do something in a process of the program; answers what it printed."""
        return self.place.manage("shell", "--no-imports", "-c", code)


def wait_until(happens: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Look again and again until it has happened."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, f"after {seconds} s still not: {what}"
        time.sleep(0.2)


@pytest.fixture(scope="session")
def program() -> Iterator[Program]:
    """The program as `make run` starts it, in a place of its own, scanning its outbox every second."""
    with Sink() as sink:
        place = Place(debug=True, EMAIL_URL=f"smtp://{sink.host}:{sink.port}", OUTBOX_SCAN_SECONDS="1")
        try:
            place.manage("prepare")
            place.start("web", "worker", "beat")
            yield Program(place, sink)
        finally:
            place.close()


@pytest.fixture
def clock_goes_back(program: Program) -> Iterator[None]:
    """The real time again after a test that jumps."""
    yield
    program.place.manage("move_clock", "back")


@pytest.fixture
def english_again(program: Program) -> Iterator[None]:
    """Those whom tests sign in as read English after a test that changes their language, whatever happened in it."""
    yield
    program.shell(
        "from accounts.models import User; "
        "User.objects.filter(username__in=['coordinator', 'teacher', 'student', 'admin']).update(language='en')"
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=FLAGS)
        yield browser
        browser.close()
