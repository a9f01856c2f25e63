"""Checking in by the hand of the adult in charge, from the list of who is expected."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.services import Refused
from sessions_app.models import Attendance, PlaygroundSession
from sessions_app.reports.playground_pin import pin_of
from sessions_app.services import (
    check_in,
    check_in_by_hand,
    sign_up,
    undo_check_in,
)
from tests import factories
from tests.cast import NOW, Cast

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
How = Attendance.How


@pytest.fixture
def playground(cast, schedule):
    """Ms Ortiz comes, Maya is on duty, Mr Haddad is in charge."""
    made = schedule(adult_in_charge=cast.other_teacher, places=3)
    sign_up(made, by=cast.teacher, now=NOW)
    return made


def set_presence(client, playground, person, **more):
    return client.post(reverse("playground_check_in", args=[playground.pk]), {"person": person.pk} | more, follow=True)


@pytest.mark.usefixtures("at_the_start")
@pytest.mark.parametrize("who", ["coordinator", "other_teacher"])
def test_coordinator_and_adult_in_charge_check_in_by_hand_and_undo_it(cast, sign_in, playground, who):
    client = sign_in(getattr(cast, who))

    came = [set_presence(client, playground, cast.mentor).content.decode() for _twice in range(2)][1]
    noted = [(row.person, row.how) for row in Attendance.objects.all()]
    gone = [set_presence(client, playground, cast.mentor, undo="on").content.decode() for _twice in range(2)][1]

    assert noted == [(cast.mentor, How.BY_HAND)]
    assert ("by hand" in came, "by hand" in gone) == (True, False)
    assert not Attendance.objects.exists()


def test_how_somebody_came_first_is_what_stays(cast: Cast, playground: PlaygroundSession) -> None:
    check_in(playground, pin=pin_of(playground, cast.teacher), now=playground.starts_at)
    check_in_by_hand(playground, person=cast.teacher, by=cast.coordinator, now=playground.starts_at + MINUTE)

    assert Attendance.objects.get().how == How.PIN


@pytest.mark.usefixtures("at_the_start")
@pytest.mark.parametrize(
    ("who", "status"),
    [("teacher", 403), ("mentor", 403), ("other_mentor", 404), ("stranger_coordinator", 404), ("admin", 403)],
)
def test_nobody_else_checks_in_by_hand_or_sees_who_is_expected(cast, sign_in, playground, who, status):
    client = sign_in(getattr(cast, who))

    answer = set_presence(client, playground, cast.teacher)
    page = client.get(reverse("playground_detail", args=[playground.pk]))

    assert answer.status_code == status
    assert "Who is here" not in page.content.decode()
    assert not Attendance.objects.exists()


@pytest.mark.usefixtures("at_the_start")
def test_who_is_not_expected_is_not_checked_in_by_hand(cast, sign_in, playground):
    client = sign_in(cast.coordinator)

    for person in (cast.other_mentor, cast.stranger):
        page = set_presence(client, playground, person).content.decode()

        assert "This person is not expected here." in page
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    ("minutes", "is_kept"), [(-61, False), (-60, True), (44 + 24 * 60, True), (45 + 24 * 60, False)]
)
def test_by_hand_from_an_hour_before_until_a_day_after(cast, sign_in, playground, minutes, is_kept):
    now = playground.starts_at + minutes * MINUTE
    with time_machine.travel(now, tick=False):
        client = sign_in(cast.other_teacher)
        page = client.get(reverse("playground_detail", args=[playground.pk])).content.decode()
        said = set_presence(client, playground, cast.teacher).content.decode()

    assert ("Who is here" in page, "Nobody can check in now." in said) == (is_kept, not is_kept)
    assert Attendance.objects.exists() is is_kept


def test_services_say_no_to_who_may_not(cast: Cast, playground: PlaygroundSession) -> None:
    for by in (cast.teacher, cast.mentor, cast.stranger_coordinator):
        for act in (check_in_by_hand, undo_check_in):
            with pytest.raises(Refused):
                act(playground, person=cast.teacher, by=by, now=playground.starts_at)

    assert not Attendance.objects.exists()


@pytest.mark.usefixtures("at_the_start")
def test_adult_in_charge_reads_students_by_their_short_names(cast, sign_in, playground):
    url = reverse("playground_detail", args=[playground.pk])

    page = sign_in(cast.other_teacher).get(url).content.decode()

    assert ("Maya R." in page, "Ana Ortiz" in page, "Rahman" in page) == (True, True, False)


@pytest.mark.usefixtures("at_the_start")
@pytest.mark.parametrize("count", [1, 30])
def test_presence_costs_the_same_for_1_and_30_people(cast, sign_in, playground, count, django_assert_num_queries):
    for _number in range(count):
        playground.sign_ups.create(teacher=factories.TeacherFactory(school=cast.school), signed_up_at=NOW)
        playground.duties.create(person=factories.StudentFactory(school=cast.school))
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(10):
        page = client.get(reverse("playground_detail", args=[playground.pk])).content.decode()

    assert page.count('name="person"') == 2 * count + 3
