"""Back, after signing out, in a real browser: nothing of the person who was there is shown again."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program
from tests.e2e.visitor import DESK, signed_in

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("path", ["/", "/people/", "/concerns/"])
def test_back_after_signing_out_shows_nothing_of_the_person(program: Program, browser: Browser, path: str) -> None:
    coordinator = signed_in(browser, program.address, "coordinator", size=DESK)
    page = coordinator.page
    page.goto(program.address + path)
    words = [line for line in page.locator("main").inner_text().splitlines() if len(line) > 12]
    assert words
    page.goto(program.address + "/accounts/logout/")
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_url("**/accounts/login/**")

    for _step in range(3):
        page.go_back()
        page.wait_for_load_state()

        shown = page.locator("body").inner_text()
        assert [line for line in words if line in shown] == []
    page.context.close()
