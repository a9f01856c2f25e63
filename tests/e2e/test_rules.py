"""The pages of rules in a browser: who is kept apart, how the school books, and what stands in the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.e2e import pair
from tests.e2e.conftest import Program
from tests.e2e.visitor import PHONE, signed_in

pytestmark = pytest.mark.e2e


@pytest.mark.usefixtures("english_again")
def test_pages_of_rules_in_english_and_arabic(program: Program, browser: Browser) -> None:
    pages = {"coordinator": ["/school/booking/", "/rather-not/"], "student": ["/rather-not/"]}
    for who, paths in pages.items():
        person = signed_in(browser, program.address, who, size=PHONE)
        for language in ("English", "Arabic"):
            pair.speak(person, language)
            for path in paths:
                person.page.goto(person.address + path)
                for scheme in ("light", "dark"):
                    person.page.emulate_media(color_scheme=scheme)
                    person.check()
        person.leave()


def test_student_says_rather_not_and_takes_it_back(program: Program, browser: Browser) -> None:
    student = signed_in(browser, program.address, "student", size=PHONE)
    student.go("/rather-not/")

    student.page.locator("select[name=about]").select_option(index=1)
    student.press("Add")
    student.sees("No new booking brings these two together.")
    student.press("Take back")
    student.sees("Nobody is on this list")

    student.leave()


def test_unmet_wish_reaches_the_coordinator_as_a_number(program: Program, browser: Browser) -> None:
    rules = "from sessions_app.models import BookingRules, UnmetWish; from accounts.models import School; "
    program.shell(
        rules + "BookingRules.objects.update_or_create(school=School.objects.get(is_demo=True),"
        " defaults={'notice_minutes': 20160 * 3})"
    )
    teacher = signed_in(browser, program.address, "teacher", size=PHONE)
    coordinator = signed_in(browser, program.address, "coordinator", size=PHONE)

    teacher.go("/book/?support=reading_aloud")
    teacher.page.locator("main .chip").first.click()
    teacher.sees("your school asks for more notice")
    teacher.sees("The coordinator sees that nothing fitted")
    teacher.check()
    coordinator.go("/")
    coordinator.sees("Wishes that found no time")

    program.shell(rules + "BookingRules.objects.all().delete(); UnmetWish.objects.all().delete()")
    teacher.leave()
    coordinator.leave()
