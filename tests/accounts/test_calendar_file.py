"""The calendar file, read back by a parser."""

import datetime as dt
from typing import Any

import pytest
from icalendar import Calendar

from accounts import calendar_file

CHICAGO_MORNING = dt.datetime(2026, 12, 3, 10, 40, tzinfo=dt.timezone(dt.timedelta(hours=-6)))


def made(**changes: Any) -> str:
    return calendar_file.build(
        **{
            "uid": "booking-12@example.org",
            "sequence": 3,
            "starts_at": CHICAGO_MORNING,
            "ends_at": CHICAGO_MORNING + dt.timedelta(minutes=45),
            "summary": "Help with Immersive Reader, ثلاثة; and more",
            "location": "Room 112, upstairs",
            "url": "https://flipside.example.org/bookings/12/",
            "organizer": "Flipside <flipside@example.org>",
            "attendee": "ortiz@example.org",
            "now": dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC),
            **changes,
        }
    )


def test_build_request_is_read_back_equal() -> None:
    calendar = Calendar.from_ical(made())

    event = calendar.walk("VEVENT")[0]
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == "booking-12@example.org"
    assert event["SEQUENCE"] == 3
    assert event["STATUS"] == "CONFIRMED"
    assert event.decoded("DTSTART") == dt.datetime(2026, 12, 3, 16, 40, tzinfo=dt.UTC)
    assert event.decoded("DTEND") == dt.datetime(2026, 12, 3, 17, 25, tzinfo=dt.UTC)
    assert event.decoded("DTSTAMP") == dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)
    assert event["SUMMARY"] == "Help with Immersive Reader, ثلاثة; and more"
    assert event["LOCATION"] == "Room 112, upstairs"
    assert event["ORGANIZER"] == "mailto:flipside@example.org"
    assert event["ATTENDEE"] == "mailto:ortiz@example.org"


def test_build_cancelled_cancels_the_same_event() -> None:
    calendar = Calendar.from_ical(made(sequence=4, is_cancelled=True))

    event = calendar.walk("VEVENT")[0]
    assert calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("booking-12@example.org", 4, "CANCELLED")


def test_build_times_are_written_in_utc() -> None:
    assert "DTSTART:20261203T164000Z" in made()


def test_build_line_break_in_a_text_adds_no_property() -> None:
    text = made(summary="Help\r\nATTENDEE:mailto:evil@example.org")

    assert "evil" not in str(Calendar.from_ical(text).walk("VEVENT")[0]["ATTENDEE"])


@pytest.mark.parametrize("files", [[], [made()], [made(), made(summary="END:VCALENDAR\nBEGIN:VCALENDAR"), made()]])
def test_each_of_takes_apart_what_was_put_together(files: list[str]) -> None:
    assert calendar_file.each_of("".join(files)) == files


def test_method_of_reads_what_build_wrote() -> None:
    assert calendar_file.method_of(made()) == "REQUEST"
    assert calendar_file.method_of(made(is_cancelled=True)) == "CANCEL"
    assert calendar_file.method_of(made(summary="METHOD:CANCEL")) == "REQUEST"


def test_event_uid_is_stable() -> None:
    assert calendar_file.event_uid("booking:12") == calendar_file.event_uid("booking:12")
    assert calendar_file.event_uid("booking:12").startswith("booking-12@")
