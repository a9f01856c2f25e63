"""Mentors on duty are protected as in any booking; a coordinator's reason goes past it, and is kept."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import BellSchedule, DayType, PeriodTime, SchoolClass, SchoolDay, User
from accounts.services import Refused
from mentorship.models import Availability
from sessions_app.models import BookingRules, Hold, PlaygroundSession, Series
from sessions_app.reports.playground_dates import Plan
from sessions_app.reports.series import Slot
from sessions_app.services import change_playground, schedule_series
from sessions_app.services.playground_dates import DatesTaken, judged_dates
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import counts

WEEK = dt.timedelta(days=7)
Schedule = Callable[..., PlaygroundSession]


@pytest.fixture(autouse=True)
def maya_leaves_art(cast: Cast) -> None:
    """Maya may leave the class that she has in each period."""
    Availability.objects.filter(person=cast.mentor).update(may_leave_class=True)


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return Plan(
        program=cast.program, title="Captions", tools=[cast.tool], room=cast.library, places=12, minimum=0,
        adult_in_charge=cast.admin, mentors=[cast.mentor, cast.other_mentor], slot=Slot(cast.periods[2]),
    )  # fmt: skip


def every_week(cast: Cast, plan: Plan, key: str = "6f2f3c64-0000-4000-8000-000000000001") -> Series:
    """Three Thursdays."""
    return schedule_series(
        plan, by=cast.coordinator, first=cast.thursday, until=cast.thursday + 2 * WEEK, weekdays=[3], left_out=[],
        request_key=key, now=NOW,
    )  # fmt: skip


def test_second_duty_in_the_same_class_needs_a_reason(cast: Cast, schedule: Schedule) -> None:
    schedule()
    before = counts()

    with pytest.raises(Refused, match="Maya R. left this class not long ago"):
        schedule(day=cast.thursday + WEEK)
    with pytest.raises(Refused):
        schedule(day=cast.thursday + WEEK, override_reason="   ")
    assert counts() == before

    second = schedule(day=cast.thursday + WEEK, override_reason=" Her mother agreed ")

    assert (second.override_reason, second.overridden_by) == ("Her mother agreed", cast.coordinator)


def test_duty_is_judged_by_the_class_that_the_mentors_own_bells_put_there(cast: Cast, schedule: Schedule) -> None:
    """Everybody's 3rd period is the 1st of Maya's grade, in which she has math."""
    Availability.objects.filter(person=cast.mentor).update(may_leave_class=False)
    BookingRules.objects.create(school=cast.school, core_week_minutes=0)
    cast.mentor.grade = "8"
    cast.mentor.save()
    theirs = BellSchedule.objects.create(school=cast.school, name="8", grades=["8"])
    then = PeriodTime.objects.get(period=cast.periods[2])
    PeriodTime.objects.create(
        bell_schedule=theirs, day_type=cast.day_type, period=cast.periods[0], starts=then.starts, ends=then.ends
    )
    PeriodTime.objects.create(
        bell_schedule=theirs, day_type=cast.day_type, period=cast.periods[2], starts=dt.time(15), ends=dt.time(15, 45)
    )
    math = SchoolClass.objects.create(school=cast.school, name="Math 8", is_core=True)
    math.students.add(cast.mentor)
    math.periods.add(cast.periods[0])

    with pytest.raises(Refused, match="Maya R"):
        schedule()
    schedule(override_reason="Her mother agreed")

    hold = Hold.objects.get(person=cast.mentor)
    assert (hold.misses, hold.missed_class) == ("core", math)


def test_reason_that_was_not_needed_is_not_kept(cast: Cast, schedule: Schedule) -> None:
    first = schedule(override_reason="To be safe")

    assert (first.override_reason, first.overridden_by) == ("", None)


def test_duty_on_a_testing_day_needs_a_reason(cast: Cast, schedule: Schedule) -> None:
    SchoolDay.objects.filter(date=cast.thursday).update(
        day_type=DayType.objects.create(school=cast.school, name="Tests", is_testing=True)
    )
    for time in cast.day_type.times.all():
        time.pk, time.day_type = None, DayType.objects.get(name="Tests")
        time.save()

    with pytest.raises(Refused, match="testing day"):
        schedule()
    assert schedule(override_reason="A short one").overridden_by == cast.coordinator


def test_dates_of_a_series_count_for_each_other(cast: Cast, plan: Plan) -> None:
    days = [cast.thursday + number * WEEK for number in range(3)]

    found = judged_dates(plan, days, now=NOW)
    with pytest.raises(DatesTaken):
        every_week(cast, plan)

    assert [bool(one.why_not) for one in found] == [False, True, True]
    assert "Maya R. left this class" in found[1].why_not
    assert not Series.objects.exists()
    assert not PlaygroundSession.objects.exists()


def test_series_with_a_reason_keeps_it_where_it_was_needed(cast: Cast, plan: Plan) -> None:
    series = every_week(cast, Plan(**{**plan.__dict__, "override_reason": "Exhibition"}))

    kept = list(series.playgrounds.order_by("series_date").values_list("override_reason", flat=True))
    assert kept == ["", "Exhibition", "Exhibition"]


def test_mentors_in_free_periods_are_on_duty_every_week(cast: Cast, plan: Plan) -> None:
    Availability.objects.filter(person=cast.mentor).update(may_leave_class=False)

    assert every_week(cast, plan).playgrounds.count() == 3


def test_change_does_not_count_the_duty_that_is_changed(cast: Cast, schedule: Schedule) -> None:
    playground = schedule()

    changed = change_playground(
        playground, by=cast.coordinator, title="Subtitles", tools=[cast.tool], room=cast.library, places=3, minimum=0,
        adult_in_charge=cast.admin, mentors=[cast.mentor], day=cast.thursday, period=cast.periods[2], now=NOW,
    )  # fmt: skip

    assert (changed.title, changed.override_reason) == ("Subtitles", "")


def by_the_clock(starts: str, ends: str) -> dict[str, object]:
    """The differences of a plan that is held at clock times."""
    return {"period": None, "starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}


def test_duty_at_a_clock_time_misses_the_classes_that_it_touches(cast: Cast, schedule: Schedule) -> None:
    """The second period is from 8:55 to 9:40, the third from 9:50 to 10:35; nobody knows Maya's classes."""
    playground = schedule(**by_the_clock("09:20", "10:00"))

    hold = playground.holds.get(person=cast.mentor)
    assert (hold.misses, hold.missed_minutes, hold.missed_period in cast.periods[1:3]) == ("core", 30, True)
    assert playground.holds.get(person=cast.admin).misses == ""


