"""What the database itself refuses about schools, people and time. (Consents, concerns and rosters: beside their
services.)"""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from accounts.models import (
    BellSchedule,
    DayType,
    Guardian,
    Job,
    Message,
    Period,
    PeriodTime,
    Room,
    School,
    SchoolDay,
    User,
)
from tests.cast import NOW, TODAY, Cast
from tests.factories import UserFactory

BROKEN: list[tuple[str, type[models.Model], dict[str, Any]]] = [
    ("accounts_school_group_size_at_least_5", School, {"name": "X", "minimum_group_size": 4}),
    ("accounts_room_name_once", Room, {"name": "LIBRARY"}),
    ("accounts_daytype_name_once", DayType, {"name": "A"}),
    ("accounts_bellschedule_name_once", BellSchedule, {"name": "Main"}),
    ("accounts_period_name_once", Period, {"name": "1. period", "position": 9}),
    ("accounts_period_position_once", Period, {"name": "X", "position": 1}),
    ("accounts_periodtime_period_once", PeriodTime, {"starts": dt.time(20), "ends": dt.time(21)}),
    ("accounts_periodtime_ends_after_start", PeriodTime, {"starts": dt.time(20), "ends": dt.time(20)}),
    ("accounts_schoolday_date_once", SchoolDay, {"date": TODAY + dt.timedelta(days=1)}),
    ("accounts_job_progress_is_percent", Job, {"kind": "x", "progress": 101}),
    ("accounts_job_ended_has_time", Job, {"kind": "x", "state": "done", "finished_at": None}),
]


@pytest.mark.parametrize(("constraint", "model", "values"), BROKEN)
def test_constraint_holds(cast: Cast, constraint: str, model: type[models.Model], values: dict[str, Any]) -> None:
    around = {
        "school": cast.school, "bell_schedule": cast.bell_schedule, "day_type": cast.day_type,
        "period": cast.periods[0], "by": cast.coordinator,
    }  # fmt: skip
    named = {field.name for field in model._meta.get_fields()}
    if constraint == "accounts_periodtime_ends_after_start":
        around["period"] = Period.objects.create(school=cast.school, name="Late", position=9)

    with pytest.raises(IntegrityError, match=constraint):
        write(model, {name: value for name, value in around.items() if name in named} | values)


def write(model: type[models.Model], values: dict[str, Any]) -> None:
    """Write a row, and have the checks made that wait for the end of the transaction (the order of periods)."""
    with transaction.atomic(), connection.cursor() as cursor:
        model.objects.create(**values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("accounts_user_username_once", {"username": "ORTIZ"}),
        ("accounts_user_email_once", {"email": "ORTIZ@Example.Org"}),
        ("accounts_user_source_id_once", {"source_id": "t-1"}),
        ("accounts_user_roles_known", {"roles": ["teacher", "head"]}),
        ("accounts_user_email_not_blank", {"email": ""}),
        ("accounts_user_source_id_not_blank", {"source_id": ""}),
    ],
)
def test_user_constraint_holds(cast: Cast, constraint: str, values: dict[str, Any]) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(source_id="t-1")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        UserFactory(**{"school": cast.school, **values})


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("accounts_message_one_recipient", {"user": None}),
        ("accounts_message_one_recipient", {"guardian": True}),
        ("accounts_message_once_a_user", {"kind": "first"}),
        ("accounts_message_once_a_guardian", {"kind": "first", "user": None, "guardian": True}),
        ("accounts_message_sending_is_claimed", {"state": "sending"}),
        ("accounts_message_sent_says_how", {"state": "sent", "sent_at": NOW}),
        ("accounts_message_sent_says_how", {"state": "sent", "channel": "mail"}),
    ],
)
def test_message_constraint_holds(cast: Cast, constraint: str, values: dict[str, Any]) -> None:
    guardian = Guardian.objects.create(student=cast.mentor, name="Sara Rahman")
    common = {"school": cast.school, "kind": "second", "about": "booking:1", "event_at": NOW, "due_at": NOW}
    for recipient in ({"user": cast.mentor}, {"guardian": guardian}):
        Message.objects.create(**{**common, "kind": "first", **recipient})
    changes = {"user": cast.mentor, **values}
    if changes.get("guardian"):
        changes["guardian"] = guardian

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Message.objects.create(**common | changes)


def test_roster_id_may_stand_in_two_schools(cast: Cast) -> None:
    for school in (cast.school, cast.stranger.school):
        UserFactory(school=school, source_id="t-1")

    assert User.objects.filter(source_id="t-1").count() == 2


def test_job_that_ended_keeps_its_time(cast: Cast) -> None:
    job = Job.objects.create(school=cast.school, by=cast.admin, kind="x", state="failed", finished_at=NOW)

    assert Job.objects.get(pk=job.pk).finished_at == NOW
