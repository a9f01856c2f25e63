"""Somebody who has no mouse: Tab, Enter, Space and arrows; where the focus stands is seen at each stop."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tests.e2e.visitor import Visitor

# A page of this program has fewer stops than this; more means that one can't get out.
STOPS_AT_MOST = 150
# What has the focus: its words, whether a ring is drawn around it, and whether something else lies over it.
STOP = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const drawn = at.matches(".chip > input") ? at.nextElementSibling : at;
  const style = getComputedStyle(drawn);
  const box = drawn.getClientRects()[0] ?? drawn.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const whole = at.closest(".chip") ?? at;
  const label = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || at.value || "";
  return {
    words: label.replace(/\\s+/g, " ").trim(),
    html: at.outerHTML.slice(0, 160),
    id: at.id,
    path: at.href ? new URL(at.href).pathname : "",
    hasRing: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    isOnTop: Boolean(top && (whole.contains(top) || top.contains(whole))),
  };
}"""


@dataclass
class Keyboard:
    """The keys of one person at her browser; nothing here clicks."""

    person: Visitor

    def press(self, *keys: str) -> None:
        """Press these keys, one after the other, and wait for what comes."""
        for key in keys:
            self.person.page.keyboard.press(key)
        self.person.page.wait_for_load_state()

    def type(self, text: str) -> None:
        """Write into the field that has the focus, or choose what begins so in a list."""
        self.person.page.keyboard.type(text)

    def type_day(self, day: dt.date) -> None:
        """Write into a field for a date: month, day and year, as Chromium asks in American English."""
        self.type(f"{day:%m%d%Y}")

    @property
    def stop(self) -> dict[str, Any] | None:
        """What has the focus now; None where nothing has."""
        found: dict[str, Any] | None = self.person.page.evaluate(STOP)
        return found

    @property
    def words(self) -> str:
        """What is said of that which has the focus; nothing where nothing has."""
        return self.stop["words"] if self.stop else ""

    def next_stop(self, key: str = "Tab") -> dict[str, Any] | None:
        """Go on by one; the stop must be seen."""
        self.person.page.wait_for_load_state()  # without its styles a page has no rings
        self.person.page.keyboard.press(key)
        stop = self.stop
        if stop is not None:
            where = f"{self.person.page.url}: {stop['html']}"
            assert stop["hasRing"], f"the focus can't be seen on {where}"
            assert stop["isOnTop"], f"something lies over the focus on {where}"
        return stop

    def tab_to(self, words: str) -> None:
        """Press Tab until the focus is on what these words begin; a path, as "/bookings/1/", finds its link."""
        seen = []
        for _ in range(STOPS_AT_MOST):
            stop = self.next_stop()
            if stop is not None and (stop["path"] == words or stop["words"].startswith(words)):
                return
            seen.append(stop and stop["words"])
        raise AssertionError(f"{self.person.page.url}: Tab does not reach {words!r}, only {seen[:60]}")

    def go_to(self, words: str) -> None:
        """Tab to a link or a button, and press Enter on it."""
        self.tab_to(words)
        self.press("Enter")

    def choose(self, *chips: str) -> None:
        """Tab to each of these chips and press Space on it."""
        for words in chips:
            self.tab_to(words)
            self.press("Space")

    def walk_through(self) -> None:
        """Tab through the whole page and out of it at its end: no trap, and each stop is seen."""
        while self.stop is not None:
            self.next_stop()
        for _ in range(STOPS_AT_MOST):
            if self.next_stop() is None:
                return
        raise AssertionError(f"{self.person.page.url}: Tab never gets out")