def test_duty_at_a_clock_time_is_protected(cast: Cast, schedule: Schedule, plan: Plan) -> None:
    first = schedule(period=cast.periods[1])
    before = counts()

    with pytest.raises(Refused, match="Maya R. left this class not long ago"):
        schedule(day=cast.thursday + WEEK, **by_the_clock("09:30", "10:30"))
    assert counts() == before

    kept = schedule(day=cast.thursday + WEEK, override_reason="Exhibition", **by_the_clock("09:30", "10:30"))
    after_school = schedule(day=cast.thursday + WEEK, title="Late", **by_the_clock("15:10", "16:00"))
    assert (first.override_reason, kept.override_reason, after_school.override_reason) == ("", "Exhibition", "")


def test_dates_of_a_series_at_a_clock_time_count_for_each_other(cast: Cast, plan: Plan) -> None:
    by_clock = Plan(**{**plan.__dict__, "slot": Slot(None, dt.time(9, 0), dt.time(9, 30))})
    days = [cast.thursday + number * WEEK for number in range(3)]

    found = judged_dates(by_clock, days, now=NOW)

    assert [bool(one.why_not) for one in found] == [False, True, True]


@pytest.fixture
def clock() -> Iterator[None]:
    """The edges read the cast's NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.usefixtures("clock")
def test_page_says_who_is_protected_and_takes_a_reason(
    cast: Cast, schedule: Schedule, sign_in: Callable[[User], Client]
) -> None:
    schedule()
    client = sign_in(cast.coordinator)
    wish = {
        "program": cast.program.pk, "title": "Again", "tools": [cast.tool.pk], "room": cast.library.pk, "places": 5,
        "minimum": 0, "adult_in_charge": cast.admin.pk, "mentors": [cast.mentor.pk],
        "day": (cast.thursday + WEEK).isoformat(), "period": cast.periods[2].pk, "request_key": str(uuid.uuid4()),
    }  # fmt: skip

    refused = client.post(reverse("playground_create"), wish)
    accepted = client.post(reverse("playground_create"), wish | {"override_reason": "Exhibition week"}, follow=True)
    again = PlaygroundSession.objects.get(title="Again")
    teacher = sign_in(cast.teacher).get(reverse("playground_detail", args=[again.pk])).content.decode()

    assert refused.status_code == 422
    assert "Maya R. left this class not long ago" in refused.content.decode()
    assert accepted.status_code == 200
    assert again.override_reason == "Exhibition week"
    assert "Exhibition week" not in teacher
