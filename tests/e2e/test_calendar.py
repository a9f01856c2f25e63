"""The drawn calendar in a browser: a booking is dragged, the server decides, and what it says is read out."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program
from tests.e2e.visitor import PHONE, Visitor, signed_in

pytestmark = pytest.mark.e2e

TALL = (1280, 1200)  # the whole day is on the screen

# Books Maya for Ms Ortiz in the week after next, and prints the booking, when it is, when else both are free in that
# week, and a time at which Maya never is.
BOOK = """
import datetime as dt, json, uuid
from accounts import clock
from accounts.models import User
from mentorship.models import Availability, Program, Tool
from sessions_app.reports.finder import propose
from sessions_app.reports.school_time import Bells
from sessions_app.services import book_mentor
teacher, mentor = User.objects.get(username="teacher"), User.objects.get(username="student")
now, today, zone = clock.now(), clock.today(teacher.school), teacher.school.zone
program = Program.objects.filter(participants__person=teacher, closed_on=None).latest("starts_on")
tool = Tool.objects.filter(mentors__user=mentor).first()
monday = today + dt.timedelta(days=14 - today.weekday())
def times(**but):
    found = propose(teacher, tool=tool, program=program, now=now, today=today, mentor_id=mentor.pk, limit=90, **but)
    return [time for time in found if monday <= time.day <= monday + dt.timedelta(days=4)]
first = times()[0]
booking = book_mentor(by=teacher, program=program, teacher=teacher, mentor=mentor, tool=tool, room=first.room,
    day=first.day, period=first.period, learner_group="all", goal="", request_key=uuid.uuid4(), now=now)
other = next(time for time in times(but=booking) if time.day != first.day)
free = set(Availability.objects.filter(person=mentor).values_list("day_type", "period"))
bells = Bells(teacher.school, monday, monday + dt.timedelta(days=4))
never = next(row for row in bells.periods(grade=mentor.grade) if (bells.kinds[row[0]], row[1].pk) not in free)
wall = lambda moment: moment.astimezone(zone).isoformat()[:16]
print(json.dumps([booking.pk, wall(first.starts_at), wall(other.starts_at), wall(never[2][0])]))
"""
STANDS = """
from accounts.models import Message
from sessions_app.models import Booking
booking = Booking.objects.get(pk={})
told = Message.objects.filter(kind="booking_moved", about=booking.about, user__username="teacher").count()
print(booking.starts_at.astimezone(booking.program.school.zone).isoformat()[:16], told)
"""
CANCEL = """
from accounts import clock
from sessions_app.models import Booking
from sessions_app.services import cancel_booking
booking = Booking.objects.get(pk={})
cancel_booking(booking, by=booking.teacher, reason="", now=clock.now())
"""


@pytest.mark.usefixtures("english_again")
def test_booking_is_dragged_in_the_week_and_the_server_decides(program: Program, browser: Browser) -> None:
    booking, *times = json.loads(program.shell(BOOK))
    first, other, never = (dt.datetime.fromisoformat(time) for time in times)
    teacher = signed_in(browser, program.address, "teacher", has_touch=True, size=TALL)
    week = f"&week={first:%Y-%m-%d}"
    teacher.go(f"/calendar/?view=calendar{week}")
    said = teacher.page.locator("#calendar-said[role=status]")

    grab(teacher, booking)
    carry(teacher, never)
    teacher.page.mouse.up()
    said.get_by_text("is not free in").wait_for()
    assert stands(program, booking) == (first, 0)
    assert shown_on(teacher, booking) == f"{first:%Y-%m-%d}"
    teacher.check()

    grab(teacher, booking)
    carry(teacher, other)
    teacher.page.mouse.up()
    said.get_by_text("Moved. Both of you are told").wait_for()
    assert stands(program, booking) == (other, 1)
    teacher.page.locator(f"#calendar [data-date='{other:%Y-%m-%d}'] a[href='/bookings/{booking}/']").wait_for()

    drag_by_touch(teacher, booking, first)
    teacher.page.locator(f"#calendar [data-date='{first:%Y-%m-%d}'] a[href='/bookings/{booking}/']").wait_for()
    assert stands(program, booking) == (first, 2)

    after_school = first.replace(hour=16, minute=0)
    grab(teacher, booking)
    carry(teacher, after_school)
    teacher.page.mouse.up()
    about_then = re.compile(r"^(15:5|16:0)")  # five minutes on the screen are few points
    teacher.page.locator(f"#calendar a[href='/bookings/{booking}/']").filter(has_text=about_then).wait_for()
    starts_at, told = stands(program, booking)
    assert (abs(starts_at - after_school) <= dt.timedelta(minutes=10), starts_at.minute % 5, told) == (True, 0, 3)

    teacher.page.locator(f"#calendar a[href='/bookings/{booking}/move/']").focus()
    teacher.page.keyboard.press("Enter")
    teacher.sees("Move it to when?")
    teacher.go(f"/calendar/?view=month{week}")
    teacher.page.locator("#calendar").get_by_text("Maya").first.wait_for()
    teacher.check()
    teacher.leave()
    phone = signed_in(browser, program.address, "teacher", size=PHONE)
    for view in ("calendar", "month"):
        phone.go(f"/calendar/?view={view}{week}")
        assert not phone.page.locator("#calendar").is_visible()
        assert phone.page.locator(f"#week-list a[href='/bookings/{booking}/move/']").is_visible()
    phone.leave()
    program.shell(CANCEL.format(booking))


def stands(program: Program, booking: int) -> tuple[dt.datetime, int]:
    """When it is by the school's wall, and how often the teacher was told of a move."""
    starts_at, told = program.shell(STANDS.format(booking)).split()
    return dt.datetime.fromisoformat(starts_at), int(told)


