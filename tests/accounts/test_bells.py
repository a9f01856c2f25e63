"""Several bell schedules, kinds of day, and the days of the year."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import BellSchedule, DayType, PeriodTime, SchoolClass, SchoolDay, User
from accounts.services import Refused
from accounts.services.bells import (
    delete_bell_schedule,
    delete_day_type,
    save_bell_schedule,
    save_day_type,
    set_bell_times,
)
from accounts.services.school_days import DaysChanged, fill_school_days, set_school_days
from tests import factories
from tests.cast import NOW, PERIODS, Cast

SignIn = Callable[[User], Client]
MONDAY = dt.date(2027, 3, 1)


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def kinds_from(cast: Cast, count: int) -> list[str]:
    """The kinds of the first days from Monday 1 March on; "-" for a day without school."""
    days = dict(SchoolDay.objects.filter(school=cast.school).values_list("date", "day_type__name"))
    return [days.get(MONDAY + dt.timedelta(days=number), "-") for number in range(count)]


def times_of(bells: BellSchedule, kind: DayType) -> list[tuple[dt.time, dt.time]]:
    times = PeriodTime.objects.filter(bell_schedule=bells, day_type=kind).order_by("period__position")
    return list(times.values_list("starts", "ends"))


def test_new_schedule_and_new_kind_begin_with_the_first_times(cast: Cast) -> None:
    bells = save_bell_schedule(None, name="Late lunch", grades=["8", "7"], by=cast.admin)
    kind = save_day_type(None, name="Early release", is_testing=False, by=cast.coordinator)

    assert bells.grades == ["7", "8"]
    assert [times_of(one, other) for one in (bells, cast.bell_schedule) for other in (cast.day_type, kind)] == [
        PERIODS
    ] * 4


def test_bell_schedules_that_contradict_each_other_are_refused(cast: Cast) -> None:
    late = save_bell_schedule(None, name="Late lunch", grades=["7"], by=cast.coordinator)
    foreign = BellSchedule.objects.create(school=cast.stranger.school, name="Theirs")

    for bells, name, grades, said in [
        (None, "Late lunch", ["8"], "has this name"),
        (None, "More", ["7"], "Grade 7 has the schedule “Late lunch” already"),
        (None, "More", [], "is the schedule for everybody"),
        (late, "Late lunch", [], "is the schedule for everybody"),
        (cast.bell_schedule, "Main", ["8"], "is the one for everybody"),
        (foreign, "Mine", ["8"], "not at your school"),
    ]:
        with pytest.raises(Refused, match=said):
            save_bell_schedule(bells, name=name, grades=grades, by=cast.coordinator)
    foreign.delete()
    with pytest.raises(Refused, match="must be for everybody"):
        save_bell_schedule(None, name="First", grades=["8"], by=cast.stranger_coordinator)

    late.refresh_from_db()
    assert (late.name, late.grades) == ("Late lunch", ["7"])
    assert BellSchedule.objects.filter(school=cast.school).count() == 2


def test_only_schedules_of_grades_are_taken_away(cast: Cast) -> None:
    late = save_bell_schedule(None, name="Late lunch", grades=["7"], by=cast.coordinator)

    with pytest.raises(Refused, match="for everybody"):
        delete_bell_schedule(cast.bell_schedule, by=cast.coordinator)
    with pytest.raises(Refused, match="not at your school"):
        delete_bell_schedule(late, by=cast.stranger_coordinator)
    with pytest.raises(Refused, match="Only coordinators and admins"):
        delete_bell_schedule(late, by=cast.teacher)

    delete_bell_schedule(late, by=cast.coordinator)
    assert list(BellSchedule.objects.filter(school=cast.school)) == [cast.bell_schedule]
    assert times_of(cast.bell_schedule, cast.day_type) == PERIODS


def test_set_bell_times_holds_what_is_named_and_nothing_else(cast: Cast) -> None:
    other = save_day_type(None, name="Early release", is_testing=False, by=cast.coordinator)
    hour = (dt.time(8), dt.time(8, 30))

    set_bell_times(cast.bell_schedule, other, {cast.periods[1].pk: hour}, by=cast.coordinator)

    assert times_of(cast.bell_schedule, other) == [hour]
    assert times_of(cast.bell_schedule, cast.day_type) == PERIODS
    foreign = factories.PeriodFactory(school=cast.stranger.school)
    with pytest.raises(Refused, match="not a period of your school"):
        set_bell_times(cast.bell_schedule, other, {foreign.pk: hour}, by=cast.coordinator)
    kind = factories.DayTypeFactory(school=cast.stranger.school)
    with pytest.raises(Refused, match="not at your school"):
        set_bell_times(cast.bell_schedule, kind, {}, by=cast.coordinator)
    assert times_of(cast.bell_schedule, other) == [hour]


def test_kind_of_day_is_renamed_marked_and_taken_away_where_nothing_is_of_it(cast: Cast) -> None:
    kind = save_day_type(None, name="Tests", is_testing=True, by=cast.coordinator)
    assert kind.is_testing
    kind = save_day_type(kind, name="Exams", is_testing=False, by=cast.coordinator)
    assert (kind.name, kind.is_testing) == ("Exams", False)

    with pytest.raises(Refused, match="has this name"):
        save_day_type(kind, name="a", is_testing=False, by=cast.coordinator)
    with pytest.raises(Refused, match="not at your school"):
        save_day_type(kind, name="X", is_testing=False, by=cast.stranger_coordinator)
    with pytest.raises(Refused, match="is in use"):
        delete_day_type(cast.day_type, by=cast.coordinator)
    school_class = SchoolClass.objects.create(school=cast.school, name="Art")
    school_class.day_types.add(kind)
    with pytest.raises(Refused, match="is in use"):
        delete_day_type(kind, by=cast.coordinator)

    school_class.day_types.clear()
    delete_day_type(kind, by=cast.coordinator)
    assert list(cast.school.day_types.all()) == [cast.day_type]
    SchoolDay.objects.all().delete()
    with pytest.raises(Refused, match="is in use"):
        delete_day_type(cast.day_type, by=cast.coordinator)


def test_days_take_turns_and_those_that_are_there_keep_theirs(cast: Cast) -> None:
    b_day = save_day_type(None, name="B", is_testing=False, by=cast.coordinator)
    wednesday = MONDAY + dt.timedelta(days=2)
    set_school_days({wednesday: b_day}, by=cast.coordinator)
    stretch = {"first": MONDAY, "last": MONDAY + dt.timedelta(days=8), "weekdays": [0, 1, 2, 3, 4]}

    done = fill_school_days(**stretch, day_types=[cast.day_type, b_day], by=cast.coordinator)
    assert kinds_from(cast, 9) == ["A", "B", "B", "B", "A", "-", "-", "B", "A"]
    assert done == DaysChanged(6, 0, 0)

    done = fill_school_days(**stretch, day_types=[b_day, cast.day_type], by=cast.coordinator, replaces=True)
    assert kinds_from(cast, 9) == ["B", "A", "B", "A", "B", "-", "-", "A", "B"]
    assert (done.added, done.changed, done.closed) == (0, 6, 0)


def test_set_school_days_opens_changes_and_closes_and_counts_only_what_differs(cast: Cast) -> None:
    b_day = save_day_type(None, name="B", is_testing=False, by=cast.coordinator)
    first, second = MONDAY, MONDAY + dt.timedelta(days=1)
    assert set_school_days({first: cast.day_type, second: b_day}, by=cast.coordinator) == DaysChanged(2, 0, 0)

    wanted: dict[dt.date, DayType | None] = {first: b_day, second: None, MONDAY + dt.timedelta(days=2): None}
    assert set_school_days(wanted, by=cast.coordinator) == DaysChanged(0, 1, 1)
    assert set_school_days(wanted, by=cast.coordinator).count == 0
    assert kinds_from(cast, 3) == ["B", "-", "-"]

    foreign = factories.DayTypeFactory(school=cast.stranger.school)
    with pytest.raises(Refused, match="another school"):
        set_school_days({first: foreign}, by=cast.coordinator)
    assert kinds_from(cast, 1) == ["B"]


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
