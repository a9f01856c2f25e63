"""Consent in a browser: the board asks a guardian by mail, she answers on a phone, the student at home."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.e2e import pair
from tests.e2e.conftest import Program, wait_until
from tests.e2e.mailbox import letters_to, words_of
from tests.e2e.visitor import DESK, PASSWORD, PHONE, Visitor, signed_in, visitor

pytestmark = pytest.mark.e2e


@pytest.mark.usefixtures("english_again")
@pytest.mark.parametrize(("code", "size"), [("en", DESK), ("es", PHONE), ("ar", PHONE)])
def test_from_the_board_to_both_yeses(program: Program, browser: Browser, code: str, size: tuple[int, int]) -> None:
    address = add_a_student(program, code)
    coordinator = signed_in(browser, program.address, "coordinator", size=size)
    coordinator.go("/consents/?purpose=take_part")
    coordinator.page.get_by_role("checkbox", name=f"Nour Haddad{code}").check()
    coordinator.press("Mail the guardians of those ticked")
    coordinator.sees("guardian gets a mail")
    wait_until(lambda: letters_to(program, address), "the mail to the guardian")
    words = words_of(letters_to(program, address)[-1])
    link = next(word for word in words.split() if "/guardian/" in word)

    guardian = visitor(browser, program.address, size=PHONE)
    guardian.page.goto(program.address + link[link.index("/guardian/") :])
    guardian.check()
    assert guardian.page.url == f"{program.address}/guardian/"
    assert guardian.page.locator("html").get_attribute("lang") == code
    assert f"Haddad{code}" not in guardian.page.locator("main").inner_text()
    assert_fits(guardian, PHONE)
    for question in guardian.page.locator("main form section fieldset").all():
        question.locator("label.chip").first.click()
    guardian.page.fill("#id_signature", "Rima Haddad")
    send(guardian)
    assert guardian.page.locator("main form").count() == 0
    guardian.page.goto(program.address + link[link.index("/guardian/") :])
    assert guardian.page.locator("main form").count() == 0, "the link was used"

    student = signed_in(browser, program.address, f"nour.{code}", size=PHONE)
    assert student.page.locator("html").get_attribute("lang") == code
    student.page.locator("main section[aria-labelledby=asked-title] a").click()
    student.check()
    assert_fits(student, PHONE)
    student.page.locator("main button[value=yes]").click()
    student.check()
    coordinator.go("/consents/?purpose=take_part")
    assert f"Haddad{code}" not in coordinator.text
    for person in (coordinator, guardian, student):
        person.leave()


@pytest.mark.usefixtures("english_again")
def test_pages_of_consent_in_every_language_and_light(program: Program, browser: Browser) -> None:
    coordinator = signed_in(browser, program.address, "coordinator", size=PHONE)
    paths = ["/consents/", "/consents/papers/", "/school/texts/", *some_pages(program)]
    for language in ("English", "Spanish", "Arabic"):
        pair.speak(coordinator, language)
        for path in paths:
            coordinator.page.goto(coordinator.address + path)
            for scheme in ("light", "dark"):
                coordinator.page.emulate_media(color_scheme=scheme)
                coordinator.check()
            assert_fits(coordinator, PHONE)
    coordinator.leave()


def add_a_student(program: Program, code: str) -> str:
    """A student whose guardian has an address, and the texts of the language approved; answers the address."""
    program.shell(
        "from accounts.models import ConsentText, Guardian, User\n"
        "from accounts.permissions import Role\n"
        "from accounts.services.consent_text import approve_consent_text\n"
        "from accounts import clock\n"
        "coordinator = User.objects.get(username='coordinator')\n"
        f"for text in ConsentText.objects.filter(school=coordinator.school, language={code!r}, approved_at=None):\n"
        "    approve_consent_text(text, by=coordinator, now=clock.now())\n"
        f"fields = dict(school=coordinator.school, language={code!r}, given_name='Nour', family_name='Haddad{code}')\n"
        f"student = User.objects.create_user('nour.{code}', {PASSWORD!r}, roles=[Role.STUDENT], grade='7', **fields)\n"
        "guardian = Guardian(student=student, name='Rima Haddad', language=student.language)\n"
        f"guardian.email = 'rima.{code}@example.org'; guardian.save()\n"
    )
    return f"rima.{code}@example.org"


def some_pages(program: Program) -> list[str]:
    """Pages that name a row: a record, its correction, a withdrawal, a text, its approval."""
    found = program.shell(
        "from accounts.models import Consent, ConsentText, User\n"
        "student = User.objects.get(username='student')\n"
        "text = ConsentText.objects.filter(language='en', reader='guardian').first()\n"
        "paper = Consent.objects.get(person=student, given_by='guardian', purpose='take_part')\n"
        "teacher = Consent.objects.filter(purpose='research_use', given_by='self').first()\n"
        "print(f'/people/{student.pk}/consent/', f'/people/{student.pk}/consent/withdraw/',\n"
        "      f'/consents/{paper.pk}/correct/', f'/consents/{teacher.pk}/take-back/',\n"
        "      f'/school/texts/{text.pk}/', f'/school/texts/{text.pk}/approve/')\n"
    )
    return found.split()


def send(person: Visitor) -> None:
    """Press the one great button of the page, and check the page that comes."""
    person.page.locator("main form button.btn-primary").click()
    person.page.wait_for_load_state()
    person.check()


def assert_fits(person: Visitor, size: tuple[int, int]) -> None:
    """Nothing hangs over the edge of the screen."""
    width = person.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0], f"{person.page.url} is {width} px wide"
