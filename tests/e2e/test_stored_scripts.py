"""A school in which everybody is called a script: no page of any role runs one, nor does the browser have to stop one.

The browser is real; its requests are answered by the program in this very process, with the headers of the program.
They come by a socket of ours, so that the browser keeps scripts and styles as it does in a school.
"""

from __future__ import annotations

import contextlib
import mimetypes
import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.staticfiles.finders import find
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from tests import machine
from tests.canary import make_farm
from tests.cast import NOW
from tests.crawl import crawl, kind_of
from tests.e2e.conftest import FLAGS
from tests.walk import Walk, starts

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

# Runs as soon as it stands in a page, and says so.
SCRIPT = "<svg onload=ran()>'\">{}"
WATCH = """
window.ran = () => console.error('RAN');
document.addEventListener('securitypolicyviolation', event =>
    console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
MOST_OF_A_KIND = 2


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Walk]:
    """Two schools whose every text holds a script."""
    whole = transaction.atomic()
    whole._from_testcase = True
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), whole:
        yield Walk(make_farm(SCRIPT.format))
        transaction.set_rollback(True)


class Window:
    """A browser's window in which visitors read; what ran or was stopped is noted.

    The browser works in a thread of its own; what it asks for is answered in the thread of the test, which has the
    rows.
    """

    def __init__(self) -> None:
        self.noted: list[str] = []
        self.asked: queue.Queue[tuple[str, dict[str, str], Future[HttpResponse]]] = queue.Queue()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (Answers,), {"asked": self.asked}))
        self.here = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.thread = ThreadPoolExecutor(1)
        self.thread.submit(self._open).result(60)

    def _open(self) -> None:
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(executable_path=machine.chromium(), args=FLAGS)
        self.page = self.browser.new_page()
        self.page.add_init_script(WATCH)
        self.page.on("console", lambda message: self._note(message.text))
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))

    def close(self) -> None:
        self.thread.submit(self.browser.close).result(60)
        self.thread.submit(self.playwright.stop).result(60)
        self.thread.shutdown()
        self.server.shutdown()
        self.server.server_close()

    def _note(self, text: str) -> None:
        if text.startswith(("RAN", "CSP", "error")) or "Content Security Policy" in text:
            self.noted.append(f"{urlsplit(self.page.url).path}: {text}")

    def read(self, address: str, respond: Callable[[str, dict[str, str]], HttpResponse]) -> str:
        """Open a page, answering all that it asks for; what then stands in the window."""
        done = self.thread.submit(self._read, address)
        while not done.done():
            with contextlib.suppress(queue.Empty):
                asked, headers, answer = self.asked.get(timeout=0.01)
                answer.set_result(respond(asked, headers))
        return done.result()

    def _read(self, address: str) -> str:
        self.page.goto(self.here + address, wait_until="load")
        if address.startswith("/calendar"):  # it fetches what it shows
            self.page.wait_for_load_state("networkidle")
        return self.page.content()


class Answers(BaseHTTPRequestHandler):
    """What the browser gets: files at once, and for ever; pages from the thread of the test."""

    protocol_version = "HTTP/1.1"
    asked: queue.Queue[tuple[str, dict[str, str], Future[HttpResponse]]]

    def do_GET(self) -> None:
        """Answer one request."""
        path = urlsplit(self.path).path
        if path.startswith("/static/"):
            found = find(path.removeprefix("/static/"))
            kind = {"Content-Type": mimetypes.guess_type(path)[0] or "text/plain", "Cache-Control": "max-age=3600"}
            self._say(200 if found else 404, kind, Path(found).read_bytes() if found else b"")
            return
        headers = {name.lower(): value for name, value in self.headers.items() if name.lower().startswith("hx-")}
        answer: Future[HttpResponse] = Future()
        self.asked.put((self.path, headers, answer))
        response = answer.result(60)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        self._say(response.status_code, dict(response.items()), body)

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Nothing: what the tests print is kept short."""


@pytest.fixture
def window() -> Iterator[Window]:
    opened = Window()
    yield opened
    opened.close()


def pages_of(client: Client, walk: Walk) -> Iterator[str]:
    """The pages that somebody can open, a few of each kind."""
    kinds: Counter[object] = Counter()
    read = set()
    for address, said in crawl(client, starts(walk.farm.own)):  # each comes twice: as page, and as htmx asks for it
        is_page = said.startswith("200") and "<html" in said
        if is_page and address not in read and kinds[kind_of(address)] < MOST_OF_A_KIND:
            read.add(address)
            kinds[kind_of(address)] += 1
            yield address


@pytest.mark.parametrize("label", ["C", "T", "S", "A"])
def test_stored_script_runs_on_no_page_and_the_browser_stops_none(label: str, walk: Walk, window: Window) -> None:
    client, met, addresses = walk.clients[label], set(), list(pages_of(walk.clients[label], walk))

    for address in addresses:
        page = window.read(address, lambda asked, headers: client.get(asked, headers=headers, SERVER_NAME="localhost"))
        met |= walk.farm.found_in(page)

    assert window.noted == []
    assert len(addresses) > 10
    assert {"User.family_name of an adult", "School.name"} <= {canary.field for canary in met}


def test_watch_notices_what_runs_and_what_is_stopped(window: Window) -> None:
    guard = {"Content-Security-Policy": "script-src 'self'"}

    window.read("/bare", lambda *_asked: HttpResponse(SCRIPT))
    window.read("/guarded", lambda *_asked: HttpResponse(SCRIPT, headers=guard))

    assert any("/bare" in note and "RAN" in note for note in window.noted)
    assert any("/guarded" in note and "CSP" in note for note in window.noted)
