"""A change of bells or days where something is booked: listed before, listed after, and never moved by itself."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from accounts.models import DayType, Message, User
from accounts.services import Refused
from accounts.services.bells import save_bell_schedule, set_bell_times
from accounts.services.school_days import remove_school_days, set_school_days
from sessions_app.models import Booking, Hold, KeptTime, PlaygroundSession
from sessions_app.reports.school_time import misfits
from sessions_app.services import schedule_playground
from sessions_app.services.school_time import (
    cancel_misfit,
    change_school_time,
    keep_as_it_is,
    move_to_bells,
)
from tests.cast import NOW, PERIODS, Cast
from tests.sessions_app.bells import LATER, abouts, bells_with, fourth_of, ring


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def playground(cast: Cast) -> PlaygroundSession:
    """In the library, on Thursday, 4th period, with Leo on duty."""
    return schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[cast.tool], room=cast.library, places=12,
        adult_in_charge=cast.coordinator, mentors=[cast.other_mentor], day=cast.thursday, period=cast.periods[3],
        now=NOW,
    )  # fmt: skip


def only(cast: Cast) -> Any:
    (misfit,) = misfits(cast.school, now=NOW)
    return misfit


def test_bells_with_bookings_are_changed_only_by_who_has_read_what_fits_no_longer(
    cast: Cast, booking: Booking, playground: PlaygroundSession
) -> None:
    holds, messages = list(Hold.objects.values()), list(Message.objects.values())

    first = ring(cast, is_understood=False)
    assert not first.is_made
    assert [misfit.about for misfit in first.misfits] == [booking.about, playground.about]
    assert fourth_of(cast) == PERIODS[3]

    second = ring(cast)
    assert second.is_made
    assert fourth_of(cast) == LATER
    assert abouts(cast) == [booking.about, playground.about]
    assert (list(Hold.objects.values()), list(Message.objects.values())) == (holds, messages)


def test_change_that_touches_nothing_booked_is_made_at_once(cast: Cast, booking: Booking) -> None:
    times = bells_with(cast, PERIODS[3]) | {cast.periods[0].pk: (dt.time(7, 50), dt.time(8, 40))}

    attempt = change_school_time(
        lambda: set_bell_times(cast.bell_schedule, cast.day_type, times, by=cast.coordinator),
        is_understood=False, by=cast.coordinator, now=NOW,
    )  # fmt: skip

    assert attempt.is_made
    assert attempt.misfits == []
    assert abouts(cast) == []


def test_what_fitted_no_longer_before_is_not_asked_about_again(cast: Cast, booking: Booking) -> None:
    ring(cast)
    saturday = cast.thursday + dt.timedelta(days=2)

    attempt = change_school_time(
        lambda: set_school_days({saturday: cast.day_type}, by=cast.coordinator),
        is_understood=False, by=cast.coordinator, now=NOW,
    )  # fmt: skip

    assert attempt.is_made
    assert abouts(cast) == [booking.about]


def test_what_is_over_or_cancelled_or_of_another_school_does_not_count(cast: Cast, booking: Booking) -> None:
    ring(cast)
    assert abouts(cast) == [booking.about]

    assert misfits(cast.school, now=booking.ends_at) == []
    assert misfits(cast.stranger.school, now=NOW) == []
    cancel_misfit(only(cast), by=cast.coordinator, now=NOW)
    assert abouts(cast) == []


def test_a_day_of_another_kind_or_without_school_is_a_conflict(cast: Cast, booking: Booking) -> None:
    other = DayType.objects.create(school=cast.school, name="Early release")
    set_school_days({cast.thursday: other}, by=cast.coordinator)
    assert only(cast).by_bells is None
    assert only(cast).has_school

    remove_school_days(first=cast.thursday, last=cast.thursday, by=cast.coordinator)
    assert not only(cast).has_school

    set_school_days({cast.thursday: cast.day_type}, by=cast.coordinator)
    assert abouts(cast) == []


def test_a_clock_time_fits_on_each_day_with_school(cast: Cast, booking: Booking) -> None:
    Booking.objects.update(period=None)
    ring(cast)
    assert abouts(cast) == []

    remove_school_days(first=cast.thursday, last=cast.thursday, by=cast.coordinator)
    assert abouts(cast) == [booking.about]


def test_bells_of_a_grade_touch_only_its_mentors(cast: Cast, book: Callable[..., Booking]) -> None:
    User.objects.filter(pk=cast.mentor.pk).update(grade="6")
    cast.mentor.refresh_from_db()
    of_sixth = book()
    book(teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room)
    bells = save_bell_schedule(None, name="Late lunch", grades=["6"], by=cast.coordinator)
    assert abouts(cast) == []

    set_bell_times(bells, cast.day_type, bells_with(cast, LATER), by=cast.coordinator)

    assert abouts(cast) == [of_sixth.about]


def test_move_to_bells_takes_the_new_time_and_tells_both(cast: Cast, booking: Booking) -> None:
    ring(cast)

    move_to_bells(only(cast), by=cast.coordinator, now=NOW)

    booking.refresh_from_db()
    start = dt.datetime(2026, 12, 3, 16, 50, tzinfo=dt.UTC)
    assert (booking.starts_at, booking.ends_at, booking.revision) == (start, start + dt.timedelta(minutes=45), 1)
    assert {hold.during.lower for hold in Hold.objects.filter(booking=booking)} == {start}
    told = Message.objects.waiting().filter(about=booking.about, kind="booking_moved", revision=1)
    assert {message.user for message in told} == {cast.teacher, cast.mentor}
    assert abouts(cast) == []


def test_move_to_bells_that_only_end_later_moves_the_end(cast: Cast, booking: Booking) -> None:
    ring(cast, (dt.time(10, 40), dt.time(11, 30)))

    move_to_bells(only(cast), by=cast.coordinator, now=NOW)

    booking.refresh_from_db()
    assert booking.minutes == 50
    assert abouts(cast) == []


def test_move_to_bells_moves_a_playground_with_all_it_has(cast: Cast, playground: PlaygroundSession) -> None:
    ring(cast)

    move_to_bells(only(cast), by=cast.coordinator, now=NOW)

    playground.refresh_from_db()
    assert playground.starts_at == dt.datetime(2026, 12, 3, 16, 50, tzinfo=dt.UTC)
    assert playground.revision == 1
    assert [duty.person for duty in playground.duties.all()] == [cast.other_mentor]
    assert Hold.objects.filter(playground=playground, during__startswith=playground.starts_at).count() == 2
    assert abouts(cast) == []


def test_move_to_bells_without_a_period_on_that_day_is_refused(cast: Cast, booking: Booking) -> None:
    ring(cast, None)

    with pytest.raises(Refused, match="not held on that day"):
        move_to_bells(only(cast), by=cast.coordinator, now=NOW)

    assert abouts(cast) == [booking.about]


def test_kept_meeting_is_no_conflict_until_the_bells_change_once_more(cast: Cast, booking: Booking) -> None:
    ring(cast)
    keep_as_it_is(only(cast), by=cast.coordinator, now=NOW)
    assert abouts(cast) == []
    assert KeptTime.objects.get().kept_by == cast.coordinator

    again = ring(cast, (dt.time(11), dt.time(11, 45)), is_understood=False)
    assert [misfit.about for misfit in again.misfits] == [booking.about]

    ring(cast, (dt.time(11), dt.time(11, 45)))
    keep_as_it_is(only(cast), by=cast.coordinator, now=NOW)
    assert abouts(cast) == []
    assert KeptTime.objects.count() == 1
    assert not Message.objects.filter(about=booking.about, revision__gt=0).exists()


def test_kept_playground_on_a_day_off_is_no_conflict(cast: Cast, playground: PlaygroundSession) -> None:
    remove_school_days(first=cast.thursday, last=cast.thursday, by=cast.coordinator)

    keep_as_it_is(only(cast), by=cast.coordinator, now=NOW)

    assert abouts(cast) == []


def test_cancelled_conflict_tells_everybody(cast: Cast, booking: Booking, playground: PlaygroundSession) -> None:
    ring(cast)

    for misfit in misfits(cast.school, now=NOW):
        cancel_misfit(misfit, by=cast.coordinator, now=NOW)

    assert abouts(cast) == []
    assert not Hold.objects.exists()
    kinds = set(Message.objects.waiting().values_list("kind", flat=True))
    assert {"booking_cancelled", "playground_cancelled"} <= kinds


def test_conflicts_are_resolved_by_the_schools_coordinator_alone(cast: Cast, booking: Booking) -> None:
    ring(cast)
    misfit = only(cast)

    for by in (cast.admin, cast.teacher, cast.mentor, cast.stranger_coordinator):
        for act in (move_to_bells, keep_as_it_is, cancel_misfit):
            with pytest.raises(Refused):
                act(misfit, by=by, now=NOW)
    with pytest.raises(Refused):
        ring(cast, PERIODS[3], by=cast.teacher)

    assert abouts(cast) == [booking.about]
