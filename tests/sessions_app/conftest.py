"""Short words for what the tests of this app do all the time."""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Message, User
from sessions_app.models import Booking, Hold, PlaygroundSession, Series, WaitlistEntry
from sessions_app.reports.playground_dates import Plan
from sessions_app.reports.rules import clock_span
from sessions_app.reports.series import Slot
from sessions_app.services import (
    book_mentor,
    book_series,
    join_waitlist,
    schedule_playground,
    schedule_series,
    sign_up,
)
from tests import factories
from tests.cast import NOW, Cast
from tests.sessions_app.series import LAST
from tests.sessions_app.weekly import THURSDAYS, Plans, Weekly

# What a mentor taps after helping; a test adds the tools.
ENTRY = {"done": ["showed", "tried"], "outcome": "solved", "minutes": "25", "note": "", "trouble": []}


@pytest.fixture
def book(cast: Cast) -> Callable[..., Booking]:
    """Book Maya for Ms Ortiz on Thursday, 4th period, in room 112; a test names what differs."""

    def booked(**differences: object) -> Booking:
        wish = {
            "by": differences.get("teacher", cast.teacher),
            "program": cast.program,
            "teacher": cast.teacher,
            "mentor": cast.mentor,
            "tool": cast.tool,
            "room": cast.room,
            "day": cast.thursday,
            "period": cast.periods[3],
            "learner_group": "eb",
            "goal": "Persuasive texts",
            "request_key": uuid.uuid4(),
            "now": NOW,
        }
        return book_mentor(**(wish | differences))

    return booked


@pytest.fixture
def at(cast: Cast) -> Callable[..., Booking]:
    """Book Maya for Ms Ortiz on Thursday by the clock; a test names what differs. Periods: 8:00 to 8:45, 8:55 to 9:40,
    9:50 to 10:35, 10:40 to 11:25."""

    def booked(hour: int, minute: int, minutes: int = 30, **differences: Any) -> Booking:
        day = differences.get("day", cast.thursday)
        wish: dict[str, Any] = {
            "by": differences.get("teacher", cast.teacher),
            "program": cast.program,
            "teacher": cast.teacher,
            "mentor": cast.mentor,
            "tool": cast.tool,
            "room": cast.room,
            "day": day,
            "period": None,
            "span": clock_span(day, dt.time(hour, minute), minutes, school=cast.school),
            "learner_group": "all",
            "goal": "",
            "request_key": uuid.uuid4(),
            "now": NOW,
        }
        return book_mentor(**(wish | differences))

    return booked


@pytest.fixture
def repeat(cast: Cast) -> Callable[..., Series]:
    """Repeat a booking every Thursday until 7 January; a test names what differs."""

    def repeated(booking: Booking, **differences: object) -> Series:
        given = {
            "by": cast.teacher,
            "until": LAST,
            "weekdays": [3],
            "every": 1,
            "left_out": [],
            "revision": booking.revision,
            "request_key": uuid.uuid4(),
            "now": NOW,
        }
        return book_series(booking, **(given | differences))

    return repeated


@pytest.fixture
def schedule(cast: Cast) -> Callable[..., PlaygroundSession]:
    """Plan a playground in the library on Thursday, 3rd period, with Maya on duty; a test names what differs."""

    def scheduled(**differences: object) -> PlaygroundSession:
        wish = {
            "by": cast.coordinator,
            "program": cast.program,
            "title": "Captions and translation",
            "tools": [cast.tool],
            "room": cast.library,
            "places": 2,
            "adult_in_charge": cast.admin,
            "mentors": [cast.mentor],
            "day": cast.thursday,
            "period": cast.periods[2],
            "now": NOW,
        }
        return schedule_playground(**(wish | differences))

    return scheduled


def friday(cast: Cast) -> dt.date:
    """The school day after the cast's Thursday."""
    return cast.thursday + dt.timedelta(days=1)


