"""Pages of free periods and of a mentor's tools."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import PeriodTime, User
from accounts.permissions import Role
from mentorship.models import Availability, Mentor, MentorTool
from mentorship.reports import free_grid
from tests import factories
from tests.cast import Cast

SignIn = Callable[[User], Client]


def free_page(person: User) -> str:
    """The address of somebody's free periods."""
    return reverse("availability_edit", args=[person.pk])


def mentor_page(person: User) -> str:
    """The address of somebody's tools."""
    return reverse("mentor_edit", args=[person.pk])


def test_availability_edit_is_for_oneself_and_the_coordinator(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.teacher).get(free_page(cast.teacher)).status_code == 200
    assert sign_in(cast.mentor).get(free_page(cast.mentor)).status_code == 200
    assert sign_in(cast.coordinator).get(free_page(cast.mentor)).status_code == 200
    assert sign_in(cast.teacher).get(free_page(cast.mentor)).status_code == 404
    assert sign_in(cast.mentor).get(free_page(cast.other_mentor)).status_code == 404
    assert sign_in(cast.stranger_coordinator).get(free_page(cast.mentor)).status_code == 404
    assert sign_in(cast.coordinator).get(free_page(cast.stranger)).status_code == 404
    assert sign_in(cast.admin).get(free_page(cast.admin)).status_code == 403
    assert "login" in Client().get(free_page(cast.mentor)).headers["Location"]


def test_availability_edit_of_others_is_not_for_an_admin_who_teaches(cast: Cast, sign_in: SignIn) -> None:
    cast.admin.roles = [Role.ADMIN, Role.TEACHER]
    cast.admin.save()

    assert sign_in(cast.admin).get(free_page(cast.admin)).status_code == 200
    assert sign_in(cast.admin).get(free_page(cast.mentor)).status_code == 404


def test_availability_edit_shows_the_grid_with_what_is_free(cast: Cast, sign_in: SignIn) -> None:
    Availability.objects.filter(person=cast.mentor).exclude(period=cast.periods[3]).delete()

    page = sign_in(cast.mentor).get(free_page(cast.mentor)).content.decode()

    assert "When are you free?" in page
    assert "10:40 to 11:25" in page
    assert page.count('name="slot"') == 4
    assert page.split('id="days"')[0].count(" checked>") == 1


@pytest.mark.parametrize("by", ["mentor", "coordinator"])
def test_availability_edit_saves_what_is_tapped(cast: Cast, sign_in: SignIn, by: str) -> None:
    slot = f"{cast.day_type.pk}-{cast.periods[1].pk}"

    response = sign_in(getattr(cast, by)).post(free_page(cast.mentor), {"slot": [slot]}, follow=True)

    assert "The free periods are saved." in response.content.decode()
    assert [row.period for row in Availability.objects.filter(person=cast.mentor)] == [cast.periods[1]]


def test_availability_edit_with_nothing_tapped_means_never_free(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.mentor).post(free_page(cast.mentor), {})

    assert not Availability.objects.filter(person=cast.mentor).exists()


def test_availability_edit_refuses_foreign_and_broken_slots_and_keeps_the_taps(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.mentor)
    own = f"{cast.day_type.pk}-{cast.periods[1].pk}"
    foreign = factories.PeriodFactory(school=cast.stranger.school)

    for slot in (f"{cast.day_type.pk}-{foreign.pk}", "1-2-3", "x", ""):
        response = client.post(free_page(cast.mentor), {"slot": [own, slot]})

        assert response.status_code == 422
        assert f'value="{own}" checked' in response.content.decode()
    assert Availability.objects.filter(person=cast.mentor).count() == 4


def test_availability_edit_by_somebody_else_changes_nothing(cast: Cast, sign_in: SignIn) -> None:
    for person in (cast.teacher, cast.other_mentor, cast.stranger_coordinator):
        assert sign_in(person).post(free_page(cast.mentor), {}).status_code == 404
    assert sign_in(cast.admin).post(free_page(cast.mentor), {}).status_code == 403

    assert Availability.objects.filter(person=cast.mentor).count() == 4


def test_availability_edit_without_times_says_what_comes(cast: Cast, sign_in: SignIn) -> None:
    PeriodTime.objects.all().delete()

    page = sign_in(cast.mentor).get(free_page(cast.mentor)).content.decode()

    assert "The school day has no times yet" in page
    assert 'name="slot"' not in page


