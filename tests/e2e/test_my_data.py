"""From "what is kept about me" to nothing: a student asks on a phone, the coordinator looks and erases at a desk."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program
from tests.e2e.visitor import PASSWORD, PHONE, saved, signed_in

pytestmark = pytest.mark.e2e


def test_student_reads_downloads_asks_and_is_erased(program: Program, browser: Browser, tmp_path: Path) -> None:
    program.shell(
        "from accounts.models import User; "
        f"p = User.objects.get(username='zoe.papadakis'); p.set_password('{PASSWORD}'); p.save()"
    )
    student = signed_in(browser, program.address, "zoe.papadakis", size=PHONE)
    student.go("/me/data/")
    student.sees("What is kept about you")
    file = json.loads(saved(student, "Download all of it", tmp_path))
    student.follow("Ask to be erased")
    student.press("Yes, ask for it")
    student.sees("You asked to be erased on")

    coordinator = signed_in(browser, program.address, "coordinator")
    coordinator.sees("1 person asks to be erased")
    coordinator.go("/erasures/")
    coordinator.follow("Look at it")
    coordinator.sees("Erase Zoe Papadakis?")
    coordinator.press("Erase for good")
    coordinator.sees("Read what happens, then tick this.")
    coordinator.page.get_by_label("I have read this page.").check()
    coordinator.press("Erase for good")
    coordinator.sees("Only days, hours and numbers are left")

    student.page.goto(program.address + "/me/data/")
    assert file["profile"][0]["last_name"] == "Papadakis"
    assert "/accounts/login/" in student.page.url
    assert "Papadakis" not in coordinator.text
    student.leave()
    coordinator.leave()


def test_admin_sets_how_long_data_is_kept(program: Program, browser: Browser) -> None:
    admin = signed_in(browser, program.address, "admin", size=PHONE)

    admin.go("/school/retention/")
    admin.page.get_by_label("Words of calls for help").fill("3")
    admin.press("Save")
    admin.page.locator(".alert-danger").first.wait_for()
    admin.page.get_by_label("Words of calls for help").fill("365")
    admin.press("Save")
    admin.sees("The next night clears by these days.")
    admin.follow("What the nights ended")

    admin.sees("How much was cleared")
    admin.leave()
