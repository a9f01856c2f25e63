"""When school is: the pages of periods and of school days, and what stands behind them."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import BellSchedule, DayType, Period, PeriodTime, Room, School, User
from accounts.permissions import Role
from accounts.services import Refused
from accounts.services.message_choice import change_reminders
from accounts.services.school_days import fill_school_days, remove_school_days
from accounts.services.school_time import PeriodLine, set_periods
from tests.cast import NOW, Cast
from tests.factories import DayTypeFactory, PeriodFactory, SchoolFactory, UserFactory

SignIn = Callable[[User], Client]
TIME, DAYS, ROOMS, SETTINGS = "/school/time/", "/school/days/", "/school/rooms/", "/school/settings/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def founder(db: None) -> User:
    """A coordinator of a school that has nothing yet."""
    return UserFactory(school=SchoolFactory(time_zone="America/Chicago"), roles=[Role.COORDINATOR])


def table(*lines: tuple[Any, ...]) -> dict[str, Any]:
    """What the browser sends: each line is (period or None, name, starts, ends) and perhaps True to take it out."""
    sent: dict[str, Any] = {"form-TOTAL_FORMS": len(lines), "form-INITIAL_FORMS": sum(1 for line in lines if line[0])}
    for number, (period, name, starts, ends, *removed) in enumerate(lines):
        sent |= {
            f"form-{number}-period": period.pk if period else "",
            f"form-{number}-name": name,
            f"form-{number}-starts": starts,
            f"form-{number}-ends": ends,
        }
        if removed:
            sent[f"form-{number}-DELETE"] = "on"
    return sent


def times_of(school: School) -> list[tuple[str, int, str, str]]:
    rows = PeriodTime.objects.filter(period__school=school).select_related("period").order_by("period__position")
    return [(row.period.name, row.period.position, f"{row.starts:%H:%M}", f"{row.ends:%H:%M}") for row in rows]


def test_school_time_makes_the_first_periods_in_order_of_time(founder: User, sign_in: SignIn) -> None:
    sent = table((None, "Second", "09:00", "09:45"), (None, "First", "08:00", "08:45"), (None, "", "", ""))

    answer = sign_in(founder).post(TIME, sent)

    assert answer["Location"] == TIME
    assert times_of(founder.school) == [("First", 1, "08:00", "08:45"), ("Second", 2, "09:00", "09:45")]
    assert BellSchedule.objects.filter(school=founder.school).count() == 1
    assert DayType.objects.filter(school=founder.school).count() == 1


def test_school_time_shows_what_is_set(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.coordinator).get(TIME).content.decode()

    assert 'value="4. period"' in page
    assert 'value="10:40"' in page
    assert "nothing moves by itself" in page


def test_school_time_swaps_names_and_moves_times_of_the_same_periods(founder: User, sign_in: SignIn) -> None:
    client = sign_in(founder)
    client.post(TIME, table((None, "A", "08:00", "08:45"), (None, "B", "09:00", "09:45")))
    first, second = Period.objects.filter(school=founder.school)

    client.post(TIME, table((first, "B", "10:00", "10:45"), (second, "A", "09:00", "09:45")))

    assert times_of(founder.school) == [("A", 1, "09:00", "09:45"), ("B", 2, "10:00", "10:45")]
    assert list(Period.objects.filter(school=founder.school)) == [second, first]


def test_school_time_takes_out_a_period_that_nothing_stands_on(founder: User, sign_in: SignIn) -> None:
    client = sign_in(founder)
    client.post(TIME, table((None, "A", "08:00", "08:45"), (None, "B", "09:00", "09:45")))
    first, second = Period.objects.filter(school=founder.school)

    client.post(TIME, table((first, "A", "08:00", "08:45", True), (second, "B", "09:00", "09:45")))

    assert times_of(founder.school) == [("B", 1, "09:00", "09:45")]


def test_school_time_keeps_a_period_that_is_used_and_changes_nothing_else(cast: Cast, sign_in: SignIn) -> None:
    before = times_of(cast.school)
    lines = [(period, f"new {number}", f"1{number}:00", f"1{number}:30") for number, period in enumerate(cast.periods)]
    lines[0] = (*lines[0], True)  # type: ignore[assignment]

    answer = sign_in(cast.coordinator).post(TIME, table(*lines))

    assert answer.status_code == 422
    assert "is in use" in answer.content.decode()
    assert "new 3" in answer.content.decode()
    assert times_of(cast.school) == before


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ((None, "X", "08:30", "09:00"), "id_form-1-starts_error", "before “A” has ended"),
        ((None, "X", "09:00", "09:00"), "id_form-1-ends_error", "end after it starts"),
        ((None, "A", "09:00", "09:45"), "id_form-1-name_error", "Another period has this name."),
        ((None, "", "09:00", "09:45"), "id_form-1-name_error", "This field is required."),
        ((None, "X", "nine", "09:45"), "id_form-1-starts_error", "Enter a valid time."),
    ],
)
def test_school_time_tells_what_is_wrong_by_the_field(
    founder: User, sign_in: SignIn, line: tuple[Any, ...], field: str, words: str
) -> None:
    answer = sign_in(founder).post(TIME, table((None, "A", "08:00", "08:45"), line))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page.split(f'id="{field}"')[1][:200]
    assert f'value="{line[2]}"' in page
    assert not Period.objects.filter(school=founder.school).exists()


def test_school_time_refuses_a_period_of_another_school(cast: Cast, sign_in: SignIn) -> None:
    foreign = PeriodFactory(school=cast.stranger.school, name="Theirs")

    answer = sign_in(cast.coordinator).post(TIME, table((foreign, "Mine", "15:00", "15:45")))

    foreign.refresh_from_db()
    assert answer.status_code == 422
    assert (foreign.name, foreign.school) == ("Theirs", cast.stranger.school)


def test_set_periods_from_a_stale_page_is_refused(founder: User) -> None:
    line = PeriodLine(None, "A", dt.time(8), dt.time(9))
    set_periods(lines=[line], removed=[], by=founder)

    with pytest.raises(Refused, match="another window"):
        set_periods(lines=[PeriodLine(None, "B", dt.time(8), dt.time(9))], removed=[], by=founder)

    assert times_of(founder.school) == [("A", 1, "08:00", "09:00")]


def test_school_day_fill_makes_weekdays_and_keeps_what_is_there(founder: User, sign_in: SignIn) -> None:
    client = sign_in(founder)
    client.post(TIME, table((None, "A", "08:00", "08:45")))
    day_type = founder.school.day_types.get()
    sent = {"first": "2026-11-23", "last": "2026-12-06", "weekdays": [0, 1, 2, 3, 4], "day_types": [day_type.pk]}

    first = client.post(DAYS, sent, follow=True)
    again = client.post(DAYS, sent | {"last": "2026-12-07"}, follow=True)

    assert "10 school days are new." in first.content.decode()
    assert "1 school day is new." in again.content.decode()
    dates = list(founder.school.days.values_list("date", flat=True))
    assert (len(dates), dates[0], dates[-1]) == (11, dt.date(2026, 11, 23), dt.date(2026, 12, 7))


def test_school_days_before_any_period_lead_to_the_periods(founder: User, sign_in: SignIn) -> None:
    answer = sign_in(founder).get(DAYS, follow=True)

    assert answer.redirect_chain == [(TIME, 302)]
    assert "Set the periods of the day first." in answer.content.decode()
    assert not DayType.objects.filter(school=founder.school).exists()


def test_school_day_close_refuses_more_than_any_holidays(cast: Cast, sign_in: SignIn) -> None:
    count = cast.school.days.count()

    answer = sign_in(cast.coordinator).post(
        reverse("school_day_close"), {"first": "2026-12-03", "last": "2027-06-30", "is_understood": "on"}
    )

    assert answer.status_code == 422
    assert "This is more than 100 days." in answer.content.decode()
    assert cast.school.days.count() == count


def test_school_day_close_takes_out_a_day_or_a_stretch_and_shows_it(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)

    one = client.post(reverse("school_day_close"), {"first": "2026-12-03", "last": ""}, follow=True)
    more = client.post(reverse("school_day_close"), {"first": "2026-12-21", "last": "2027-01-01"}, follow=True)

    assert "1 school day was taken out." in one.content.decode()
    assert "Thursday 3 December" in one.content.decode()
    assert "10 school days were taken out." in more.content.decode()
    assert not cast.school.days.filter(date=dt.date(2026, 12, 25)).exists()
    assert cast.school.days.filter(date=dt.date(2026, 12, 4)).exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last": "2026-11-01"}, "can&#x27;t be before the first"),
        ({"last": "2028-11-01"}, "more than a year"),
        ({"weekdays": []}, "This field is required."),
        ({"weekdays": [9]}, "not one of the available choices"),
        ({"day_types": "foreign"}, "not one of the available choices"),
    ],
)
def test_school_day_fill_with_a_bad_form_writes_nothing(
    cast: Cast, sign_in: SignIn, changes: dict[str, Any], words: str
) -> None:
    sent = {"first": "2027-03-01", "last": "2027-03-05", "weekdays": [0], "day_types": cast.day_type.pk, **changes}
    if sent["day_types"] == "foreign":
        sent["day_types"] = DayTypeFactory(school=cast.stranger.school).pk
    before = cast.school.days.count()

    answer = sign_in(cast.coordinator).post(DAYS, sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert cast.school.days.count() == before


@pytest.mark.parametrize("who", ["teacher", "mentor"])
@pytest.mark.parametrize("url", [TIME, DAYS, ROOMS, SETTINGS, "/school/rooms/new/", "/school/days/close/"])
def test_school_pages_are_closed_to_other_roles(cast: Cast, sign_in: SignIn, who: str, url: str) -> None:
    client = sign_in(getattr(cast, who))
    before = (times_of(cast.school), cast.school.days.count(), Room.objects.count())

    answers = [client.post(url, {"name": "X", "first": "2026-12-03"})]
    if "close" not in url:
        answers.append(client.get(url))

    assert {answer.status_code for answer in answers} <= {403, 405}
    assert all("4. period" not in answer.content.decode() for answer in answers)
    assert (times_of(cast.school), cast.school.days.count(), Room.objects.count()) == before


def test_services_of_school_time_refuse_other_roles(cast: Cast) -> None:
    day = dt.date(2026, 12, 3)

    for act in (
        lambda: set_periods(lines=[], removed=cast.periods, by=cast.teacher),
        lambda: fill_school_days(first=day, last=day, weekdays=[3], day_types=[cast.day_type], by=cast.teacher),
        lambda: remove_school_days(first=day, last=day, by=cast.teacher),
        lambda: change_reminders(leads=[60, 30], by=cast.teacher, now=NOW),
        lambda: fill_school_days(
            first=day, last=day, weekdays=[3], day_types=[cast.day_type], by=cast.stranger_coordinator
        ),
    ):
        with pytest.raises(Refused):
            act()

    assert cast.school.days.filter(date=day).exists()
    assert len(times_of(cast.school)) == 4
