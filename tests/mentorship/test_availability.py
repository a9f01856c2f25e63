"""Free periods in three states, and single days on which the week does not hold."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import PeriodTime, SchoolDay, User
from accounts.services import Refused
from mentorship.models import Availability, AvailabilityException
from mentorship.services import remove_exception, set_availability, set_exceptions
from tests import factories
from tests.cast import NOW, TODAY, Cast

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def states_of(person: User) -> dict[int, bool]:
    """By period: whether it is a class that may be left; periods that are neither are missing."""
    return dict(Availability.objects.filter(person=person).values_list("period", "may_leave_class"))


def exceptions_of(person: User) -> list[tuple[dt.date, int, bool]]:
    rows = AvailabilityException.objects.filter(person=person).order_by("date", "period__position")
    return list(rows.values_list("date", "period", "is_free"))


def slot(cast: Cast, number: int) -> tuple[int, int]:
    return cast.day_type.pk, cast.periods[number - 1].pk


def sent(cast: Cast, number: int) -> str:
    return "{}-{}".format(*slot(cast, number))


def test_student_may_be_free_leave_a_class_or_neither(cast: Cast) -> None:
    first, second, third, fourth = (period.pk for period in cast.periods)

    set_availability(cast.mentor, {slot(cast, 1)}, leaving={slot(cast, 2), slot(cast, 3)}, by=cast.mentor)
    assert states_of(cast.mentor) == {first: False, second: True, third: True}

    set_availability(cast.mentor, {slot(cast, 2), slot(cast, 4)}, leaving={slot(cast, 1)}, by=cast.coordinator)
    assert states_of(cast.mentor) == {first: True, second: False, fourth: False}


def test_slot_that_is_free_and_left_at_once_is_free(cast: Cast) -> None:
    set_availability(cast.mentor, {slot(cast, 1)}, leaving={slot(cast, 1)}, by=cast.mentor)

    assert states_of(cast.mentor) == {cast.periods[0].pk: False}


def test_leaving_a_class_is_refused_for_adults_and_on_testing_days(cast: Cast) -> None:
    before = states_of(cast.teacher), states_of(cast.mentor)
    testing = factories.DayTypeFactory(school=cast.school, name="Tests", is_testing=True)

    with pytest.raises(Refused, match="Only students leave a class"):
        set_availability(cast.teacher, (), leaving={slot(cast, 1)}, by=cast.teacher)
    with pytest.raises(Refused, match="testing day"):
        set_availability(cast.mentor, (), leaving={(testing.pk, cast.periods[0].pk)}, by=cast.mentor)
    foreign = factories.PeriodFactory(school=cast.stranger.school)
    with pytest.raises(Refused, match="not a period of your school"):
        set_availability(cast.mentor, (), leaving={(cast.day_type.pk, foreign.pk)}, by=cast.mentor)

    assert (states_of(cast.teacher), states_of(cast.mentor)) == before


def test_exceptions_name_periods_or_the_whole_day(cast: Cast) -> None:
    first, second = cast.periods[:2]

    set_exceptions(cast.mentor, day=cast.thursday, periods=[first], is_free=True, by=cast.mentor, today=TODAY)
    assert exceptions_of(cast.mentor) == [(cast.thursday, first.pk, True)]

    count = set_exceptions(cast.mentor, day=cast.thursday, periods=[], is_free=False, by=cast.coordinator, today=TODAY)
    assert count == 4
    assert exceptions_of(cast.mentor) == [(cast.thursday, period.pk, False) for period in cast.periods]
    assert second.pk in {period for _day, period, _free in exceptions_of(cast.mentor)}


def test_exception_is_refused_on_other_days_in_other_periods_and_by_others(cast: Cast) -> None:
    sunday = TODAY + dt.timedelta(days=7)
    yesterday = TODAY - dt.timedelta(days=1)
    SchoolDay.objects.create(school=cast.school, date=yesterday, day_type=cast.day_type)
    never_held = factories.PeriodFactory(school=cast.school, name="Evening", position=9)

    for day, periods, by, said in [
        (yesterday, [], cast.mentor, "This day is over"),
        (sunday, [], cast.mentor, "no school on that day"),
        (cast.thursday, [never_held], cast.mentor, "no Evening on that day"),
        (cast.thursday, [], cast.other_mentor, "can't do this"),
        (cast.thursday, [], cast.admin, "can't do this"),
        (cast.thursday, [], cast.stranger_coordinator, "can't do this"),
    ]:
        with pytest.raises(Refused, match=said):
            set_exceptions(cast.mentor, day=day, periods=periods, is_free=False, by=by, today=TODAY)

    assert exceptions_of(cast.mentor) == []


def test_remove_exception_is_for_the_person_and_the_coordinator(cast: Cast) -> None:
    row = AvailabilityException.objects.create(
        person=cast.mentor, date=cast.thursday, period=cast.periods[0], is_free=False
    )

    for by in (cast.other_mentor, cast.teacher, cast.stranger_coordinator):
        with pytest.raises(Refused):
            remove_exception(row, by=by)
    assert AvailabilityException.objects.filter(pk=row.pk).exists()

    remove_exception(row, by=cast.mentor)
    remove_exception(row, by=cast.coordinator)
    assert exceptions_of(cast.mentor) == []


def test_page_of_a_student_has_classes_to_leave_and_a_teachers_has_none(cast: Cast, sign_in: SignIn) -> None:
    set_availability(cast.mentor, {slot(cast, 1)}, leaving={slot(cast, 2)}, by=cast.mentor)
    testing = factories.DayTypeFactory(school=cast.school, name="Tests", is_testing=True)
    times = {"starts": dt.time(8), "ends": dt.time(9)}
    PeriodTime.objects.create(bell_schedule=cast.bell_schedule, day_type=testing, period=cast.periods[0], **times)

    page = sign_in(cast.mentor).get(reverse("availability_edit", args=[cast.mentor.pk])).content.decode()
    of_teacher = sign_in(cast.teacher).get(reverse("availability_edit", args=[cast.teacher.pk])).content.decode()

    assert f'name="slot" value="{sent(cast, 1)}" checked' in page
    assert f'name="leave" value="{sent(cast, 2)}" checked' in page
    assert page.count('name="leave"') == 4
    assert page.count('name="slot"') == 5
    assert 'name="leave"' not in of_teacher
    assert of_teacher.count('name="slot"') == 5


def test_page_saves_what_is_free_and_what_may_be_left(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.mentor)
    address = reverse("availability_edit", args=[cast.mentor.pk])

    client.post(address, {"slot": [sent(cast, 1)], "leave": [sent(cast, 2)]})
    assert states_of(cast.mentor) == {cast.periods[0].pk: False, cast.periods[1].pk: True}

    response = client.post(address, {"slot": [sent(cast, 3)], "leave": ["1-x"]})
    assert response.status_code == 422
    assert f'value="{sent(cast, 3)}" checked' in response.content.decode()
    assert states_of(cast.mentor) == {cast.periods[0].pk: False, cast.periods[1].pk: True}


def test_teacher_who_sends_a_class_to_leave_is_told(cast: Cast, sign_in: SignIn) -> None:
    address = reverse("availability_edit", args=[cast.teacher.pk])

    response = sign_in(cast.teacher).post(address, {"slot": [], "leave": [sent(cast, 2)]})

    assert response.status_code == 422
    assert "This is no class that can be left." in response.content.decode()
    assert len(states_of(cast.teacher)) == 4


def test_single_day_is_added_listed_and_taken_out(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.mentor)
    address = reverse("availability_day_add", args=[cast.mentor.pk])
    AvailabilityException.objects.create(
        person=cast.mentor, date=TODAY - dt.timedelta(days=4), period=cast.periods[0], is_free=False
    )

    page = client.post(
        address, {"day": "2026-12-03", "periods": [str(cast.periods[1].pk)], "is_free": "yes"}, follow=True
    ).content.decode()
    assert "The day is saved." in page
    assert "Thursday 3 December" in page
    assert "18 November" not in page  # over
    row = AvailabilityException.objects.get(person=cast.mentor, date=cast.thursday)
    assert (row.period, row.is_free) == (cast.periods[1], True)

    page = client.post(reverse("availability_day_remove", args=[row.pk]), follow=True).content.decode()
    assert "The usual week holds on that day again." in page
    assert "Thursday 3 December" not in page


def test_single_day_that_is_wrong_comes_back_as_typed(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.mentor)
    address = reverse("availability_day_add", args=[cast.mentor.pk])
    foreign = factories.PeriodFactory(school=cast.stranger.school)

    for data, said in [
        ({"day": "2026-12-05", "is_free": "no"}, "There is no school on that day."),
        ({"day": "2020-12-04", "is_free": "no"}, "This day is over."),
        ({"day": "never", "is_free": "no"}, "Enter a valid date."),
        ({"day": "2026-12-03", "is_free": "no", "periods": [str(foreign.pk)]}, "is not one of the available choices"),
    ]:
        response = client.post(address, data)
        page = response.content.decode()
        assert response.status_code == 422
        assert said in page
        assert f'value="{data["day"]}"' in page
        assert page.count("checked>") >= 4  # the grid stands as it was
    assert exceptions_of(cast.mentor) == []


def test_single_days_of_somebody_else_are_not_to_be_found(cast: Cast, sign_in: SignIn) -> None:
    row = AvailabilityException.objects.create(
        person=cast.mentor, date=cast.thursday, period=cast.periods[0], is_free=False
    )
    add, remove = (
        reverse("availability_day_add", args=[cast.mentor.pk]),
        reverse("availability_day_remove", args=[row.pk]),
    )

    for person in (cast.teacher, cast.other_mentor, cast.stranger_coordinator):
        assert sign_in(person).post(add, {"day": "2026-12-04", "is_free": "no"}).status_code == 404
        assert sign_in(person).post(remove).status_code == 404
    assert exceptions_of(cast.mentor) == [(cast.thursday, cast.periods[0].pk, False)]


def test_page_asks_the_database_as_often_for_many_single_days(
    cast: Cast, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(cast.mentor)

    for weeks in (1, 8):
        for week in range(weeks):
            day = cast.thursday + dt.timedelta(days=7 * week)
            for period in cast.periods:
                AvailabilityException.objects.get_or_create(
                    person=cast.mentor, date=day, period=period, defaults={"is_free": False}
                )
        with django_assert_max_num_queries(3 + 4):
            page = client.get(reverse("availability_edit", args=[cast.mentor.pk])).content.decode()
        assert page.count('action="/free-days/') == 4 * weeks
