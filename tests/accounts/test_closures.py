"""Days without school from a calendar file: single ones, those that repeat, and what is refused."""

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from accounts.forms.closures import LONGEST_CLOSURE, MOST_REPEATING
from accounts.models import User
from tests.accounts.term_files import calendar, closed, ics, read, refusals, send
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_closure_ends_before_its_dtend(cast: Cast) -> None:
    assert closed(cast, "DTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:20261128") == ["2026-11-26", "2026-11-27"]
    assert closed(cast, "DTSTART;VALUE=DATE:20261126") == ["2026-11-26"]
    assert closed(cast, "DTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:20261126") == ["2026-11-26"]
    assert closed(cast, "DTSTART;VALUE=DATE:20261126\r\nDURATION:P2D") == ["2026-11-26", "2026-11-27"]
    year_end = closed(cast, "DTSTART;VALUE=DATE:20261230\r\nDTEND;VALUE=DATE:20270102")
    assert year_end == ["2026-12-30", "2026-12-31", "2027-01-01"]


@pytest.mark.parametrize(
    ("event", "column"),
    [
        ("DTSTART:20261126T090000Z\r\nDTEND:20261126T100000Z", "DTSTART"),
        ("DTSTART;VALUE=DATE:20261126\r\nDTEND:20261126T100000Z", "DTEND"),
        ("DTSTART;VALUE=DATE:20261126\r\nSTATUS:CANCELLED", "STATUS"),
        ("DTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:20261120", "DTEND"),
        ("DTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:20281126", "DTEND"),
        ("DTSTART;VALUE=DATE:2026XX26", "DTSTART"),
        ("DTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:soon", "DTEND"),
        ("SUMMARY:No day at all", "DTSTART"),
        ("DTSTART;VALUE=DATE:99991231", "DTSTART"),
        ("DTSTART;VALUE=DATE:00010101\r\nDTEND;VALUE=DATE:00010101", "DTSTART"),
        ("DTSTART;VALUE=DATE:20991231\r\nDTEND;VALUE=DATE:21000102", "DTEND"),
        ("DTSTART;VALUE=DATE:20261126\r\nDURATION:P999999999D", "DTEND"),
        ("DTSTART;VALUE=DATE:20261126\r\nDURATION:P999999999999D", "DURATION"),
        ("DTSTART;VALUE=DATE:20261126\r\nDURATION:-P1D", "DTEND"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=HOURLY", "RRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=DAILY;BYHOUR=1", "RRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=WEEKLY;INTERVAL=0", "RRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=WEEKLY;COUNT=-1", "RRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=WEEKLY;UNTIL=P1D", "RRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=WEEKLY;BYDAY=XX", "RRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=WEEKLY\r\nRRULE:FREQ=DAILY", "RRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=WEEKLY\r\nEXRULE:FREQ=DAILY", "EXRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "RRULE"),
        ("DTSTART;VALUE=DATE:20201126\r\nRRULE:FREQ=WEEKLY;COUNT=5", "RRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=DAILY", "RRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRDATE:20261203T090000Z", "RDATE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRDATE;VALUE=PERIOD:20261203T000000Z/P1D", "RDATE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRDATE;VALUE=DATE:soon", "RDATE"),
        ("DTSTART;VALUE=DATE:20201126\r\nRDATE;VALUE=DATE:99991231", "RDATE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nEXDATE:soon", "EXDATE"),
        ("DTSTART;VALUE=DATE:20261126\r\nRECURRENCE-ID:soon", "RECURRENCE-ID"),
        ("DTSTART;VALUE=DATE:20261126\r\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261126", "RECURRENCE-ID"),
    ],
)
def test_event_that_is_no_closure_is_refused_and_the_others_are_taken(cast: Cast, event: str, column: str) -> None:
    said = calendar(cast, ics("DTSTART;VALUE=DATE:20261225", event), name="closures.ics")

    assert list(said.days) == [dt.date(2026, 12, 25)]
    assert refusals(said) == [(2, column)]


THANKSGIVING = "DTSTART;VALUE=DATE:20181122\r\nDTEND;VALUE=DATE:20181124\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"


