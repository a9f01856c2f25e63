"""The calendar file of a booking or a session: what a calendar program needs to take in, move or cancel one event.

Source: RFC 5545 (iCalendar) and RFC 5546 (REQUEST and CANCEL). The same UID with a higher SEQUENCE replaces the event.
"""

import datetime as dt
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

REQUEST, CANCEL = "REQUEST", "CANCEL"


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
    without a name ("Flipside <flipside@example.org>"); an empty attendee (somebody without e-mail) is left out.
    `url` is absolute. Nothing but what the caller passes gets into the file: pass no goal, and a child's short name.
    """
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", starts_at.astimezone(dt.UTC))
    event.add("dtend", ends_at.astimezone(dt.UTC))
    event.add("summary", summary)
    event.add("location", location)
    event.add("url", url)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("organizer", _address(organizer))
    if attendee:
        guest = _address(attendee)
        guest.params["rsvp"] = vText("FALSE")
        event.add("attendee", guest)
    calendar = Calendar()
    calendar.add("prodid", "-//Flipside//Flipside//EN")
    calendar.add("version", "2.0")
    calendar.add("method", CANCEL if is_cancelled else REQUEST)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def method_of(text: str) -> str:
    """What the file asks of a calendar program: "REQUEST" or "CANCEL"."""
    return CANCEL if f"METHOD:{CANCEL}" in text.splitlines() else REQUEST


def _address(text: str) -> vCalAddress:
    name, address = parseaddr(text)
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["cn"] = vText(name)
    return person
