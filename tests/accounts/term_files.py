"""Files of the days of a term, written for tests, and what is read in them."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.forms.term_calendar import TermCalendarForm
from accounts.forms.term_days import TermCalendar
from tests.cast import TODAY, Cast

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//District//EN\r\n"


def ics(*events: str) -> bytes:
    """A calendar file of these events, each the lines between BEGIN and END."""
    body = "".join(f"BEGIN:VEVENT\r\nUID:{number}\r\n{event}\r\nEND:VEVENT\r\n" for number, event in enumerate(events))
    return f"{HEAD}{body}END:VCALENDAR\r\n".encode()


def read(cast: Cast, content: bytes, *, name: str = "days.csv", order: str = "month") -> TermCalendarForm:
    kinds = list(cast.school.day_types.all())
    file = SimpleUploadedFile(name, content)
    form = TermCalendarForm({"order": order}, {"file": file}, kinds=kinds, today=TODAY, zone=cast.school.zone)
    form.is_valid()
    return form


def calendar(cast: Cast, content: bytes, **how: str) -> TermCalendar:
    form = read(cast, content, **how)
    assert not form.errors
    return form.calendar


def closed(cast: Cast, *events: str) -> list[str]:
    said = calendar(cast, ics(*events), name="closures.ics")
    assert set(said.days.values()) <= {None}
    return [date.isoformat() for date in said.days]


def refusals(said: TermCalendar) -> list[tuple[int, str]]:
    return [(row.row, row.column) for row in said.refused]


def send(client: Client, content: bytes, name: str = "days.csv") -> Any:
    data = {"order": "month", "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("school_calendar_import"), data)
