"""Reading the calendar files of a mail, by two readers, and what RFC 5545, 5546 and 6047 ask of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message as Letter
from typing import Any

import icalendar
import vobject

# What a REQUEST and a CANCEL must have (RFC 5546, 3.2.2 and 3.2.5), and times that need no zone beside them.
NEEDED = ("UID", "DTSTAMP", "SEQUENCE", "ORGANIZER", "ATTENDEE", "DTSTART", "DTEND")
STATUS_OF = {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}


@dataclass(frozen=True)
class Invitation:
    """One calendar part of a mail, as both readers read it."""

    method: str
    uid: str
    sequence: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    attendee: str
    text: str


def invitations_in(letter: Letter) -> list[Invitation]:
    """The calendar parts of a mail, each of which keeps the rules."""
    return [_read(part) for part in letter.walk() if part.get_content_type() == "text/calendar"]


def assert_rising(letters: list[Letter]) -> None:
    """What these mails say to one person about one event: its number rises with each."""
    numbers = [one.sequence for letter in letters for one in invitations_in(letter)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == len(letters)


def text_of(part: Letter) -> str:
    """The words of one part."""
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode(part.get_content_charset() or "ascii")


def _read(part: Letter) -> Invitation:
    text = text_of(part)
    calendar = icalendar.Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    assert [name for name in NEEDED if name not in event] == []
    assert not isinstance(event["ATTENDEE"], list)
    other_calendar = vobject.readOne(text)
    (other,) = other_calendar.vevent_list
    method = str(calendar["METHOD"])
    assert part.get_param("method") == method == other_calendar.method.value
    assert event["STATUS"] == STATUS_OF[method]
    for name in ("DTSTART", "DTEND", "DTSTAMP"):
        assert str(event[name].to_ical(), "ascii").endswith("Z")
    same: list[tuple[str, Callable[[Any], Any]]] = [("uid", str), ("organizer", str), ("attendee", str)]
    assert all(kind(event[name.upper()]) == getattr(other, name).value for name, kind in same)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (other.dtstart.value, other.dtend.value)
    assert str(event["SEQUENCE"]) == other.sequence.value
    assert str(event["ORGANIZER"]) != str(event["ATTENDEE"])
    assert part.defects == []
    return Invitation(
        method=method,
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        starts_at=event["DTSTART"].dt,
        ends_at=event["DTEND"].dt,
        attendee=str(event["ATTENDEE"]),
        text=text,
    )
