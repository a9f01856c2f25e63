"""The nightly run over all schools: each by its own day, and none stopped by another."""

import datetime as dt
import logging
from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from accounts.models import (
    RetentionReport,
    School,
)
from config import personal_data
from config.celery import app
from config.tasks import end_old_data
from tests.cast import NOW, TODAY, Cast
from tests.config.old_rows import old_rows

DAY = dt.timedelta(days=1)
LATER = 20_000  # days: longer than anything is kept


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def expire(school: School, *, today: dt.date) -> dict[str, int]:
    """A night of this school, at noon of its day."""
    return personal_data.expire(school, now=dt.datetime.combine(today, dt.time(12), school.zone))


def keep(school: School, **days: int) -> School:
    """This school keeps these kinds so many days, the others as is usual."""
    school.retention_days = days
    school.save()
    return school


class Broken:
    """An app whose part of the night fails."""

    def expire(self, school: School, *, today: dt.date) -> None:
        raise ValueError(f"no clearing for {school.pk}")

    __name__ = "broken"


def test_app_that_fails_stops_no_other_and_is_told(cast: Cast, monkeypatch, caplog, sign_in) -> None:
    old_rows(cast, TODAY - LATER * DAY)
    monkeypatch.setattr(personal_data, "APPS", (Broken(), *personal_data.APPS))

    counts = expire(cast.school, today=TODAY)

    assert (counts["stopped"], counts["messages"]) == (1, 1)
    assert "stopped in broken" in caplog.text
    page = sign_in(cast.coordinator).get(reverse("retention_report_list")).content.decode()
    assert "A part stopped early." in page


def test_night_goes_through_all_schools_by_their_own_day(cast: Cast) -> None:
    cast.stranger.school.time_zone = "Pacific/Kiritimati"  # it is Monday there already
    cast.stranger.school.save()

    end_old_data()

    days = {report.school: report.date for report in RetentionReport.objects.all()}
    assert days == {cast.school: TODAY, cast.stranger.school: TODAY + DAY}


def test_school_that_fails_stops_no_other(cast: Cast, caplog) -> None:
    keep(cast.school, links="no number")
    School.objects.filter(pk=cast.school.pk).update(time_zone="No/Where")

    with caplog.at_level(logging.ERROR):
        end_old_data()

    assert [report.school for report in RetentionReport.objects.all()] == [cast.stranger.school]
    assert f"clearing of school {cast.school.pk} failed" in caplog.text


def test_beat_calls_the_night() -> None:
    assert "config.tasks.end_old_data" in {entry["task"] for entry in app.conf.beat_schedule.values()}
