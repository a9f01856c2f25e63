"""The days of a term from a list or a calendar file: what is read, what is refused, and that looking writes nothing."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.forms.term_calendar import read_date
from accounts.models import DayType, SchoolDay, User
from tests.accounts.term_files import calendar, ics, read, refusals, send
from tests.cast import NOW, TODAY, Cast

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def b_day(cast: Cast) -> DayType:
    return DayType.objects.create(school=cast.school, name="B-Day")


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
        (
            "\n".join(["date,kind", *(f"{TODAY + dt.timedelta(days=day)},A" for day in range(1001))]).encode(),
            "too large",
        ),
    ],
)
def test_file_that_can_not_be_read_is_refused_in_one_sentence(cast: Cast, content: bytes, words: str) -> None:
    form = read(cast, content)

    assert words in form.errors["file"][0]
    assert form.calendar.days == {}


def test_list_of_far_dates_is_refused_row_by_row(cast: Cast) -> None:
    text = "date,kind\n9999-12-31,A\n0001-01-01,A\n1999-12-31,closed\n31.12.2099,A\n2100-01-01,A\n2000-01-01,A\n"

    said = calendar(cast, text.encode(), order="day")

    assert list(said.days) == [dt.date(2099, 12, 31), dt.date(2000, 1, 1)]
    assert refusals(said) == [(2, "date"), (3, "date"), (4, "date"), (6, "date")]
    assert {row.reason for row in said.refused} == {"Choose a day in the years 2000 to 2099."}


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
