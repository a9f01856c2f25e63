"""Reading what the program mailed."""

from __future__ import annotations

import datetime as dt
from email.header import decode_header, make_header
from email.message import Message as Letter

import icalendar

from tests.e2e.conftest import Program


def letters_to(program: Program, address: str) -> list[Letter]:
    """What the mail server took for one address, the newest last."""
    return [letter for letter in list(program.sink.letters) if address in str(letter["To"])]


def words_of(letter: Letter) -> str:
    """Subject and text."""
    text = next(part for part in letter.walk() if part.get_content_type() == "text/plain")
    payload = text.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return f"{make_header(decode_header(str(letter['Subject'])))}\n{payload.decode()}"


def event_of(letter: Letter) -> icalendar.Event | None:
    """The event of the attached calendar file; None where there is no file, or one for each of many dates."""
    files = [part.get_payload(decode=True) for part in letter.walk() if part.get_content_type() == "text/calendar"]
    if len(files) != 1:
        return None
    assert isinstance(files[0], bytes)
    (event,) = icalendar.Calendar.from_ical(files[0].decode()).walk("VEVENT")
    return event


def uid_of(letter: Letter) -> str:
    """The name of its event, empty without a calendar file."""
    event = event_of(letter)
    return str(event["UID"]) if event else ""


def assert_moved_event(letter: Letter, booking: int, starts_at: dt.datetime) -> None:
    """The calendar file says the new instant, under the booking's name and with the number of its move."""
    event = event_of(letter)
    assert event is not None
    assert str(event["UID"]).startswith(f"booking-{booking}@")
    assert event["SEQUENCE"] == 1
    assert event["DTSTART"].dt == starts_at
    assert event["DTEND"].dt - event["DTSTART"].dt == dt.timedelta(minutes=45)
    assert event["STATUS"] == "CONFIRMED"
