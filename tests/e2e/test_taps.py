"""How many taps a journey takes on a phone, from the home page; a tap is a click or a choice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program
from tests.e2e.pair import WALL
from tests.e2e.visitor import PHONE, Visitor, signed_in

pytestmark = pytest.mark.e2e

# The demo's student has helped the demo's teacher three days ago.
HAS_HELPED = """
from datetime import timedelta
from accounts import clock
from accounts.models import Room, User
from mentorship.models import MentorTool, Program
from sessions_app.models import Booking
teacher, mentor = User.objects.get(username="teacher"), User.objects.get(username="student")
begun = clock.now() - timedelta(days=3)
booking = Booking.objects.create(
    program=Program.objects.joined_by(teacher).filter(closed_on=None, ends_on__gt=begun)[0], teacher=teacher,
    mentor=mentor, room=Room.objects.filter(school=teacher.school, in_view=True)[0],
    tool=MentorTool.objects.filter(mentor__user=mentor)[0].tool, starts_at=begun,
    ends_at=begun + timedelta(minutes=45), booked_by=teacher, booked_at=begun,
)
print(booking.pk)
"""

# The next meeting of the demo's student is now.
IS_ON = """
from datetime import timedelta
from accounts import clock
from accounts.models import User
from sessions_app.models import Booking
mentor = User.objects.get(username="student")
booking = Booking.objects.standing().filter(mentor=mentor).ahead_of(clock.now())[0]
booking.holds.all().delete()
booking.starts_at = clock.now() - timedelta(minutes=5)
booking.ends_at = booking.starts_at + timedelta(minutes=45)
booking.save()
"""


@pytest.fixture
def has_helped(program: Program) -> Iterator[str]:
    """The number of a meeting in the past, gone again after the test."""
    pk = program.shell(HAS_HELPED).split()[-1]
    yield pk
    program.shell(f"from sessions_app.models import Booking; Booking.objects.get(pk={pk}).delete()")


def tab_to(person: Visitor, words: str) -> None:
    """Press Tab until the focus is on what these words begin, as one does who has no mouse."""
    focused = "() => (document.activeElement.innerText || '').trim()"
    for _ in range(80):
        person.page.keyboard.press("Tab")
        if person.page.evaluate(focused).startswith(words):
            outline = "() => getComputedStyle(document.activeElement).outlineStyle"
            assert person.page.evaluate(outline) != "none", f"the focus on {words} can't be seen"
            return
    raise AssertionError(f"Tab does not reach {words}")


def test_teacher_books_in_four_taps_again_in_two_and_without_a_mouse(
    program: Program, browser: Browser, has_helped: str
) -> None:
    teacher = signed_in(browser, program.address, "teacher", size=PHONE)

    teacher.follow("Reading aloud")
    if teacher.page.get_by_role("button", name="Book this").count() == 0:  # more than one tool serves this need
        teacher.page.locator("main .chip").first.click()
        teacher.taps += 1
        teacher.page.get_by_role("button", name="Book this").first.wait_for()
    teacher.press("Book this")
    teacher.sees("you will both be reminded")
    assert teacher.taps <= 4

    teacher.go("/")
    teacher.taps = 0
    teacher.follow("Book Maya again")
    teacher.sees("Has helped you before")
    teacher.press("Book this")
    teacher.sees("you will both be reminded")
    assert "Maya R." in teacher.text
    assert teacher.taps <= 2

    teacher.go("/")
    tab_to(teacher, "Book Maya again")
    teacher.page.keyboard.press("Enter")
    teacher.sees("Has helped you before")
    tab_to(teacher, "Book this")
    teacher.page.keyboard.press("Enter")
    teacher.sees("you will both be reminded")

    teacher.go("/")
    teacher.follow("Book Maya again")
    teacher.tap("Another day or mentor", role="link")
    teacher.sees("No period fits")  # the page comes by htmx
    teacher.check()
    teacher.follow("No period fits")

    teacher.go(f"/bookings/{has_helped}/")
    teacher.page.get_by_text("It did not take place").click()
    teacher.press("The mentor was away")
    teacher.sees("Noted.")
    teacher.leave()
    coordinator = signed_in(browser, program.address, "coordinator", size=PHONE)
    coordinator.check()
    coordinator.page.locator("section", has_text="Did not take place").get_by_role("link", name="See").first.click()
    coordinator.press("Take it back")
    coordinator.sees("Taken back.")
    coordinator.leave()


def test_student_sees_what_is_next_at_once_and_logs_help_in_four_taps(program: Program, browser: Browser) -> None:
    student = signed_in(browser, program.address, "student", size=PHONE)

    student.check()
    following = student.page.locator("main section.card-next").inner_text()
    assert re.search(r"\b\d{1,2}:\d\d\b", following)
    assert re.search(r"\b(Room \d+|Library)\b", following)
    assert re.search(r"\b(Ms|Mr|Mrs|Dr|Mx) \w+ wants to learn", following)
    assert "Bring your device" in following
    assert student.taps == 0

    student.choose("I showed it")
    student.choose("It works now")
    student.press("Send")
    student.sees("Your help is in the log")
    assert student.taps <= 4

    program.shell(IS_ON)
    student.go("/")
    student.press("We have started")
    student.press("We are done")
    assert student.page.locator("input[name=minutes]").input_value() == "1"
    student.choose("I showed it")
    student.choose("It works now")
    student.press("Send")
    student.sees("Your help is in the log")
    student.leave()


def test_coordinator_sees_what_needs_her_and_plans_a_term_of_playgrounds(program: Program, browser: Browser) -> None:
    coordinator = signed_in(browser, program.address, "coordinator", size=PHONE)
    page = coordinator.page
    monday = dt.datetime.now(WALL).date() + dt.timedelta(days=21)
    monday -= dt.timedelta(days=monday.weekday())

    coordinator.check()
    acts = page.locator("main section .row-act").locator("a, button")
    assert acts.count() > 0
    assert acts.first.is_visible()

    coordinator.go("/playgrounds/weekly/")
    page.fill("#id_title", "Tuesday captions")
    page.locator("main label.chip", has_text="Live captions").click()
    page.locator("main label.chip", has_text="Tuesday").click()
    page.fill("#id_day", monday.isoformat())
    page.fill("#id_until", (monday + dt.timedelta(days=13)).isoformat())
    page.select_option("#id_period", index=7)
    page.select_option("#id_room", label="Library")
    page.select_option("#id_adult_in_charge", index=1)
    coordinator.press("Look at the dates")
    coordinator.sees("Nothing is saved yet")
    assert page.locator("main label.chip", has_text="Leave out").count() == 2
    coordinator.leave()
