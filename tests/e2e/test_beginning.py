"""A school begins: its admin joins by the printed link, a coordinator by a mail; hats, an end and a return."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program, wait_until
from tests.e2e.mailbox import letters_to, words_of
from tests.e2e.visitor import DESK, PHONE, Visitor, visitor

pytestmark = pytest.mark.e2e

PASSWORD = "quiet-river-41"


def link_in(text: str) -> str:
    """The path of the invitation in what a terminal or a mail shows."""
    return urlsplit(re.findall(r"\S+/join/\S+", text)[0]).path


def join(person: Visitor, path: str) -> None:
    """Open the link, slip once, and choose a password; stands on the home page then."""
    person.page.goto(person.address + path)
    person.check()
    assert path not in person.page.url
    for second in ("another-river-41", PASSWORD):
        person.page.fill("#id_password1", PASSWORD)
        person.page.fill("#id_password2", second)
        person.page.locator("main form button[type=submit]").click()
        person.page.wait_for_load_state()
        person.check()
    person.page.wait_for_url(person.address + "/")


def send(person: Visitor) -> None:
    """Send the form of the page, and check the page that comes."""
    person.page.locator("main form:not(.filters) button[type=submit]").last.click()
    person.page.wait_for_load_state()
    person.check()


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("es", PHONE), ("ar", PHONE)])
def test_school_begins(program: Program, browser: Browser, language: str, size: tuple[int, int]) -> None:
    said = program.place.manage(
        "create_school", f"Hill School {language}", "--admin", f"ruth.{language}@hill.example", "--given-name", "Ruth",
        "--language", language, "--print-link",
    )  # fmt: skip
    address = f"noor.{language}@hill.example"
    admin = visitor(browser, program.address, size=size)
    teacher = visitor(browser, program.address, size=size)

    join(admin, link_in(said))
    assert admin.page.locator("html").get_attribute("lang") == language
    first_week = admin.page.locator("section[aria-labelledby=first-steps] li").count()

    admin.go("/people/new/")
    admin.page.locator("label.chip:has(input[value=teacher])").click()
    for field, words in (("given_name", "Noor"), ("family_name", "Saab"), ("email", address)):
        admin.page.fill(f"#id_{field}", words)
    send(admin)
    assert admin.page.locator("h1").inner_text() == "Noor Saab"
    page_of_noor = urlsplit(admin.page.url).path

    wait_until(lambda: letters_to(program, address), "the invitation of the new teacher")
    join(teacher, link_in(words_of(letters_to(program, address)[0])))

    admin.go("/people/coordinator/")
    admin.page.select_option("#id_successor", label="Noor Saab")
    send(admin)
    admin.go("/")
    assert admin.page.locator("section[aria-labelledby=first-steps] li").count() == first_week

    teacher.go("/")
    teacher.page.locator("details.me summary").click()
    teacher.check()
    teacher.page.locator(".me-hats button[value=teacher]").click()
    teacher.page.wait_for_load_state()
    teacher.check()
    teacher.go("/people/")
    admin.go(page_of_noor + "roles/")
    admin.go(page_of_noor + "edit/")
    admin.go("/people/leaving/")
    admin.go(page_of_noor + "end/")
    send(admin)
    teacher.page.goto(teacher.address + "/people/")
    assert "/accounts/login/" in teacher.page.url
    admin.go(page_of_noor + "end/")
    send(admin)

    for person in (admin, teacher):
        width = person.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0]
        person.leave()
