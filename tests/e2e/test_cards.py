"""A sign-in card from the coordinator's printer to the student's home page, on a desk and on a phone."""

import base64
import io
import re

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.e2e.conftest import Program
from tests.e2e.visitor import PHONE, Visitor, signed_in, visitor

pytestmark = pytest.mark.e2e

NAME, USER_NAME = "Kofi Mensah", "kofi.mensah"
# The form of the page, sent as the browser would, with what comes kept here instead of in a PDF viewer.
SEND = """async () => {
    const form = document.querySelector("form[action$='/print/']");
    const answer = await fetch(form.action, {method: "POST", body: new FormData(form)});
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return [answer.status, btoa(String.fromCharCode(...bytes))];
}"""


def printed_code(coordinator: Visitor) -> str:
    """Tick one student and print; answers the code that stands on the card."""
    coordinator.go("/people/")
    coordinator.follow("Sign-in cards")
    coordinator.page.locator("#id_q").fill("Kofi")
    coordinator.press("Show")
    coordinator.page.get_by_label(NAME).check()
    status, content = coordinator.page.evaluate(SEND)
    assert status == 200
    text = PdfReader(io.BytesIO(base64.b64decode(content))).pages[0].extract_text()
    assert USER_NAME in text
    return re.search(r"(?:\w{4}-){2}\w{4}", text)[0]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_student_comes_in_with_a_card(program: Program, browser: Browser, language: str) -> None:
    program.shell(
        f"from accounts.models import User; User.objects.filter(username='{USER_NAME}').update(language='{language}')"
    )
    coordinator = signed_in(browser, program.address, "coordinator")
    student = visitor(browser, program.address, size=PHONE, locale="en")

    code = printed_code(coordinator)
    student.go("/accounts/login/")
    student.follow("I have a card")
    student.page.get_by_label("User name").fill(USER_NAME)
    student.page.get_by_label("Code").fill("2222-2222-2222")
    student.press("Next")
    student.sees("do not fit")
    student.page.get_by_label("Code").fill(code.lower())
    student.press("Next")
    assert student.page.locator("html").get_attribute("lang") == language
    for field, words in (("#id_password1", "quiet-river-41"), ("#id_password2", "quiet-river-42")):
        student.page.locator(field).fill(words)
    student.page.locator("main form button[type=submit]").click()
    student.check()
    for field in ("#id_password1", "#id_password2"):
        student.page.locator(field).fill("quiet-river-41")
    student.page.locator("main form button[type=submit]").click()
    student.page.wait_for_url(program.address + "/")
    student.check()

    student.sees("Kofi")
    coordinator.go("/people/cards/?q=Kofi")
    coordinator.sees("Has signed in")
    coordinator.leave()
    student.leave()
