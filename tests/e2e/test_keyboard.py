"""Journeys of three people who have no mouse: booking, repeating, moving, replacing, planning, declining, logging."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program
from tests.e2e.keyboard import Keyboard
from tests.e2e.pair import WALL
from tests.e2e.visitor import PHONE, signed_in

pytestmark = pytest.mark.e2e

GOAL, TITLE = "All of it by keyboard", "Playground by keyboard"
# The demo's student helped the demo's teacher an hour ago and has not logged it.
HELPED = f"""
from datetime import timedelta
from accounts import clock
from accounts.models import Room, User
from mentorship.models import MentorTool, Program
from sessions_app.models import Booking
teacher, mentor = User.objects.get(username="teacher"), User.objects.get(username="student")
begun = clock.now() - timedelta(hours=1)
helped = Booking.objects.create(
    program=Program.objects.joined_by(teacher).filter(closed_on=None, ends_on__gt=begun)[0], teacher=teacher,
    mentor=mentor, room=Room.objects.filter(school=teacher.school, in_view=True)[0], goal={GOAL!r},
    tool=MentorTool.objects.filter(mentor__user=mentor)[0].tool, starts_at=begun,
    ends_at=begun + timedelta(minutes=45), booked_by=teacher, booked_at=begun,
)
print(helped.pk, mentor.pk)
"""
STANDING = f"""
import json
from accounts import clock
from sessions_app.models import Booking
ahead = Booking.objects.filter(goal={GOAL!r}, starts_at__gt=clock.now()).standing().order_by("starts_at")
print(json.dumps([[booking.pk, booking.mentor.username] for booking in ahead]))
"""
TAKE_AWAY = f"""
from accounts import clock
from accounts.models import User
from mentorship.models import HelpEntry
from sessions_app.models import Booking, PlaygroundSession
from sessions_app.services import cancel_booking, cancel_playground
now = clock.now()
for booking in Booking.objects.filter(goal={GOAL!r}, starts_at__gt=now).standing():
    cancel_booking(booking, by=booking.teacher, reason="", now=now)
past = Booking.objects.filter(goal={GOAL!r}, starts_at__lt=now)
entries = list(past.values_list("help_entry", flat=True))
past.delete()
HelpEntry.objects.filter(pk__in=entries).delete()
for playground in PlaygroundSession.objects.filter(title={TITLE!r}, state="planned"):
    cancel_playground(playground, by=User.objects.get(username="coordinator"), now=now)
