"""Several bell schedules, kinds of day, and the days of the year."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import BellSchedule, DayType, SchoolClass, SchoolDay
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
from tests.accounts.bell_times import MONDAY, kinds_from, times_of
from tests.cast import NOW, PERIODS, Cast


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


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
