"""The pages that change bells or days where something is booked: they ask first, and say what is left to do."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import DayType, Period, SchoolDay, User
from accounts.services.school_days import set_school_days
from sessions_app.models import Booking, PlaygroundSession
from sessions_app.services import schedule_playground
from tests.cast import NOW, PERIODS, Cast
from tests.sessions_app.bells import LATER, abouts, bells_with, fourth_of, ring

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def playground(cast: Cast) -> PlaygroundSession:
    """In the library, on Thursday, 4th period, with Leo on duty."""
    return schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[cast.tool], room=cast.library, places=12,
        adult_in_charge=cast.coordinator, mentors=[cast.other_mentor], day=cast.thursday, period=cast.periods[3],
        now=NOW,
    )  # fmt: skip


def times_sent(cast: Cast, fourth: tuple[dt.time, dt.time]) -> dict[str, str]:
    """What the page of the times sends."""
    sent = {}
    for period_id, (starts, ends) in bells_with(cast, fourth).items():
        sent |= {f"starts_{period_id}": f"{starts:%H:%M}", f"ends_{period_id}": f"{ends:%H:%M}"}
    return sent


def test_page_of_bell_times_asks_first_and_the_home_page_says_what_is_left(
    cast: Cast, sign_in: SignIn, booking: Booking
) -> None:
    client = sign_in(cast.coordinator)
    address = reverse("school_bell_times", args=[cast.bell_schedule.pk, cast.day_type.pk])

    asked = client.post(address, times_sent(cast, LATER))
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "1 booking would fit no longer." in page
    assert "Maya R. with Ms Ortiz" in page
    assert "By the bells: 10:50 to 11:35." in page
    assert 'value="10:50"' in page
    assert fourth_of(cast) == PERIODS[3]

    saved = client.post(address, times_sent(cast, LATER) | {"is_understood": "on"}, follow=True).content.decode()
    assert "The times are saved." in saved
    assert fourth_of(cast) == LATER
    assert "1 booking or playground still has the old time" in client.get("/").content.decode()
    assert "Times that fit no longer" not in sign_in(cast.teacher).get("/").content.decode()


def test_admin_reads_how_many_and_never_who(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    address = reverse("school_bell_times", args=[cast.bell_schedule.pk, cast.day_type.pk])

    page = sign_in(cast.admin).post(address, times_sent(cast, LATER)).content.decode()

    assert "1 booking would fit no longer." in page
    assert "Maya" not in page
    assert "Ortiz" not in page


def test_conflict_list_moves_keeps_and_cancels_what_is_marked(
    cast: Cast, sign_in: SignIn, book: Callable[..., Booking], playground: PlaygroundSession
) -> None:
    moved, kept = book(), book(day=cast.thursday + dt.timedelta(days=1))
    ring(cast)
    client, resolve = sign_in(cast.coordinator), reverse("school_conflict_resolve")
    page = client.get(reverse("school_conflict_list")).content.decode()
    assert page.count('name="meeting"') == 3

    client.post(resolve, {"act": "move", "meeting": [moved.about]})
    client.post(resolve, {"act": "keep", "meeting": [kept.about, "booking:0"]})
    page = client.post(resolve, {"act": "cancel", "meeting": [playground.about]}, follow=True).content.decode()

    assert "1 conflict is resolved." in page
    assert "Everything fits" in page
    states = [Booking.objects.get(pk=row.pk).starts_at.minute for row in (moved, kept)]
    assert states == [50, 40]
    playground.refresh_from_db()
    assert not playground.is_standing


def test_conflict_that_is_refused_stays_and_says_why(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    ring(cast, None)
    client = sign_in(cast.coordinator)

    page = client.post(
        reverse("school_conflict_resolve"), {"act": "move", "meeting": [booking.about]}, follow=True
    ).content.decode()
    assert "Maya R. with Ms Ortiz: Its period is not held on that day." in page
    assert abouts(cast) == [booking.about]

    for sent in ({"act": "move"}, {"act": "burn", "meeting": [booking.about]}, {"meeting": [booking.about]}):
        page = client.post(reverse("school_conflict_resolve"), sent, follow=True).content.decode()
        assert "Mark what this is about first." in page
    assert abouts(cast) == [booking.about]


def test_conflict_list_asks_the_database_as_often_for_many(
    cast: Cast, sign_in: SignIn, book: Callable[..., Booking], django_assert_max_num_queries: Any
) -> None:
    book()
    ring(cast)
    client, address = sign_in(cast.coordinator), reverse("school_conflict_list")
    with django_assert_max_num_queries(3 + 7):
        client.get(address)

    day, booked = cast.thursday, 1
    while booked < 30:
        day += dt.timedelta(days=1)
        if SchoolDay.objects.filter(school=cast.school, date=day).exists():
            Booking.objects.get_or_create(
                **{
                    field.attname: getattr(Booking.objects.first(), field.attname)
                    for field in Booking._meta.concrete_fields
                    if field.name not in ("id", "starts_at", "ends_at", "request_key")
                },
                starts_at=dt.datetime.combine(day, dt.time(16), dt.UTC),
                ends_at=dt.datetime.combine(day, dt.time(17), dt.UTC),
            )
            booked += 1
    with django_assert_max_num_queries(3 + 7):
        page = client.get(address).content.decode()
    assert page.count('name="meeting"') == 30


def test_month_fill_and_close_ask_first_too(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    client = sign_in(cast.coordinator)
    other = DayType.objects.create(school=cast.school, name="Early release")
    month = {
        f"day_2026-12-{number:02}": str(cast.day_type.pk)
        if SchoolDay.objects.filter(school=cast.school, date=dt.date(2026, 12, number)).exists()
        else "none"
        for number in range(1, 32)
    }
    fill = {"first": "2026-12-03", "last": "2026-12-03", "weekdays": ["3"], "day_types": [other.pk], "replaces": "on"}
    changes: list[tuple[str, dict[str, Any]]] = [
        (reverse("school_calendar") + "?month=2026-12", month | {"day_2026-12-03": str(other.pk)}),
        (reverse("school_calendar") + "?month=2026-12", month | {"day_2026-12-03": "none"}),
        (reverse("school_day_fill"), fill),
        (reverse("school_day_close"), {"first": "2026-12-03"}),
    ]

    for address, sent in changes:
        asked = client.post(address, sent)
        assert asked.status_code == 422
        assert "Maya R. with Ms Ortiz" in asked.content.decode()
        assert SchoolDay.objects.get(school=cast.school, date=cast.thursday).day_type == cast.day_type

        done = client.post(address, sent | {"is_understood": "on"}, follow=True)
        assert "What fits no longer waits for you" in done.content.decode()
        assert abouts(cast) == [booking.about]
        set_school_days({cast.thursday: cast.day_type}, by=cast.coordinator)


def test_periods_page_asks_first_and_period_stays_the_same_row(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    client = sign_in(cast.coordinator)
    sent: dict[str, Any] = {"form-TOTAL_FORMS": 4, "form-INITIAL_FORMS": 4}
    for number, (period, span) in enumerate(zip(cast.periods, [*PERIODS[:3], LATER], strict=True)):
        sent |= {
            f"form-{number}-period": period.pk,
            f"form-{number}-name": period.name,
            f"form-{number}-starts": f"{span[0]:%H:%M}",
            f"form-{number}-ends": f"{span[1]:%H:%M}",
        }

    asked = client.post(reverse("school_time"), sent)
    assert asked.status_code == 422
    assert "1 booking would fit no longer." in asked.content.decode()
    assert fourth_of(cast) == PERIODS[3]

    client.post(reverse("school_time"), sent | {"is_understood": "on"})
    assert fourth_of(cast) == LATER
    assert Period.objects.filter(school=cast.school).count() == 4


def test_days_from_a_file_ask_first_too(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    client = sign_in(cast.coordinator)
    file = SimpleUploadedFile("days.csv", b"date,kind\n2026-12-03,closed\n")
    preview = client.post(reverse("school_calendar_import"), {"order": "month", "file": file})
    plan = {"plan": preview.context["plan"]}

    asked = client.post(reverse("school_calendar_confirm"), plan)
    assert asked.status_code == 422
    assert "Maya R. with Ms Ortiz" in asked.content.decode()
    assert SchoolDay.objects.filter(school=cast.school, date=cast.thursday).exists()

    again = {"plan": asked.context["plan"], "is_understood": "on"}
    assert "1 day is changed." in client.post(reverse("school_calendar_confirm"), again, follow=True).content.decode()
    assert abouts(cast) == [booking.about]
