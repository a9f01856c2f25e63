"""A coordinator books for a teacher, lets somebody else step in, repeats it for weeks, and ends it again."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Browser

from tests.e2e import pair
from tests.e2e.conftest import Program
from tests.e2e.visitor import PHONE, signed_in

pytestmark = pytest.mark.e2e


@pytest.mark.usefixtures("english_again")
def test_coordinator_books_replaces_repeats_and_cancels(program: Program, browser: Browser) -> None:
    person = signed_in(browser, program.address, "coordinator", size=PHONE)

    person.go("/calendar/")
    person.follow("Book for a teacher")
    person.page.locator("select[name=teacher]").select_option(label="Ms Ortiz")
    person.page.locator("select[name=tool]").select_option(label="Immersive Reader")
    person.press("Look for times")
    day = person.page.locator("article form input[name=day]").first.input_value()
    person.press("Book this")
    person.sees("know, and will be reminded")
    person.follow("Another mentor")
    person.press("helps instead")
    person.sees("helps now. All three are told.")
    person.follow("Repeat this every week until …")
    person.page.fill("input[name=until]", (dt.date.fromisoformat(day) + dt.timedelta(days=40)).isoformat())
    person.press("Look at the dates")
    person.sees("Nothing is booked yet.")
    if person.page.locator("button[name=leave_out_clashes]").count():
        person.press("Leave out all that are not possible")
    address = person.page.url
    person.press("Book these dates")
    person.sees("Both know, and will be reminded of each.")
    person.page.locator("summary", has_text="Cancel this booking").click()
    person.check()
    person.press("Cancel this and")
    person.sees("Everybody in them is told once.")
    pair.speak(person, "Arabic")
    for page in (address, address.replace("repeat", "mentor"), person.address + "/book/for/"):
        person.page.goto(page)
        person.page.emulate_media(color_scheme="dark")
        person.check()

    person.leave()
