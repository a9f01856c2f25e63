"""Who may read how a student learns, who did, and who changed what: an admin, a coordinator and a student look."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program
from tests.e2e.visitor import PHONE, signed_in

pytestmark = pytest.mark.e2e


def test_the_right_is_given_used_seen_and_ended(program: Program, browser: Browser) -> None:
    admin = signed_in(browser, program.address, "admin")
    admin.go("/school/settings/")
    admin.follow("Who reads learner flags")
    admin.page.get_by_label("Coordinator").select_option(label="June Lane")
    admin.press("Let this coordinator read them")
    admin.sees("June Lane may read learner flags now.")

    coordinator = signed_in(browser, program.address, "coordinator", size=PHONE)
    coordinator.go("/people/?q=maya")
    coordinator.follow("Maya Rahman")
    coordinator.follow("Learner needs")
    coordinator.page.get_by_label("Languages at home").fill("Dari")
    coordinator.press("Save")
    coordinator.sees("That you changed it is written down.")
    coordinator.go("/trail/")
    coordinator.sees("let Ms Lane read the learner flags.")

    student = signed_in(browser, program.address, "student", size=PHONE)
    student.go("/me/learner/")
    student.sees("Dari")
    student.go("/trail/")

    admin.go("/school/flags/")
    admin.sees("Ms Lane, about Maya R.")
    admin.press("End this right")
    admin.sees("June Lane can't read learner flags any more.")
    admin.go("/trail/")

    assert "Dari" not in admin.text + coordinator.text
    assert "Maya" not in admin.text
    coordinator.page.goto(program.address + "/people/?q=maya")
    coordinator.follow("Maya Rahman")
    coordinator.sees("Maya")
    assert "Learner needs" not in coordinator.text
    for person in (admin, coordinator, student):
        person.leave()
