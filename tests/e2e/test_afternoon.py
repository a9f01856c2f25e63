"""The coordinator's afternoon: a roster, invitations, cards and consents, on a phone and at a desk, in three languages.

Everything is found by its address or its field, so that the same walk is walked in each language.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e import pair
from tests.e2e.conftest import Program, wait_until
from tests.e2e.mailbox import letters_to, words_of
from tests.e2e.visitor import DESK, PHONE, Visitor, signed_in, visitor

pytestmark = pytest.mark.e2e

WALKS = [("English", "en", PHONE), ("Spanish", "es", DESK), ("Arabic", "ar", PHONE)]
# Pages of the afternoon beside the walk itself.
AROUND = [
    "/people/cards/", "/people/roster/", "/classes/", "/consents/", "/school/texts/", "/school/settings/",
    "/school/sign-in/", "/school/retention/", "/erasures/", "/trail/", "/me/data/", "/who-reads-what/",
]  # fmt: skip


@pytest.mark.usefixtures("english_again")
@pytest.mark.parametrize(("language", "code", "size"), WALKS, ids=[code for _language, code, _size in WALKS])
def test_afternoon_from_the_roster_to_the_consents(
    program: Program, browser: Browser, tmp_path: Path, language: str, code: str, size: tuple[int, int]
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "role,givenName,familyName,email,grade,title,language,sourcedId\n"
        f"teacher,Eva,Lund{code},eva.{code}@maple-street.example,,Ms,{code},t-{code}\n"
        f"student,Sami,Khoury{code},,7,,{code},s-{code}\n"
        f"student,Forgotten,Berg{code},,8,,,f-{code}\n"
    )
    coordinator = signed_in(browser, program.address, "coordinator", size=size)
    if code != "en":
        pair.speak(coordinator, language)

    import_and_pick_one(coordinator, roster, code)
    invite(coordinator)
    wait_until(lambda: letters_to(program, f"eva.{code}@"), "the invitation of the new teacher")
    record_the_paper(coordinator, f"Khoury{code}")
    for path in AROUND:
        coordinator.go(path)
        assert_fits(coordinator, size)
    teacher = join(program, browser, code)

    assert "Forgotten" not in coordinator_list(coordinator, f"Berg{code}")
    assert teacher.page.locator("html").get_attribute("lang") == code
    coordinator.leave()
    teacher.leave()


def import_and_pick_one(coordinator: Visitor, roster: Path, code: str) -> None:
    """Upload, look, tick the one student of the team, confirm."""
    page = coordinator.page
    coordinator.go("/people/roster/")
    page.set_input_files("input[type=file]", roster)
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url(re.compile(r"/people/roster/\d+/"))
    coordinator.check()
    page.locator("tr", has_text=f"Khoury{code}").locator("input[name=picked]").check()
    press(coordinator, "main button[name=confirm]")
    page.wait_for_url("**/people/")
    coordinator.check()


def invite(coordinator: Visitor) -> None:
    """Everybody with an address who was not invited yet."""
    coordinator.go("/people/")
    press(coordinator, "main form[action='/people/invite/'] button")


def record_the_paper(coordinator: Visitor, name: str) -> None:
    """A guardian and the student signed: a tick for each, and a name."""
    coordinator.go("/consents/papers/")
    row = coordinator.page.locator("main [role=group]", has=coordinator.page.locator("h2", has_text=name))
    row.locator("label.chip").nth(0).click()
    row.locator("label.chip").nth(1).click()
    row.locator("input[name$=guardian_name]").fill("Rima Khoury")
    for chip in coordinator.page.locator("input[name=purposes]").all():
        chip.check(force=True)
    press(coordinator, "main form[method=post] button.btn-primary")
    coordinator.go("/consents/papers/")
    assert name not in coordinator.text


def join(program: Program, browser: Browser, code: str) -> Visitor:
    """The new teacher opens the link of her mail and chooses a password."""
    words = words_of(letters_to(program, f"eva.{code}@")[-1])
    link = next(word for word in words.split() if "/join/" in word)
    teacher = visitor(browser, program.address, size=PHONE)
    teacher.page.goto(program.address + link[link.index("/join/") :])
    teacher.check()
    assert teacher.page.url == f"{program.address}/join/"
    for field in teacher.page.locator("main input[type=password]").all():
        field.fill("nine-otters-swim-41")
    press(teacher, "main form button.btn-primary")
    teacher.page.wait_for_url(f"{program.address}/")
    return teacher


def coordinator_list(coordinator: Visitor, name: str) -> str:
    """What the list of people says of a name."""
    coordinator.go(f"/people/?q={name}")
    return coordinator.text


def press(person: Visitor, selector: str) -> None:
    """Press what the selector finds, and check the page that comes."""
    person.page.locator(selector).first.click()
    person.page.wait_for_load_state()
    person.check()


def assert_fits(person: Visitor, size: tuple[int, int]) -> None:
    """Nothing hangs over the edge of the screen."""
    width = person.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0], f"{person.page.url} is {width} px wide"
