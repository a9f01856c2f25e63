import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from accounts.models import User
from accounts.templatetags import speaking

# 16:40 in London's winter is 10:40 on the walls of a school in Chicago.
START = dt.datetime(2026, 12, 3, 16, 40, tzinfo=dt.UTC)
END = dt.datetime(2026, 12, 3, 17, 25, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def chicago():
    with timezone.override(ZoneInfo("America/Chicago")):
        yield


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Thursday 3 December"), ("es", "jueves 3 de diciembre"), ("ar", "الخميس 3 ديسمبر")],
)
def test_spoken_day_puts_day_and_month_as_the_language_does(language, said):
    with translation.override(language):
        assert speaking.spoken_day(dt.date(2026, 12, 3)) == said


@pytest.mark.parametrize(
    ("language", "said"), [("en", "18 September 2026"), ("es", "18 de septiembre de 2026"), ("ar", "18 سبتمبر، 2026")]
)
def test_spoken_date_has_its_year(language, said):
    with translation.override(language):
        assert speaking.spoken_date(dt.date(2026, 9, 18)) == said


def test_spoken_day_of_an_instant_is_the_day_on_the_schools_walls():
    late_evening = dt.datetime(2026, 12, 4, 3, 0, tzinfo=dt.UTC)

    assert speaking.spoken_day(late_evening) == "Thursday 3 December"


def test_spoken_span_is_in_school_time():
    assert speaking.spoken_span(START, END) == "10:40 to 11:25"


def test_spoken_span_without_an_end_is_the_start():
    assert speaking.spoken_span(START, None) == "10:40"


def test_spoken_time_has_no_leading_zero_and_counts_the_whole_day():
    assert [speaking.spoken_time(dt.time(7, 5)), speaking.spoken_time(dt.time(13, 10))] == ["7:05", "13:10"]


def test_midnight_is_a_time():
    assert speaking.spoken_span(dt.time(0, 0), dt.time(0, 30)) == "0:00 to 0:30"


def test_spoken_when_says_day_period_and_span():
    page = Template("{% load speaking %}{% spoken_when start end period %}|{% spoken_when start end %}")

    said = page.render(Context({"start": START, "end": END, "period": "4th period"}))

    assert said == "Thursday 3 December, 4th period, 10:40 to 11:25|Thursday 3 December, 10:40 to 11:25"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "<bdi>8:50</bdi>, <bdi>Room &lt;112&gt;</bdi>"), ("ar", "<bdi>8:50</bdi>، <bdi>Room &lt;112&gt;</bdi>")],
)
def test_facts_side_by_side_have_the_languages_comma_and_leave_out_what_is_empty(language, said):
    with translation.override(language):
        assert speaking.listed("8:50", None, "", "Room <112>") == said


def test_nothing_is_said_of_nothing():
    filters = (speaking.spoken_day, speaking.spoken_time, speaking.iso_day, speaking.tile_day, speaking.tile_month)

    assert [say(None) for say in filters] == [""] * 5


@pytest.mark.parametrize(
    ("language", "tile"),
    [("en", ["Thu", "3", "Dec"]), ("es", ["Jue", "3", "Dic"]), ("ar", ["الخميس", "3", "ديسمبر"])],
)
def test_date_tile_shows_weekday_day_and_month(language, tile):
    with translation.override(language):
        parts = [speaking.tile_weekday(START), speaking.tile_day(START), speaking.tile_month(START)]

    assert parts == tile


@pytest.mark.parametrize(
    ("hour_utc", "said"),
    [(14, "Good morning, Ms Ortiz"), (20, "Good afternoon, Ms Ortiz"), (1, "Good evening, Ms Ortiz")],
)
def test_greeting_of_an_adult_follows_the_schools_clock(hour_utc, said):
    teacher = User(given_name="Ana", family_name="Ortiz", title="Ms", roles=["teacher"])

    assert speaking.greeting(teacher, dt.datetime(2026, 12, 3, hour_utc, tzinfo=dt.UTC)) == said


def test_greeting_of_a_student_is_by_first_name():
    student = User(given_name="Maya", family_name="Reyes", roles=["student"])

    assert speaking.greeting(student, START) == "Hi Maya"