@pytest.mark.parametrize(
    ("event", "days"),
    [
        # Today is 22 November 2026: of a rule of many years, the year to come is read, with all days of each date.
        (THANKSGIVING, ["2026-11-26", "2026-11-27", "2027-11-25", "2027-11-26"]),
        ("DTSTART;VALUE=DATE:20201225\r\nRRULE:FREQ=YEARLY;UNTIL=20261225", ["2026-12-25"]),
        ("DTSTART;VALUE=DATE:20261127\r\nRRULE:FREQ=WEEKLY;COUNT=3", ["2026-11-27", "2026-12-04", "2026-12-11"]),
        ("DTSTART;VALUE=DATE:20261127\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2", ["2026-11-27", "2026-12-11"]),
        (
            "DTSTART;VALUE=DATE:20261127\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE;VALUE=DATE:20261204\r\n"
            "EXDATE;VALUE=DATE:20261211,20270101",
            ["2026-11-27", "2026-12-18"],
        ),
        # Some programs end an all-day rule at an instant: here the last second of 4 December, by the school's wall.
        ("DTSTART;VALUE=DATE:20261127\r\nRRULE:FREQ=WEEKLY;UNTIL=20261205T045959Z", ["2026-11-27", "2026-12-04"]),
        ("DTSTART;VALUE=DATE:20261127\r\nRDATE;VALUE=DATE:20270202", ["2026-11-27", "2027-02-02"]),
        (
            "DTSTART;VALUE=DATE:20261127\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nRDATE;VALUE=DATE:20270104",
            ["2026-11-27", "2026-12-04", "2027-01-04"],
        ),
        ("DTSTART;VALUE=DATE:20261120\r\nRRULE:FREQ=DAILY;COUNT=4", ["2026-11-22", "2026-11-23"]),
        ("DTSTART;VALUE=DATE:20240229\r\nRDATE;VALUE=DATE:20261201,20261203", ["2026-12-01", "2026-12-03"]),
    ],
)  # fmt: skip
def test_closure_that_repeats_is_read_date_by_date(cast: Cast, event: str, days: list[str]) -> None:
    assert closed(cast, event) == days


def test_date_of_a_series_that_was_moved_or_cancelled_stands_where_it_was_moved_to(cast: Cast) -> None:
    rule = "DTSTART;VALUE=DATE:20261127\r\nRRULE:FREQ=WEEKLY;COUNT=3"
    moved = "DTSTART;VALUE=DATE:20261207\r\nRECURRENCE-ID;VALUE=DATE:20261204"
    cancelled = "DTSTART;VALUE=DATE:20261211\r\nRECURRENCE-ID;VALUE=DATE:20261211\r\nSTATUS:CANCELLED"
    file = ics(rule, moved, cancelled).replace(b"UID:1", b"UID:0").replace(b"UID:2", b"UID:0")

    said = calendar(cast, file, name="closures.ics")

    assert list(said.days) == [dt.date(2026, 11, 27), dt.date(2026, 12, 7)]
    assert refusals(said) == [(3, "STATUS")]


def test_rule_without_an_end_is_read_for_a_school_year_and_the_preview_says_so(cast: Cast, sign_in: SignIn) -> None:
    fridays = ics("DTSTART;VALUE=DATE:20261127\r\nRRULE:FREQ=WEEKLY")
    client = sign_in(cast.coordinator)

    said = calendar(cast, fridays, name="closures.ics")
    page = send(client, fridays, "closures.ics")
    endless, ending = page.content.decode(), send(client, ics(THANKSGIVING + ";COUNT=9"), "x.ics").content.decode()

    assert [min(said.days), max(said.days)] == [dt.date(2026, 11, 27), dt.date(2027, 12, 24)]
    assert {date.weekday() for date in said.days} == {4}
    assert "It is read until 27 December 2027." in endless
    changed = [change.date for change in page.context["changes"]]
    assert len(changed) > 2
    assert all(f"{date:%A} {date.day} {date:%B} {date.year}" in re.sub(r"\s+", " ", endless) for date in changed)
    assert "It is read until" not in ending


def test_file_of_rules_without_number_is_too_large(cast: Cast) -> None:
    rule = "DTSTART;VALUE=DATE:20000101\r\nRRULE:FREQ=YEARLY"
    said = calendar(cast, ics(*[rule] * MOST_REPEATING), name="x.ics")
    longest = calendar(
        cast, ics(f"DTSTART;VALUE=DATE:20261127\r\nRRULE:FREQ=DAILY;COUNT={LONGEST_CLOSURE}"), name="x.ics"
    )

    form = read(cast, ics(*[rule] * (MOST_REPEATING + 1)), name="x.ics")

    assert "too large" in form.errors["file"][0]
    assert list(said.days) == [dt.date(2027, 1, 1)]
    assert len(longest.days) == LONGEST_CLOSURE
