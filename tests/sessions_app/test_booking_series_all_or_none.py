"""A booking that repeats is booked all or none, once, and by who may."""

import datetime as dt
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.models import SchoolDay
from accounts.services import Refused
from sessions_app.models import Booking, Hold, Series
from sessions_app.services import (
    DatesTaken,
    cancel_booking,
    look_at_dates,
)
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import counts
from tests.sessions_app.series import FIRST, LAST, WEEK, thursdays

Book = Callable[..., Booking]
Repeat = Callable[..., Series]


def test_same_request_key_makes_one_series(booking: Booking, repeat: Repeat) -> None:
    key = uuid.uuid4()

    first, second = repeat(booking, request_key=key), repeat(booking, request_key=key)

    assert first == second
    assert Booking.objects.count() == 6


@pytest.mark.parametrize(
    ("differences", "reason"),
    [
        ({"by": "other_teacher"}, "not your booking"),
        ({"by": "stranger_coordinator"}, "not your booking"),
        ({"by": "mentor"}, "for yourself only"),
        ({"revision": 1}, "changed meanwhile"),
        ({"left_out": thursdays(5)}, "No date is left"),
        ({"until": FIRST}, "No date is left"),
        ({"until": FIRST + dt.timedelta(days=400), "weekdays": range(7)}, "more than 150 dates"),
    ],
)
def test_repeating_is_refused(
    cast: Cast, booking: Booking, repeat: Repeat, differences: dict[str, Any], reason: str
) -> None:
    before = counts()
    if "by" in differences:
        differences = differences | {"by": getattr(cast, differences["by"])}

    with pytest.raises(Refused, match=reason):
        repeat(booking, **differences)

    assert counts() == before
    assert not Series.objects.exists()


def test_repeating_a_second_time_or_with_the_key_of_another_series_is_refused(
    cast: Cast, booking: Booking, book: Book, repeat: Repeat
) -> None:
    series = repeat(booking)
    other = book(teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room)
    before = counts()

    with pytest.raises(Refused, match="part of a series already"):
        repeat(booking)
    with pytest.raises(Refused, match="not your series"):
        repeat(other, by=cast.other_teacher, request_key=series.request_key)

    assert counts() == before


def test_a_cancelled_booking_is_not_repeated(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    cancel_booking(booking, by=cast.teacher, reason="", now=NOW)

    with pytest.raises(Refused, match="cancelled already"):
        repeat(booking)


@pytest.mark.parametrize("count", [1, 20])
def test_looking_and_booking_cost_the_same_for_1_and_20_dates(
    cast: Cast, booking: Booking, repeat: Repeat, count: int, django_assert_num_queries: Any
) -> None:
    days = [FIRST + number * WEEK for number in range(30)]
    SchoolDay.objects.bulk_create(
        [SchoolDay(school=cast.school, date=day, day_type=cast.day_type) for day in days], ignore_conflicts=True
    )
    booking = Booking.objects.with_people().select_related("program__school__booking_rules").get()

    with django_assert_num_queries(3):
        look_at_dates(booking, days[1 : count + 1], by=cast.teacher, now=NOW)
    with django_assert_num_queries(19):
        repeat(booking, until=days[count])

    assert Booking.objects.count() == count + 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_series(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    key = uuid.uuid4()

    def click(_number: int) -> int:
        try:
            return repeat(booking, request_key=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(click, range(4)))

    assert len(made) == 1
    assert Booking.objects.count() == 6
    assert Hold.objects.count() == 18


@pytest.mark.django_db(transaction=True)
def test_two_series_for_the_same_mentor_at_once_are_never_mixed(cast: Cast, book: Book, repeat: Repeat) -> None:
    first = book()
    second = book(
        teacher=cast.other_teacher, room=cast.other_room, day=FIRST + dt.timedelta(days=1), period=cast.periods[3]
    )

    def click(booking: Booking) -> bool:
        try:
            repeat(booking, by=booking.teacher, weekdays=[3, 4], until=LAST)
        except DatesTaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(click, [first, second]))

    assert sum(won) == 1
    assert Series.objects.count() == 1
    assert Booking.objects.filter(series=None).count() == 1
