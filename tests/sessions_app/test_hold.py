"""The database's own guard: nobody and no room twice, whatever code runs."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from sessions_app.models import Booking, Hold
from tests import factories
from tests.cast import Cast


@pytest.fixture
def booking(cast: Cast) -> Booking:
    return factories.BookingFactory(
        program=cast.program, teacher=cast.teacher, mentor=cast.mentor, room=cast.room, tool=cast.tool
    )


def moments(start: int, end: int) -> tuple[dt.datetime, dt.datetime]:
    """A range of minutes after noon (UTC) on the cast's Thursday."""
    noon = dt.datetime(2026, 12, 3, 12, tzinfo=dt.UTC)
    return noon + dt.timedelta(minutes=start), noon + dt.timedelta(minutes=end)


@pytest.mark.parametrize("second", [(0, 45), (-10, 5), (44, 60), (10, 20), (-5, 50)])
def test_overlapping_holds_of_one_person_are_impossible(cast: Cast, booking: Booking, second: tuple[int, int]) -> None:
    Hold.objects.create(person=cast.teacher, booking=booking, during=moments(0, 45))

    with pytest.raises(IntegrityError, match="sessions_hold_person_once"), transaction.atomic():
        Hold.objects.create(person=cast.teacher, booking=booking, during=moments(*second))


def test_overlapping_holds_of_one_room_are_impossible(cast: Cast, booking: Booking) -> None:
    Hold.objects.create(room=cast.room, booking=booking, during=moments(0, 45))

    with pytest.raises(IntegrityError, match="sessions_hold_room_once"), transaction.atomic():
        Hold.objects.create(room=cast.room, booking=booking, during=moments(30, 60))


def test_holds_that_touch_do_not_overlap(cast: Cast, booking: Booking) -> None:
    Hold.objects.create(person=cast.teacher, booking=booking, during=moments(0, 45))

    Hold.objects.create(person=cast.teacher, booking=booking, during=moments(45, 90))

    assert Hold.objects.count() == 2


def test_a_person_and_a_room_of_the_same_number_do_not_meet(cast: Cast, booking: Booking) -> None:
    room = factories.RoomFactory(school=cast.school, pk=cast.teacher.pk)
    Hold.objects.create(person=cast.teacher, booking=booking, during=moments(0, 45))

    Hold.objects.create(room=room, booking=booking, during=moments(0, 45))

    assert Hold.objects.count() == 2


def test_hold_of_nobody_is_impossible(cast: Cast, booking: Booking) -> None:
    with pytest.raises(IntegrityError, match="sessions_hold_person_or_room"), transaction.atomic():
        Hold.objects.create(booking=booking, during=moments(0, 45))


def test_hold_of_a_person_and_a_room_at_once_is_impossible(cast: Cast, booking: Booking) -> None:
    with pytest.raises(IntegrityError, match="sessions_hold_person_or_room"), transaction.atomic():
        Hold.objects.create(person=cast.teacher, room=cast.room, booking=booking, during=moments(0, 45))


def test_hold_without_a_cause_is_impossible(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="sessions_hold_one_cause"), transaction.atomic():
        Hold.objects.create(person=cast.teacher, during=moments(0, 45))


@pytest.mark.parametrize("during", [(None, moments(0, 1)[1]), (moments(0, 1)[0], None), (moments(0, 1)[0],) * 2])
def test_hold_of_no_or_endless_time_is_impossible(
    cast: Cast, booking: Booking, during: tuple[dt.datetime | None, dt.datetime | None]
) -> None:
    with pytest.raises(IntegrityError, match="sessions_hold_half_open"), transaction.atomic():
        Hold.objects.create(person=cast.teacher, booking=booking, during=during)


def test_form_validation_lets_a_free_person_through(cast: Cast, booking: Booking) -> None:
    Hold.objects.create(person=cast.other_teacher, booking=booking, during=moments(0, 45))

    Hold(person=cast.teacher, booking=booking, during=moments(0, 45)).full_clean()


def test_minutes_of_core_classes_stand_only_where_one_is_missed(cast: Cast, booking: Booking) -> None:
    with pytest.raises(IntegrityError, match="sessions_hold_minutes_of_core"), transaction.atomic():
        Hold.objects.create(person=cast.teacher, booking=booking, during=moments(0, 45), missed_minutes=20)


@pytest.mark.parametrize(
    ("misses", "classes", "periods"), [("", [None], [1]), ("core", [1], []), ("core", [], [1]), ("core", [1, 2], [1])]
)
def test_other_classes_are_missed_only_with_one_and_each_has_a_period(
    cast: Cast, booking: Booking, misses: str, classes: list[int | None], periods: list[int]
) -> None:
    period = cast.periods[0] if misses else None
    also = {"also_missed_classes": classes, "also_missed_periods": periods}

    with pytest.raises(IntegrityError, match="sessions_hold_also_misses_pairs"), transaction.atomic():
        Hold.objects.create(
            person=cast.teacher, booking=booking, during=moments(0, 45), misses=misses, missed_period=period, **also
        )


@pytest.mark.parametrize("missed", [{"misses": "core"}, {"misses": "", "in_period": True}])
def test_hold_that_misses_something_names_the_period_and_no_other_does(
    cast: Cast, booking: Booking, missed: dict[str, object]
) -> None:
    period = cast.periods[0] if missed.pop("in_period", False) else None
    start, end = cast.span(1)

    with pytest.raises(IntegrityError, match="sessions_hold_misses_a_period"), transaction.atomic():
        Hold.objects.create(person=cast.mentor, booking=booking, during=(start, end), missed_period=period, **missed)