@pytest.fixture
def in_november() -> Iterator[None]:
    """The clock of the edges stands at the cast's NOW, a Sunday, whatever the day is on which the tests run."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def after_the_booking(cast: Cast) -> Iterator[None]:
    """The clock of the edges stands ten minutes after the end of the cast's Thursday, 4th period."""
    with time_machine.travel(cast.span()[1] + dt.timedelta(minutes=10), tick=False):
        yield


def counts() -> tuple[int, int, int]:
    """Bookings, holds and open messages, to show that a refusal changed nothing."""
    return Booking.objects.count(), Hold.objects.count(), Message.objects.waiting().count()


@pytest.fixture
def booking(book: Callable[..., Booking]) -> Booking:
    """The booking that `book` makes when nothing differs."""
    return book()


def booking_url(page: str, booking: Booking) -> str:
    """The address of a page about a booking."""
    return reverse(page, args=[booking.pk])


@pytest.fixture
def wish(cast):
    """What the form of one proposal sends."""
    return {
        "program": cast.program.pk,
        "tool": cast.tool.pk,
        "learners": "eb",
        "mentor": cast.mentor.pk,
        "day": cast.thursday.isoformat(),
        "period": cast.periods[3].pk,
        "room": cast.room.pk,
        "goal": "Persuasive texts",
        "request_key": str(uuid.uuid4()),
    }


def forms_of(page):
    """The hidden fields of each proposal's form on a page."""
    forms = re.findall(r'(?s)<form method="post" action="([^"]*)">(.*?)</form>', page)
    return [
        dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        for _action, form in forms
        if "period" in form
    ]


@pytest.fixture
def starts(cast: Cast) -> dt.datetime:
    """When the booking of `book` begins; it ends 45 minutes later."""
    return cast.span()[0]


def spans(booking: Booking) -> list[tuple[dt.datetime, dt.datetime]]:
    """The stretches that a booking takes, of its two people and its room."""
    return [(hold.during.lower, hold.during.upper) for hold in booking.holds.order_by("pk")]


@pytest.fixture
def plan(cast: Cast) -> Plans:
    """Fourth period in room 112, both mentors, Mr Haddad in charge; a test names what differs."""

    def planned(**differences: Any) -> Plan:
        given = {
            "program": cast.program,
            "title": "Captions",
            "tools": [cast.tool],
            "room": cast.room,
            "places": 3,
            "minimum": 0,
            "adult_in_charge": cast.other_teacher,
            "mentors": [cast.mentor, cast.other_mentor],
            "slot": Slot(cast.periods[3]),
        }
        return Plan(**(given | differences))

    return planned


@pytest.fixture
def weekly(cast: Cast, plan: Plans) -> Weekly:
    """Every Thursday from 3 to 17 December."""

    def scheduled(one: Plan | None = None, **differences: Any) -> Series:
        given = {
            "by": cast.coordinator,
            "first": THURSDAYS[0],
            "until": THURSDAYS[-1],
            "weekdays": [3],
            "left_out": [],
            "request_key": uuid.uuid4(),
            "now": NOW,
        }
        return schedule_series(one or plan(), **(given | differences))

    return scheduled


@pytest.fixture
def guests(cast: Cast, playground: PlaygroundSession) -> list[User]:
    """Two teachers who have the two places of the test's own playground."""
    teachers = [factories.TeacherFactory(school=cast.school) for _ in range(2)]
    for teacher in teachers:
        sign_up(playground, by=teacher, now=NOW)
    return teachers


@pytest.fixture
def waiting(cast: Cast, playground: PlaygroundSession, guests: list[User]) -> list[WaitlistEntry]:
    """Ms Ortiz waits for the test's own playground, then Mr Haddad."""
    return [
        join_waitlist(playground, by=teacher, now=NOW + dt.timedelta(minutes=minutes))
        for minutes, teacher in enumerate([cast.teacher, cast.other_teacher])
    ]


@pytest.fixture
def at_the_start(playground: PlaygroundSession) -> Iterator[None]:
    """The clock of the edges stands at the beginning of the test's own playground."""
    with time_machine.travel(playground.starts_at, tick=False):
        yield
