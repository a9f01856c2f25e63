"""The pages on which an admin sets how long data is kept, and reads what the nights ended."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from accounts.models import (
    RetentionReport,
    School,
)
from config.personal_data import KEPT
from tests import factories
from tests.cast import NOW, TODAY, Cast

PAGE = "/school/retention/"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def keep(school: School, **days: int) -> School:
    """This school keeps these kinds so many days, the others as is usual."""
    school.retention_days = days
    school.save()
    return school


def test_admin_sets_the_days_within_the_limits(cast: Cast, sign_in) -> None:
    client = sign_in(cast.admin)
    days = {kept.key: kept.default for kept in KEPT}

    shown = client.get(PAGE).content.decode()
    refused = client.post(PAGE, days | {"calls_for_help": 5, "links": "many"})
    unchanged = School.objects.get(pk=cast.school.pk).retention_days
    client.post(PAGE, days | {"links": 7})

    assert 'name="help_texts"' in shown
    assert "Days, from the day on which the program was closed. From 30 to 1825; 365 is usual." in shown
    assert refused.status_code == 422
    assert 'value="many"' in refused.content.decode()
    assert unchanged == {}
    assert School.objects.get(pk=cast.school.pk).retention_days == days | {"links": 7}


def test_coordinator_reads_the_days_and_sets_none(cast: Cast, sign_in) -> None:
    keep(cast.school, links=7)
    client = sign_in(cast.coordinator)

    shown = client.get(PAGE).content.decode()
    refused = client.post(PAGE, {kept.key: kept.default for kept in KEPT})

    assert "7 days" in shown
    assert "Only an admin changes these days." in shown
    assert '<input type="number"' not in shown
    assert refused.status_code == 403
    assert School.objects.get(pk=cast.school.pk).retention_days == {"links": 7}


def test_reports_are_numbers_of_ones_own_school(cast: Cast, sign_in) -> None:
    RetentionReport.objects.create(school=cast.school, date=TODAY, counts={"links": 1, "messages": 12})
    RetentionReport.objects.create(school=cast.school, date=TODAY - DAY)
    RetentionReport.objects.create(school=cast.stranger.school, date=TODAY, counts={"links": 4321})

    page = sign_in(cast.admin).get(reverse("retention_report_list")).content.decode()
    empty = sign_in(factories.UserFactory(roles=["admin"])).get(reverse("retention_report_list")).content.decode()

    assert "Invitations, sign-in cards and guardian links that no longer work: 1 row" in page
    assert "12 rows" in page
    assert "Nothing was old enough." in page
    assert "4,321" not in page
    assert "4321" not in page
    assert "No night has passed yet" in empty


@pytest.mark.parametrize("count", [1, 30])
def test_reports_cost_the_same_for_1_and_30_rows(cast: Cast, sign_in, count, django_assert_num_queries) -> None:
    for number in range(count):
        RetentionReport.objects.create(school=cast.school, date=TODAY - number * DAY, counts={"links": 1})
    client = sign_in(cast.admin)

    with django_assert_num_queries(4):
        assert client.get(reverse("retention_report_list")).status_code == 200
