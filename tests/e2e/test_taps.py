"""How many taps a journey takes on a phone, from the home page; a tap is a click or a choice."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program
from tests.e2e.visitor import PHONE, signed_in

pytestmark = pytest.mark.e2e


def test_teacher_books_a_mentor_in_four_taps(program: Program, browser: Browser) -> None:
    teacher = signed_in(browser, program.address, "teacher", size=PHONE)

    teacher.follow("Reading aloud")
    if teacher.page.get_by_role("button", name="Book this").count() == 0:  # more than one tool serves this need
        teacher.page.locator("main .chip").first.click()
        teacher.taps += 1
        teacher.page.get_by_role("button", name="Book this").first.wait_for()
    teacher.press("Book this")

    teacher.sees("you will both be reminded")
    assert teacher.taps <= 4
    teacher.leave()


def test_student_logs_help_in_four_taps(program: Program, browser: Browser) -> None:
    student = signed_in(browser, program.address, "student", size=PHONE)

    student.choose("I showed it")
    student.choose("It works now")
    student.press("Send")

    student.sees("Your help is in the log")
    assert student.taps <= 4
    student.leave()