"""


@pytest.fixture
def nothing_stays(program: Program) -> Iterator[None]:
    """What the keys have booked, planned and logged is gone after the test, whatever happened in it."""
    yield
    program.shell(TAKE_AWAY)


@pytest.mark.usefixtures("nothing_stays")
def test_journeys_of_three_people_by_keyboard_alone(program: Program, browser: Browser) -> None:
    helped, student = program.shell(HELPED).split()

    teacher_books_repeats_moves_and_cancels(program, browser)
    (second, _maya), (third, _maya_too) = standing(program)
    coordinator_finds_another_mentor_and_plans(program, browser, third, student)
    student_logs_and_declines(program, browser, helped, second)

    ((left, mentor),) = standing(program)
    assert left == third
    assert mentor != "student"


def standing(program: Program) -> list[tuple[int, str]]:
    """What stands of the bookings made here, and who mentors in them, by date."""
    rows: list[tuple[int, str]] = json.loads(program.shell(STANDING))
    return rows


def teacher_books_repeats_moves_and_cancels(program: Program, browser: Browser) -> None:
    """Three weeks at one time; the first of them is moved in the drawn week, and then cancelled."""
    teacher = signed_in(browser, program.address, "teacher")
    keys, page = Keyboard(teacher), teacher.page

    keys.next_stop()
    assert keys.words == "Skip to the page"
    keys.press("Enter")
    assert keys.stop
    assert keys.stop["id"] == "main"
    keys.walk_through()
    keys.go_to("Reading aloud")
    teacher.sees("Immersive Reader")
    keys.go_to("Immersive Reader")
    teacher.sees("Book this")
    keys.go_to("for dyslexic learners")
    page.get_by_role("heading", name="for dyslexic learners").wait_for()
    page.wait_for_function("document.activeElement.id === 'for-dyslexic'")  # the part is new, the focus where it was
    day = dt.date.fromisoformat(page.locator("article form input[name=day]").first.input_value())
    keys.tab_to("Lesson goal, if you like")
    keys.type(GOAL)
    keys.go_to("Book this")
    teacher.sees("you will both be reminded")
    booking = page.url.rstrip("/").rsplit("/", 1)[1]
    keys.walk_through()

    keys.go_to("Repeat this every week")
    teacher.sees("Until which day?")
    keys.tab_to("Until which day?")
    keys.type_day(day)
    keys.go_to("Look at the dates")
    teacher.sees("Please look at this again")  # the page of a refused form
    assert keys.stop
    assert "data-form-errors" in keys.stop["html"]
    keys.go_to("Until which day?")
    assert keys.stop["id"] == "id_until"
    keys.type_day(day + dt.timedelta(days=14))
    keys.go_to("Look at the dates")
    teacher.sees("Nothing is booked yet.")
    keys.walk_through()
    keys.go_to("Book these dates")
    teacher.sees("Both know, and will be reminded of each.")

    page.goto(f"{program.address}/calendar/?view=calendar&week={day}")
    move = f"/bookings/{booking}/move/"
    page.locator(f"#calendar a[href='{move}']").wait_for()
    keys.walk_through()
    keys.go_to(move)
    teacher.sees("Move it to when?")
    keys.go_to("Move it here")
    teacher.sees("the reminders moved too")
    keys.go_to("Cancel this booking")
    keys.tab_to("Reason, if you like")
    keys.type("It is done")
    keys.go_to("Cancel only this date")
    teacher.sees("no reminder will come")
    teacher.leave()


def coordinator_finds_another_mentor_and_plans(program: Program, browser: Browser, booking: int, student: str) -> None:
    """Somebody else helps on one date; a student's free period is noted and taken back; two playgrounds are planned."""
    coordinator = signed_in(browser, program.address, "coordinator")
    keys, page = Keyboard(coordinator), coordinator.page

    page.goto(f"{program.address}/bookings/{booking}/")
    keys.go_to("Another mentor")
    coordinator.sees("Who helps instead?")
    keys.go_to(page.locator("article button").first.inner_text())
    coordinator.sees("helps now. All three are told.")

    page.goto(f"{program.address}/people/{student}/free/")
    keys.tab_to("1st period")
    before = keys.words
    keys.press("Space")
    assert keys.words != before
    keys.press("ArrowDown")
    assert keys.words.startswith("2nd period")
    keys.go_to("Save")
    coordinator.sees("The free periods are saved.")
    keys.tab_to("1st period")
    assert keys.words != before
    while keys.words != before:
        keys.press("Space")
    keys.go_to("Save")
    coordinator.sees("The free periods are saved.")
    keys.walk_through()

    keys.go_to("Calendar")
    coordinator.sees("Schedule a tech playground")
    keys.go_to("Schedule a tech playground")
    coordinator.sees("Every week over a term?")
    keys.go_to("Every week over a term?")
    coordinator.sees("On which days of the week?")
    first = dt.datetime.now(WALL).date() + dt.timedelta(days=14)
    keys.tab_to("Title")
    keys.type(TITLE)
    keys.choose("Live captions", "Tuesday")
    keys.tab_to("First day")
    keys.type_day(first)
    keys.tab_to("Last day")
    keys.type_day(first - dt.timedelta(days=1))
    for label, what in (("Period", "7th"), ("Room", "Library"), ("Adult in charge", "Ms")):
        keys.tab_to(label)
        keys.type(what)
    keys.go_to("Look at the dates")
    coordinator.sees("The last day lies before the first.")
    assert keys.stop
    assert "data-form-errors" in keys.stop["html"]
    keys.go_to("Last day")
    keys.type_day(first + dt.timedelta(days=20))
    keys.go_to("Look at the dates")
    coordinator.sees("Nothing is saved yet.")
    keys.walk_through()
    if page.locator("button[name=leave_out_clashes]").count():  # a holiday
        keys.go_to("Leave out all that are not possible")
        page.locator("button[name=leave_out_clashes]").wait_for(state="detached")
    keys.go_to("Schedule these dates")
    page.get_by_role("heading", name=TITLE).wait_for()
    coordinator.leave()


def student_logs_and_declines(program: Program, browser: Browser, helped: str, booking: int) -> None:
    """From the home page of a phone: how the help went, and that a meeting is not possible."""
    student = signed_in(browser, program.address, "student", size=PHONE)
    keys, page = Keyboard(student), student.page

    keys.walk_through()
    assert page.locator(f"form[action='/bookings/{helped}/log/']").count() == 1
    keys.choose("I showed it", "It works now")
    keys.go_to("Send")
    student.sees("Your help is in the log")
    keys.go_to(f"/bookings/{booking}/")
    student.sees("One tap, and you don't have to say why.")
    keys.walk_through()
    keys.go_to("I can't")
    student.sees("That is fine. The teacher will find another time.")
    keys.go_to("Calendar")
    student.sees("Week before")
    keys.walk_through()
    student.leave()