def test_availability_edit_asks_the_database_as_often_for_many_periods(
    cast: Cast, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(cast.mentor)

    for _turn in range(2):
        with django_assert_max_num_queries(3 + 4):
            page = client.get(free_page(cast.mentor)).content.decode()
        for number in range(5, 35):
            period = factories.PeriodFactory(school=cast.school, position=number * 100 + _turn)
            PeriodTime.objects.create(
                bell_schedule=cast.bell_schedule,
                day_type=cast.day_type,
                period=period,
                starts=dt.time(12),
                ends=dt.time(13),
            )

    assert page.count('name="slot"') == 34


def test_free_grid_takes_the_times_of_the_grade_and_leaves_gaps(cast: Cast) -> None:
    seventh = factories.BellScheduleFactory(school=cast.school, name="Grade 7", grades=["7"])
    b_day = factories.DayTypeFactory(school=cast.school, name="B")
    for day_type in (cast.day_type, b_day):
        PeriodTime.objects.create(
            bell_schedule=seventh, day_type=day_type, period=cast.periods[0], starts=dt.time(7), ends=dt.time(7, 40)
        )

    of_student, of_teacher = free_grid(cast.mentor), free_grid(cast.teacher)

    assert [day_type.name for day_type in of_student.day_types] == ["A", "B"]
    first, second = of_student.rows[0][1], of_student.rows[1][1]
    assert [cell and (cell.starts, cell.is_free) for cell in first] == [(dt.time(7), True), (dt.time(7), False)]
    assert second[1] is None
    assert of_teacher.rows[0][1][0].starts == dt.time(8)


def test_mentor_edit_is_for_the_own_student_and_the_coordinator(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.mentor).get(mentor_page(cast.mentor)).status_code == 200
    assert sign_in(cast.coordinator).get(mentor_page(cast.mentor)).status_code == 200
    assert sign_in(cast.other_mentor).get(mentor_page(cast.mentor)).status_code == 404
    assert sign_in(cast.stranger_coordinator).get(mentor_page(cast.mentor)).status_code == 404
    assert sign_in(cast.coordinator).get(mentor_page(cast.teacher)).status_code == 404
    assert sign_in(cast.teacher).get(mentor_page(cast.mentor)).status_code == 403
    assert sign_in(cast.admin).get(mentor_page(cast.mentor)).status_code == 403
    assert "login" in Client().get(mentor_page(cast.mentor)).headers["Location"]


@pytest.mark.parametrize("by", ["mentor", "coordinator"])
def test_mentor_edit_saves_levels_and_languages(cast: Cast, sign_in: SignIn, by: str) -> None:
    captions = factories.ToolFactory(school=cast.school, name="Live captions")
    data = {f"tool_{cast.tool.pk}": "", f"tool_{captions.pk}": "3", "languages": ["en", "ar"]}

    response = sign_in(getattr(cast, by)).post(mentor_page(cast.mentor), data, follow=True)

    mentor = Mentor.objects.get(user=cast.mentor)
    assert "Tools and languages are saved." in response.content.decode()
    assert list(mentor.mentor_tools.values_list("tool", "level")) == [(captions.pk, 3)]
    assert mentor.languages == ["ar", "en"]


def test_mentor_edit_with_bad_values_saves_nothing(cast: Cast, sign_in: SignIn) -> None:
    client, field = sign_in(cast.mentor), f"tool_{cast.tool.pk}"

    for data in ({field: "9"}, {field: "3", "languages": ["xx"]}):
        assert client.post(mentor_page(cast.mentor), data).status_code == 422

    mentor = Mentor.objects.get(user=cast.mentor)
    assert [row.level for row in mentor.mentor_tools.all()] == [MentorTool.Level.KNOWS]
    assert mentor.languages == ["en", "es"]


def test_mentor_edit_does_not_reach_tools_of_another_school(cast: Cast, sign_in: SignIn) -> None:
    foreign = factories.ToolFactory(school=cast.stranger.school, name="Foreign tool")
    client = sign_in(cast.mentor)

    client.post(mentor_page(cast.mentor), {f"tool_{foreign.pk}": "3"})

    assert not MentorTool.objects.filter(tool=foreign).exists()
    assert "Foreign tool" not in client.get(mentor_page(cast.mentor)).content.decode()


def test_mentor_edit_asks_the_database_as_often_for_many_tools(
    cast: Cast, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(cast.mentor)

    with django_assert_max_num_queries(3 + 3):
        client.get(mentor_page(cast.mentor))
    factories.ToolFactory.create_batch(30, school=cast.school)
    with django_assert_max_num_queries(3 + 3):
        response = client.get(mentor_page(cast.mentor))

    assert response.status_code == 200