def shown_on(person: Visitor, booking: int) -> str | None:
    """The day under which the drawn week shows it."""
    return (
        person.page.locator("#calendar [role=gridcell]")
        .filter(has=person.page.locator(f"a[href='/bookings/{booking}/']"))
        .get_attribute("data-date")
    )


def point_of(person: Visitor, booking: int) -> tuple[float, float]:
    """Where the drawn week shows the time of a booking."""
    link = person.page.locator(f"#calendar a[href='/bookings/{booking}/']")
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    assert box
    return box["x"] + 10, box["y"] + 3


def place_of(person: Visitor, when: dt.datetime) -> tuple[float, float]:
    """Where the drawn week shows the first minutes of a time: its days go from 7:00 to 18:00."""
    box = person.page.locator(f"#calendar [role=gridcell][data-date='{when:%Y-%m-%d}']").bounding_box()
    assert box
    return box["x"] + 20, box["y"] + (when.hour * 60 + when.minute - 420 + 5) * box["height"] / 660


def grab(person: Visitor, booking: int) -> None:
    """Take a booking with the mouse and begin to drag; the periods show where it can go."""
    x, y = point_of(person, booking)
    person.page.mouse.move(x, y)
    person.page.mouse.down()
    person.page.mouse.move(x + 15, y + 10, steps=3)
    person.page.locator("#calendar .event-target").first.wait_for()


def carry(person: Visitor, to: dt.datetime) -> None:
    """Drag what the mouse holds to a time."""
    person.page.mouse.move(*place_of(person, to), steps=8)
    person.page.wait_for_timeout(100)


def drag_by_touch(person: Visitor, booking: int, to: dt.datetime) -> None:
    """Press with a finger until the booking comes along, and drag it to a time."""
    touch = person.page.context.new_cdp_session(person.page)
    x, y = point_of(person, booking)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    send("touchStart", (x, y))
    person.page.wait_for_timeout(1200)
    (left, top) = place_of(person, to)
    for step in range(1, 9):
        send("touchMove", (x + (left - x) * step / 8, y + (top - y) * step / 8))
    person.page.wait_for_timeout(100)
    send("touchEnd")
