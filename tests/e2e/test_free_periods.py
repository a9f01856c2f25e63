"""The grid of free periods in a browser: tapped, drawn, and filled by keyboard alone; and as checkboxes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Program
from tests.e2e.visitor import PHONE, Visitor, signed_in

pytestmark = pytest.mark.e2e

STUDENT = "from accounts.models import User; student = User.objects.get(username='student'); "
READ = (
    STUDENT + "import json; rows = student.availability.order_by('day_type__name', 'period__position'); "
    "print(json.dumps([list(row) for row in "
    "rows.values_list('day_type__name', 'period__position', 'may_leave_class')]))"
)


@pytest.fixture
def week_as_before(program: Program) -> Iterator[None]:
    """The student's free periods again, whatever happened."""
    before = program.shell(STUDENT + "print(list(student.availability.values_list('day_type', 'period')))").strip()
    yield
    program.shell(
        STUDENT + "from mentorship.services import set_availability; "
        f"set_availability(student, {before.splitlines()[-1]}, by=student)"
    )


def rows_of_student(program: Program) -> list[list[object]]:
    rows: list[list[object]] = json.loads(program.shell(READ).strip().splitlines()[-1])
    return rows


def open_grid(student: Visitor) -> Page:
    student.page.goto(student.address)
    student.page.locator(".me summary").click()
    student.page.get_by_role("link", name="My free periods").click()
    student.page.locator("[data-free-grid]").wait_for()
    student.check()
    return student.page


def words(page: Page) -> list[str]:
    """What the cells say that are shown, from the first period on."""
    return page.locator(".free-cell:visible [data-free-word]").all_inner_texts()


def clear(page: Page) -> None:
    """Tap until every cell that is shown says that the student is in class."""
    for cell in page.locator(".free-cell:visible").all():
        while cell.get_attribute("data-state") != "none":
            cell.click()


@pytest.mark.usefixtures("week_as_before")
def test_a_student_fills_the_week_by_finger_and_by_keyboard(program: Program, browser: Browser) -> None:
    student = signed_in(browser, program.address, "student", size=PHONE)
    page = open_grid(student)
    assert page.get_by_role("columnheader", name="B", exact=True).count() == 0  # one kind of day at a time
    clear(page)

    cells = page.locator(".free-cell:visible")
    cells.nth(0).click()
    cells.nth(1).click()
    cells.nth(1).click()
    assert words(page)[:4] == ["free", "may leave class", "in class", "in class"]

    cells.nth(2).scroll_into_view_if_needed()
    start, end = cells.nth(2).bounding_box(), cells.nth(4).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 20, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + 10, steps=12)
    page.mouse.up()
    assert words(page) == ["free", "may leave class", "free", "free", "free", "in class", "in class"]

    page.get_by_role("button", name="B", exact=True).click()
    clear(page)
    page.locator(".free-cell:visible").first.focus()
    for key in ("ArrowDown", "ArrowDown", "Space", "ArrowDown", "Enter", "Space", "ArrowUp", "ArrowUp", "Space"):
        page.keyboard.press(key)
    assert words(page) == ["in class", "free", "free", "may leave class", "in class", "in class", "in class"]
    student.check()
    student.press("Save")

    student.sees("The free periods are saved.")
    assert rows_of_student(program) == [
        ["A", 1, False], ["A", 2, True], ["A", 3, False], ["A", 4, False], ["A", 5, False],
        ["B", 2, False], ["B", 3, False], ["B", 4, True],
    ]  # fmt: skip
    student.leave()


@pytest.mark.usefixtures("week_as_before")
def test_at_a_desk_arrows_go_across_and_tab_stops_once(program: Program, browser: Browser) -> None:
    student = signed_in(browser, program.address, "student")
    page = open_grid(student)
    stops = page.locator('.free-cell[tabindex="0"]')
    assert stops.count() == 1

    stops.focus()
    page.keyboard.press("ArrowRight")
    there = page.evaluate("document.activeElement.closest('td').cellIndex")

    assert there == 2
    assert stops.count() == 1
    student.leave()


@pytest.mark.usefixtures("week_as_before")
def test_without_javascript_the_week_is_checkboxes(program: Program, browser: Browser) -> None:
    student = signed_in(browser, program.address, "student")
    context = browser.new_context(
        java_script_enabled=False,
        storage_state=student.page.context.storage_state(),
        viewport={"width": 1280, "height": 900},
    )
    page = context.new_page()
    page.goto(student.address)
    page.locator(".me summary").click()
    page.get_by_role("link", name="My free periods").click()
    for box in page.locator("form.free input[type=checkbox]").all():
        box.set_checked(False, force=True)

    page.locator("input[name=slot]").first.check(force=True)
    page.locator("input[name=leave]").nth(1).check(force=True)
    page.get_by_role("button", name="Save").click()

    assert "The free periods are saved." in page.content()
    assert rows_of_student(program) == [["A", 1, False], ["B", 1, True]]
    context.close()
    student.leave()
