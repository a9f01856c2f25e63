"""The pages of the school's time in a browser: what breaks WCAG 2.2 AA, at a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program
from tests.e2e.visitor import PHONE, signed_in

pytestmark = pytest.mark.e2e

PATHS = (
    "/school/time/", "/school/bells/", "/school/bells/new/", "/school/kinds/new/", "/school/calendar/",
    "/school/calendar/file/", "/school/days/", "/school/conflicts/", "/people/timetable/",
)  # fmt: skip
DAYS = b"date,kind\n2026-12-24,closed\nnever,A\n"
TIMETABLE = b"person,kind,period,what\nstudent,A,1,free\nnobody,A,1,free\n"


@pytest.mark.parametrize("size", [None, PHONE])
def test_pages_of_school_time_are_open_to_everybody(
    program: Program, browser: Browser, size: tuple[int, int] | None
) -> None:
    coordinator = signed_in(browser, program.address, "coordinator", **({"size": size} if size else {}))
    for path in PATHS:
        coordinator.go(path)
    coordinator.go("/school/bells/")
    coordinator.page.locator("td a.btn").first.click()
    coordinator.page.wait_for_load_state()
    coordinator.check()

    for path, content, said in (
        ("/school/calendar/file/", DAYS, "1 row is not taken"),
        ("/people/timetable/", TIMETABLE, "1 row is not taken"),
    ):
        coordinator.go(path)
        file = {"name": "list.csv", "mimeType": "text/csv", "buffer": content}
        coordinator.page.locator("input[type=file]").set_input_files(files=[file])
        coordinator.press("Read the file")
        coordinator.sees(said)
    coordinator.leave()
