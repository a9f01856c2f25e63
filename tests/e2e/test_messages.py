"""Each one's own messages and calendar, on a phone; what the school and the coordinator set and see, at a desk."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program
from tests.e2e.visitor import PHONE, signed_in

pytestmark = pytest.mark.e2e


def test_teacher_chooses_how_messages_come_and_follows_the_calendar(program: Program, browser: Browser) -> None:
    teacher = signed_in(browser, program.address, "teacher", size=PHONE)
    teacher.go("/me/messages/")
    teacher.page.get_by_label("First reminder").select_option("2880")
    teacher.press("Save")
    teacher.sees("Saved. What waits comes as you chose.")
    teacher.page.get_by_label("First reminder").select_option("")
    teacher.press("Save")
    teacher.sees("Saved. What waits comes as you chose.")

    teacher.go("/me/calendar/")
    teacher.press("Make my address")
    address = teacher.page.locator("code").inner_text()
    feed = teacher.page.request.get(address)
    teacher.press("End the address")
    teacher.sees("The address no longer works.")

    assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
    assert teacher.page.request.get(address).status == 404
    teacher.leave()


def test_coordinator_sees_messages_and_sets_reminders(program: Program, browser: Browser) -> None:
    coordinator = signed_in(browser, program.address, "coordinator")
    coordinator.go("/messages/?state=waiting")
    coordinator.sees("Will leave at their time.")
    coordinator.go("/school/reminders/")
    coordinator.sees("Quiet hours begin")
    coordinator.leave()
