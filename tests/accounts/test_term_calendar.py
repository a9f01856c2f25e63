"""The days of a term from a list or a calendar file: what is read, what is refused, and that looking writes nothing."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.forms.term_calendar import TermCalendar, TermCalendarForm, read_date
from accounts.models import DayType, SchoolDay, User
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//District//EN\r\n"


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def b_day(cast: Cast) -> DayType:
    return DayType.objects.create(school=cast.school, name="B-Day")


def ics(*events: str) -> bytes:
    """A calendar file of these events, each the lines between BEGIN and END."""
    body = "".join(f"BEGIN:VEVENT\r\nUID:{number}\r\n{event}\r\nEND:VEVENT\r\n" for number, event in enumerate(events))
    return f"{HEAD}{body}END:VCALENDAR\r\n".encode()


def read(cast: Cast, content: bytes, *, name: str = "days.csv", order: str = "month") -> TermCalendarForm:
    kinds = list(cast.school.day_types.all())
    form = TermCalendarForm({"order": order}, {"file": SimpleUploadedFile(name, content)}, kinds=kinds)
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


def test_list_of_dates_is_read_with_the_schools_own_kinds(cast: Cast, b_day: DayType) -> None:
    text = "Date;Kind of day\n2027-03-01;a\n3/2/2027; b day\n2027-03-03;closed\n2027-03-04;\n"

    said = calendar(cast, text.encode("utf-16"))

    assert said.days == {
        dt.date(2027, 3, 1): cast.day_type, dt.date(2027, 3, 2): b_day, dt.date(2027, 3, 3): None,
        dt.date(2027, 3, 4): None,
    }  # fmt: skip
    assert said.refused == []


def test_rows_that_make_no_sense_are_refused_one_by_one(cast: Cast) -> None:
    text = "date,kind\n2027-02-30,A\n2027-03-01,A\nsoon,A\n2027-03-02,Z\n3/1/2027,A\n"

    said = calendar(cast, text.encode())

    assert said.days == {dt.date(2027, 3, 1): cast.day_type}
    assert refusals(said) == [(2, "date"), (4, "date"), (5, "kind"), (6, "date")]
    assert "no kind of day “Z”" in said.refused[2].reason
    assert "stands in row 3 already" in said.refused[3].reason


def test_slashed_date_is_read_as_the_person_says() -> None:
    assert read_date("4/9/2027", is_month_first=True) == dt.date(2027, 4, 9)
    assert read_date("4/9/2027", is_month_first=False) == dt.date(2027, 9, 4)
    assert read_date("25.12.2026", is_month_first=False) == dt.date(2026, 12, 25)
    assert read_date("25.12.2026", is_month_first=True) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"when,what\n2027-03-01,A\n", "must name the columns"),
        (b"%PDF-1.4", "This is a PDF"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "no event"),
        (b"BEGIN:VCALENDAR\r\nhello", "can't be read"),
        (b"date,kind\n" + b"".join(b"%04d-01-01,A\n" % year for year in range(2000, 3100)), "too large"),
    ],
)
def test_file_that_can_not_be_read_is_refused_in_one_sentence(cast: Cast, content: bytes, words: str) -> None:
    form = read(cast, content)

    assert words in form.errors["file"][0]
    assert form.calendar.days == {}


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
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=WEEKLY", "RRULE"),
        ("DTSTART;VALUE=DATE:20261126\r\nSTATUS:CANCELLED", "STATUS"),
        ("DTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:20261120", "DTEND"),
        ("DTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:20281126", "DTEND"),
        ("DTSTART;VALUE=DATE:2026XX26", "DTSTART"),
        ("DTSTART;VALUE=DATE:20261126\r\nDTEND;VALUE=DATE:soon", "DTEND"),
        ("SUMMARY:No day at all", "DTSTART"),
    ],
)
def test_event_that_is_no_closure_is_refused_and_the_others_are_taken(cast: Cast, event: str, column: str) -> None:
    said = calendar(cast, ics("DTSTART;VALUE=DATE:20261225", event), name="closures.ics")

    assert list(said.days) == [dt.date(2026, 12, 25)]
    assert refusals(said) == [(2, column)]


def send(client: Client, content: bytes, name: str = "days.csv") -> Any:
    data = {"order": "month", "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("school_calendar_import"), data)


def test_preview_writes_nothing_and_confirming_writes_just_that(cast: Cast, sign_in: SignIn, b_day: DayType) -> None:
    client = sign_in(cast.coordinator)
    before = list(SchoolDay.objects.order_by("pk").values())
    content = b"date,kind\n2026-12-03,B-Day\n2026-12-04,A\n2026-12-05,A\n2026-12-08,closed\nnever,A\n"

    preview = send(client, content)
    page = preview.content.decode()
    assert "3 days would change." in page
    assert "1 day is so already." in page
    assert "1 row is not taken" in page
    assert "Thursday 3 December" in page
    assert list(SchoolDay.objects.order_by("pk").values()) == before

    page = client.post(
        reverse("school_calendar_confirm"), {"plan": preview.context["plan"]}, follow=True
    ).content.decode()
    assert "3 days are changed." in page
    days = dict(SchoolDay.objects.filter(date__range=("2026-12-03", "2026-12-08")).values_list("date", "day_type"))
    assert days == {
        dt.date(2026, 12, 3): b_day.pk, dt.date(2026, 12, 4): cast.day_type.pk, dt.date(2026, 12, 5): cast.day_type.pk,
        dt.date(2026, 12, 7): cast.day_type.pk,
    }  # fmt: skip


def test_second_import_of_a_file_changes_nothing(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.admin)
    content = ics("DTSTART;VALUE=DATE:20261221\r\nDTEND;VALUE=DATE:20261226")
    first = send(client, content, "closures.ics")
    assert "5 days would change." in first.content.decode()
    client.post(reverse("school_calendar_confirm"), {"plan": first.context["plan"]})
    before = list(SchoolDay.objects.order_by("pk").values())

    second = send(client, content, "closures.ics").content.decode()
    again = client.post(reverse("school_calendar_confirm"), {"plan": first.context["plan"]}, follow=True)

    assert "Nothing to change" in second
    assert "Nothing to change: the calendar says so already." in again.content.decode()
    assert list(SchoolDay.objects.order_by("pk").values()) == before


def test_plan_that_was_changed_on_the_way_or_is_of_another_school_is_refused(cast: Cast, sign_in: SignIn) -> None:
    plan = send(sign_in(cast.coordinator), b"date,kind\n2026-12-03,closed\n").context["plan"]
    before = list(SchoolDay.objects.order_by("pk").values())

    with time_machine.travel(NOW + dt.timedelta(hours=13), tick=False):
        late = sign_in(cast.coordinator).post(reverse("school_calendar_confirm"), {"plan": plan})
    for response in (
        late,
        sign_in(cast.coordinator).post(reverse("school_calendar_confirm"), {"plan": plan[:-2]}),
        sign_in(cast.coordinator).post(reverse("school_calendar_confirm"), {}),
        sign_in(cast.stranger_coordinator).post(reverse("school_calendar_confirm"), {"plan": plan}),
    ):
        assert response.status_code == 422
        assert "too old, or not of your school" in response.content.decode()
    assert list(SchoolDay.objects.order_by("pk").values()) == before


def test_import_page_says_what_is_wrong_with_a_file(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    assert "Days from a file" in client.get(reverse("school_calendar_import")).content.decode()

    response = send(client, b"name\nAna\n")

    assert response.status_code == 422
    assert "must name the columns" in response.content.decode()
