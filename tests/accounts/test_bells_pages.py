"""The pages of bells and days: schedules, kinds of days, a month, and days that take turns."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import BellSchedule, DayType, User
from accounts.services.bells import (
    save_day_type,
)
from tests import factories
from tests.accounts.bell_times import kinds_from, times_of
from tests.cast import NOW, PERIODS, Cast

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_pages_add_change_and_take_away_schedules_and_kinds(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.admin)
    User.objects.filter(pk=cast.mentor.pk).update(grade="7")

    page = client.post(reverse("school_bell_create"), {"name": "Late lunch", "grades": ["7"]}, follow=True)
    assert "The bell schedule is saved." in page.content.decode()
    late = BellSchedule.objects.get(name="Late lunch")
    page = client.post(reverse("school_kind_create"), {"name": "Tests", "is_testing": "on"}, follow=True)
    assert "testing day" in page.content.decode()
    kind = DayType.objects.get(name="Tests")
    assert "Late lunch on Tests" in client.get(reverse("school_bell_times", args=[late.pk, kind.pk])).content.decode()

    refused = client.post(reverse("school_bell_create"), {"name": "More", "grades": ["7"]})
    assert refused.status_code == 422
    assert "has the schedule “Late lunch” already" in refused.content.decode()
    refused = client.post(reverse("school_kind_edit", args=[kind.pk]), {"name": "A"})
    assert refused.status_code == 422
    assert "Another kind of day has this name." in refused.content.decode()
    client.post(reverse("school_bell_edit", args=[late.pk]), {"name": "Second lunch", "grades": ["7"]})
    client.post(reverse("school_kind_edit", args=[kind.pk]), {"name": "Exams"})
    listed = client.get(reverse("school_bell_list")).content.decode()
    assert listed.count(">4 periods<") == 4
    assert "Second lunch" in listed
    assert "Exams" in listed
    assert "testing day" not in listed

    assert "Take “Second lunch” away?" in client.get(reverse("school_bell_delete", args=[late.pk])).content.decode()
    client.post(reverse("school_bell_delete", args=[late.pk]))
    gone = client.post(reverse("school_kind_delete", args=[kind.pk]), follow=True).content.decode()
    kept = client.post(reverse("school_kind_delete", args=[cast.day_type.pk]), follow=True).content.decode()
    assert "The kind of day is taken away." in gone
    assert "is in use" in kept
    assert list(cast.school.bell_schedules.all()) == [cast.bell_schedule]
    assert list(cast.school.day_types.all()) == [cast.day_type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts": "10:00", "ends": ""}, "Fill in both, or neither."),
        ({"starts": "", "ends": "10:00"}, "Fill in both, or neither."),
        ({"starts": "11:00", "ends": "11:00"}, "It must end after it starts."),
        ({"starts": "10:30", "ends": "11:00"}, "before “3. period” has ended"),
        ({"starts": "soon", "ends": "11:00"}, "Enter a valid time."),
    ],
)
def test_page_of_times_says_what_is_wrong_by_the_field(
    cast: Cast, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    sent = {}
    for period, (starts, ends) in zip(cast.periods, PERIODS, strict=True):
        sent |= {f"starts_{period.pk}": f"{starts:%H:%M}", f"ends_{period.pk}": f"{ends:%H:%M}"}
    sent |= {f"{name}_{cast.periods[3].pk}": value for name, value in changes.items()}
    address = reverse("school_bell_times", args=[cast.bell_schedule.pk, cast.day_type.pk])

    response = sign_in(cast.coordinator).post(address, sent)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert times_of(cast.bell_schedule, cast.day_type) == PERIODS


def test_page_of_times_without_any_is_refused(cast: Cast, sign_in: SignIn) -> None:
    address = reverse("school_bell_times", args=[cast.bell_schedule.pk, cast.day_type.pk])

    response = sign_in(cast.coordinator).post(address, {})

    assert "At least one period must have its times." in response.content.decode()
    assert times_of(cast.bell_schedule, cast.day_type) == PERIODS


def test_calendar_shows_a_month_and_sets_its_days(cast: Cast, sign_in: SignIn) -> None:
    client, address = sign_in(cast.coordinator), reverse("school_calendar") + "?month=2027-03"
    page = client.get(address).content.decode()
    assert "March 2027" in page
    assert page.count("<select") == 31
    assert "November 2026" in client.get(reverse("school_calendar") + "?month=soon").content.decode()

    sent = {f"day_2027-03-{number:02}": "none" for number in range(1, 32)} | {"day_2027-03-02": str(cast.day_type.pk)}
    saved = client.post(address, sent, follow=True)
    assert "1 day is changed." in saved.content.decode()
    assert kinds_from(cast, 3) == ["-", "A", "-"]

    foreign = factories.DayTypeFactory(school=cast.stranger.school)
    for bad in ({}, sent | {"day_2027-03-03": str(foreign.pk)}):
        assert client.post(address, bad).status_code == 422
    assert kinds_from(cast, 3) == ["-", "A", "-"]


def test_fill_page_begins_the_turn_where_it_is_told(cast: Cast, sign_in: SignIn) -> None:
    b_day = save_day_type(None, name="B", is_testing=False, by=cast.coordinator)
    client, address = sign_in(cast.coordinator), reverse("school_day_fill")
    sent: dict[str, Any] = {
        "first": "2027-03-01", "last": "2027-03-05", "weekdays": ["0", "1", "2", "3", "4"],
        "day_types": [cast.day_type.pk, b_day.pk], "begin": b_day.pk,
    }  # fmt: skip

    page = client.post(address, sent, follow=True).content.decode()
    assert "5 school days are new." in page
    assert kinds_from(cast, 5) == ["B", "A", "B", "A", "B"]

    page = client.post(address, sent | {"begin": "", "replaces": "on"}, follow=True).content.decode()
    assert "5 days are of another kind." in page
    assert kinds_from(cast, 5) == ["A", "B", "A", "B", "A"]

    wrong = client.post(address, sent | {"day_types": [cast.day_type.pk]})
    assert "one of the kinds that you marked" in wrong.content.decode()


def test_pages_of_another_school_are_not_to_be_found(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.stranger_coordinator)
    own = DayType.objects.create(school=cast.stranger.school, name="Own")

    for name, args in [
        ("school_bell_edit", [cast.bell_schedule.pk]),
        ("school_bell_delete", [cast.bell_schedule.pk]),
        ("school_bell_times", [cast.bell_schedule.pk, own.pk]),
        ("school_kind_edit", [cast.day_type.pk]),
        ("school_kind_delete", [cast.day_type.pk]),
    ]:
        assert client.post(reverse(name, args=args), {"name": "Mine"}).status_code == 404
    cast.day_type.refresh_from_db()
    assert cast.day_type.name == "A"


def test_list_of_bells_asks_the_database_as_often_for_many(
    cast: Cast, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(cast.coordinator)

    for count in (1, 30):
        for number in range(count):
            DayType.objects.get_or_create(school=cast.school, name=f"Day {number}")
            BellSchedule.objects.get_or_create(school=cast.school, name=f"Bells {number}", grades=[str(number)])
        with django_assert_max_num_queries(3 + 3):
            page = client.get(reverse("school_bell_list")).content.decode()
        assert page.count('scope="row"') == count + 1
