"""The daily mail to coordinators: from their home page's panels, on school days, once, and only with news."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import ErasureRequest, Message, MessageChoice, SchoolDay
from accounts.permissions import Role
from accounts.services import open_concern
from config.digest import write_digests
from config.home import panels_of
from tests import factories
from tests.accounts.outbox_rows import make_message
from tests.cast import NOW, Cast

MORNING = dt.datetime(2026, 12, 3, 13, 0, tzinfo=dt.UTC)  # Thursday, 7:00 in Chicago
HOUR = dt.timedelta(hours=1)


def digests() -> Any:
    return Message.objects.filter(kind="daily_digest")


def give_news(cast: Cast) -> None:
    """One thing of each app that needs the coordinator."""
    open_concern(by=cast.mentor, about=cast.teacher, text="", now=NOW)
    ErasureRequest.objects.create(person=cast.mentor, asked_at=NOW)
    make_message(cast.teacher, state="failed", due_at=MORNING - HOUR, attempts=8)
    factories.HelpEntryFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    day = dt.timedelta(days=1)
    for number in range(2):
        ended = MORNING - day * (number + 1)
        factories.BookingFactory(
            program=cast.program, teacher=cast.teacher, mentor=cast.mentor, starts_at=ended - HOUR, ends_at=ended
        )
    factories.PlaygroundSessionFactory(program=cast.program, starts_at=MORNING + day, ends_at=MORNING + day + HOUR)


def test_each_thing_of_the_home_page_is_in_it_once(cast: Cast) -> None:
    give_news(cast)

    assert write_digests(MORNING) == 1

    message = digests().get()
    assert (message.user, message.due_at, message.lead_minutes) == (cast.coordinator, MORNING, 0)
    counted = {need["what"]: need["count"] for need in message.context["needs"]}
    assert counted == {"calls": 1, "erasures": 1, "failed": 1, "unverified": 1, "missing_logs": 2, "empty": 1}
    shown = [need for panel in panels_of(cast.coordinator, cast.coordinator, MORNING) for need in panel.needs]
    assert [need["path"] for need in message.context["needs"]] == [need.path for need in shown]


def test_names_nobody(cast: Cast) -> None:
    give_news(cast)

    write_digests(MORNING)

    context = str(digests().get().context)
    assert not any(name in context for name in ("Maya", "Rahman", "Ortiz", "Playground"))


def test_one_a_day_and_yesterdays_is_withdrawn(cast: Cast) -> None:
    give_news(cast)
    write_digests(MORNING)

    again = write_digests(MORNING + dt.timedelta(minutes=10))
    next_day = write_digests(MORNING + dt.timedelta(days=1))

    assert (again, next_day) == (0, 1)
    assert list(digests().order_by("pk").values_list("state", flat=True)) == ["cancelled", "waiting"]


def test_nothing_without_news(cast: Cast) -> None:
    assert write_digests(MORNING) == 0
    assert not digests().exists()


@pytest.mark.parametrize("minutes", [-10, 120])
def test_nothing_before_its_time_or_long_after(cast: Cast, minutes: int) -> None:
    give_news(cast)

    assert write_digests(MORNING + dt.timedelta(minutes=minutes)) == 0


def test_nothing_on_a_day_without_school(cast: Cast) -> None:
    give_news(cast)
    SchoolDay.objects.filter(school=cast.school, date=cast.thursday).delete()

    assert write_digests(MORNING) == 0


def test_nothing_where_the_school_wants_none_or_the_coordinator_reads_it_at_home(cast: Cast) -> None:
    give_news(cast)
    MessageChoice.objects.create(user=cast.coordinator, topic="digest", channel="home")

    assert write_digests(MORNING) == 0
    MessageChoice.objects.all().delete()
    cast.school.digest_at = None
    cast.school.save()
    assert write_digests(MORNING) == 0


def test_goes_to_every_coordinator_who_is_here_and_to_nobody_else(cast: Cast) -> None:
    give_news(cast)
    second = factories.UserFactory(school=cast.school, roles=[Role.COORDINATOR, Role.TEACHER])
    factories.UserFactory(school=cast.school, roles=[Role.COORDINATOR], is_active=False)

    assert write_digests(MORNING) == 2
    assert set(digests().values_list("user", flat=True)) == {cast.coordinator.pk, second.pk}


def test_call_for_help_about_a_coordinator_is_not_in_hers(cast: Cast) -> None:
    cast.school.second_adult = cast.other_teacher
    cast.school.save()
    open_concern(by=cast.mentor, about=cast.coordinator, text="", now=NOW)

    assert write_digests(MORNING) == 0


def test_over_a_change_of_the_clocks_it_keeps_its_hour(cast: Cast) -> None:
    give_news(cast)
    monday = dt.date(2027, 3, 15)
    SchoolDay.objects.create(school=cast.school, date=monday, day_type=cast.day_type)

    assert write_digests(dt.datetime(2027, 3, 15, 11, 59, tzinfo=dt.UTC)) == 0
    assert write_digests(dt.datetime(2027, 3, 15, 12, 0, tzinfo=dt.UTC)) == 1
