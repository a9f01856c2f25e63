"""A person at a browser: what the page does wrong is noted while she works, and each page she meets is checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, Request

from config.environment import BASE_DIR

AXE = BASE_DIR / "build" / "tests" / "axe.min.js"
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A form to mend and a time that was just taken are pages too; Chromium notes their status in the console all the same.
PAGES_OF_OURS = ("409", "422")
DESK, PHONE = (1280, 900), (375, 812)
PASSWORD = "playground"


@dataclass
class Visitor:
    """One signed-in person in a browser of her own; `troubles` must be empty at the end."""

    page: Page
    address: str
    troubles: list[str] = field(default_factory=list)
    taps: int = 0

    def go(self, path: str) -> None:
        """Open a page of the program."""
        self.page.goto(self.address + path)
        self.check()

    def tap(self, name: str, *, role: Literal["button", "link"]) -> None:
        """Tap the button or link of the page with this name, and wait for what comes."""
        self.page.locator("main").get_by_role(role, name=name).first.click()
        self.taps += 1
        self.page.wait_for_load_state()

    def choose(self, what: str) -> None:
        """Tap a chip of a form."""
        self.page.locator("main label.chip", has_text=what).first.click()
        self.taps += 1

    def press(self, name: str) -> None:
        """Press the button with this name, and check the page that comes."""
        self.tap(name, role="button")
        self.check()

    def follow(self, name: str) -> None:
        """Follow the link with this name, and check the page that comes."""
        self.tap(name, role="link")
        self.check()

    def sees(self, text: str) -> None:
        """Wait until the page shows this text."""
        self.page.locator("body").get_by_text(text).first.wait_for(timeout=30_000)

    @property
    def text(self) -> str:
        """All the words on the page."""
        return self.page.locator("body").inner_text()

    def check(self) -> None:
        """Ask axe for what breaks WCAG 2.2 AA on this page, when all of it is there."""
        self.page.wait_for_load_state()
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", WCAG_22_AA
        )
        for violation in found["violations"]:
            nodes = "; ".join(
                f"{node['html'][:160]} ({node['failureSummary'][:200]})" for node in violation["nodes"][:3]
            )
            self.troubles.append(f"{self.page.url}: axe {violation['id']}: {nodes}")

    def leave(self) -> None:
        """Close the browser; fails if anything was wrong on the way."""
        self.page.context.close()
        assert not self.troubles, "\n".join(self.troubles)


def visitor(browser: Browser, address: str, **options: Any) -> Visitor:
    """A person who is not signed in yet, at a desk unless `viewport` says otherwise."""
    width, height = options.pop("size", DESK)
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", accept_downloads=True, **options
    )
    page = context.new_page()
    person = Visitor(page, address)

    def note_request(request: Request) -> None:
        if not request.url.startswith((address + "/", "data:", "blob:")):
            person.troubles.append(f"{page.url} asked another site: {request.url}")

    def note_failure(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that is left, and a download
            person.troubles.append(f"{page.url}: {request.url} failed: {request.failure}")

    context.on("request", note_request)
    context.on("requestfailed", note_failure)
    page.on("pageerror", lambda error: person.troubles.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda message: (
            person.troubles.append(f"{page.url}: console: {message.text}")
            if message.type == "error" and not any(f"status of {status}" in message.text for status in PAGES_OF_OURS)
            else None
        ),
    )
    context.on(
        "response",
        lambda answer: (
            person.troubles.append(f"{answer.url} answered {answer.status}") if answer.status >= 500 else None
        ),
    )
    return person


def signed_in(browser: Browser, address: str, user_name: str, **options: Any) -> Visitor:
    """A person who has just signed in through the page, with the demo password, and stands on her home page."""
    person = visitor(browser, address, **options)
    person.page.goto(f"{address}/accounts/login/")
    person.page.fill("#id_login", user_name)
    person.page.fill("#id_password", PASSWORD)
    person.page.locator("main button.btn-primary").click()
    person.page.wait_for_url(f"{address}/")
    return person


def saved(person: Visitor, link: str, folder: Path) -> bytes:
    """The file that a link downloads."""
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name=link).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path.read_bytes()
