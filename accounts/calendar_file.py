"""Calendar files: of one booking or session, to take in, move or cancel it; and a whole calendar that is followed.

Source: RFC 5545 (iCalendar) and RFC 5546 (REQUEST and CANCEL). The same UID with a higher SEQUENCE replaces the event.
A REQUEST or CANCEL speaks of one UID only (RFC 5546, 3.2.2 and 3.2.5), and Outlook reads but the first event of a file
that comes by mail: of many dates each has a file of its own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"

ONE_CALENDAR = re.compile(r"BEGIN:VCALENDAR\r?\n.*?^END:VCALENDAR\r?\n?", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Meeting:
    """One event: `sequence` rises with each move, `url` is absolute."""

    uid: str
    sequence: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    summary: str
    location: str
    url: str


def event_uid(about: str) -> str:
    """The name of an event in everybody's calendar: "booking:12" is "booking-12@<the site's host>" for good."""
    return f"{about.replace(':', '-')}@{settings.MAIL_DOMAIN}"


def build(
    uid: str,
    *,
    sequence: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    summary: str,
    location: str,
    url: str,
    organizer: str,
    attendee: str,
    now: dt.datetime,
    is_cancelled: bool = False,
) -> str:
    """Answer the file as text, with one event, its times in UTC.

    `sequence` rises with each move and with the cancellation. `organizer` and `attendee` are mail addresses, with or
    without a name ("Flipside <flipside@example.org>"); a file that asks something of somebody names both.
    `url` is absolute. Nothing but what the caller passes gets into the file: pass no goal, and a child's short name.
    """
    meeting = Meeting(
        uid=uid, sequence=sequence, starts_at=starts_at, ends_at=ends_at, summary=summary, location=location, url=url
    )
    event = _event(meeting, stamp=now, is_cancelled=is_cancelled)
    event.add("organizer", _address(organizer))
    guest = _address(attendee)
    guest.params["rsvp"] = vText("FALSE")
    event.add("attendee", guest)
    calendar = _calendar(CANCEL if is_cancelled else REQUEST)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def each_of(text: str) -> list[str]:
    """The files of a text that holds one after the other (a stream of RFC 5545, 3.4), in their order."""
    return ONE_CALENDAR.findall(text)


def build_feed(meetings: Iterable[Meeting], *, name: str, stamp: dt.datetime) -> str:
    """Answer a whole calendar as text, for programs that come again for it: no address of anybody stands in it.

    The same meetings and the same `stamp` make the same text, whenever it is asked for.
    """
    calendar = _calendar(PUBLISH)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", dt.timedelta(hours=1))
    for meeting in meetings:
        calendar.add_component(_event(meeting, stamp=stamp))
    return calendar.to_ical().decode()


def method_of(text: str) -> str:
    """What a file of one event asks of a calendar program: "REQUEST" or "CANCEL"."""
    return CANCEL if f"METHOD:{CANCEL}" in text.splitlines() else REQUEST


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Flipside//Flipside//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(meeting: Meeting, *, stamp: dt.datetime, is_cancelled: bool = False) -> Event:
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", stamp.astimezone(dt.UTC))
    event.add("dtstart", meeting.starts_at.astimezone(dt.UTC))
    event.add("dtend", meeting.ends_at.astimezone(dt.UTC))
    event.add("summary", meeting.summary)
    event.add("location", meeting.location)
    event.add("url", meeting.url)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    return event


def _address(text: str) -> vCalAddress:
    name, address = parseaddr(text)
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["cn"] = vText(name)
    return person
