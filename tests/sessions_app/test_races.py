"""Two acts on one booking at the same moment: the second one waits, and then sees what the first one wrote."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Concern, Message
from accounts.services import Refused
from mentorship.models import HelpEntry
from sessions_app.models import Booking, Hold
from sessions_app.services import (
    TimeTaken,
    cancel_booking,
    close_account,
    log_help,
    move_booking,
    raise_concern,
    replace_mentor,
    withdraw_take_part,
)
from tests import factories
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import friday

pytestmark = pytest.mark.django_db(transaction=True)
Book = Callable[..., Booking]


def one_after_the_other(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """Begin `second` while the transaction of `first` is open, so that it waits for the row and reads it changed."""
    is_done = threading.Event()

    def hold_it() -> None:
        try:
            with transaction.atomic():
                first()
                is_done.set()
                time.sleep(0.5)  # the other one arrives at the lock meanwhile
        finally:
            is_done.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold_it)
        is_done.wait(timeout=10)
        second()
        holding.result()


def test_double_click_on_a_move_moves_once_and_tells_once(cast: Cast, book: Book) -> None:
    booking = book()

    def move() -> None:
        move_booking(booking, by=cast.teacher, day=friday(cast), period=cast.periods[1], room=cast.other_room, now=NOW)

    one_after_the_other(move, move)

    booking.refresh_from_db()
    assert (booking.revision, booking.period, booking.room) == (1, cast.periods[1], cast.other_room)
    assert Message.objects.filter(kind="booking_moved").count() == 2
    assert Hold.objects.count() == 3


def test_cancelling_while_it_is_moved_cancels_it_where_it_stands_now(cast: Cast, book: Book) -> None:
    booking = book()

    one_after_the_other(
        lambda: move_booking(
            booking, by=cast.teacher, day=friday(cast), period=cast.periods[1], room=cast.other_room, now=NOW
        ),
        lambda: cancel_booking(booking, by=cast.coordinator, reason="", now=NOW),
    )

    booking.refresh_from_db()
    assert (booking.state, booking.room) == (Booking.State.CANCELLED, cast.other_room)
    assert not Hold.objects.exists()


def test_cancelling_while_somebody_steps_in_cancels_it_and_tells_who_did(cast: Cast, book: Book) -> None:
    booking = book()

    one_after_the_other(
        lambda: replace_mentor(booking, by=cast.teacher, mentor=cast.other_mentor, now=NOW),
        lambda: cancel_booking(booking, by=cast.coordinator, reason="", now=NOW),
    )

    booking.refresh_from_db()
    assert (booking.state, booking.mentor) == (Booking.State.CANCELLED, cast.other_mentor)
    assert Message.objects.filter(kind="booking_cancelled", user=cast.other_mentor).exists()
    assert not Hold.objects.exists()


def test_concern_ends_a_booking_that_is_moved_in_that_moment(cast: Cast, book: Book) -> None:
    booking = book()

    one_after_the_other(
        lambda: move_booking(
            booking, by=cast.teacher, day=friday(cast), period=cast.periods[1], room=cast.other_room, now=NOW
        ),
        lambda: raise_concern(by=cast.mentor, about=cast.teacher, text="", now=NOW),
    )

    booking.refresh_from_db()
    assert not booking.is_standing
    assert not Hold.objects.exists()


def test_double_click_on_a_log_writes_one_entry(cast: Cast, book: Book) -> None:
    booking = book()
    after = cast.span()[1]

    def log() -> None:
        log_help(
            booking, by=cast.mentor, minutes=30, tools=[cast.tool], done=[], outcome=HelpEntry.Outcome.values[0],
            trouble=[], note="", now=after,
        )  # fmt: skip

    one_after_the_other(log, log)

    booking.refresh_from_db()
    assert [booking.help_entry] == list(HelpEntry.objects.all())


def test_concern_ends_a_booking_that_is_made_in_that_moment(cast: Cast, book: Book) -> None:
    one_after_the_other(book, lambda: raise_concern(by=cast.mentor, about=cast.teacher, text="", now=NOW))

    assert not Booking.objects.get().is_standing
    assert not Hold.objects.exists()


def test_withdrawn_consent_ends_a_booking_that_is_made_in_that_moment(cast: Cast, book: Book) -> None:
    one_after_the_other(book, lambda: withdraw_take_part(cast.mentor, by=cast.coordinator, now=NOW))

    assert not Booking.objects.get().is_standing
    assert not Hold.objects.exists()


def test_booking_in_the_moment_of_a_concern_or_a_withdrawal_is_refused(cast: Cast, book: Book) -> None:
    def refused() -> None:
        with pytest.raises(Refused, match="not available"):
            book()

    one_after_the_other(lambda: raise_concern(by=cast.mentor, about=cast.teacher, text="", now=NOW), refused)
    Concern.objects.all().delete()
    one_after_the_other(lambda: withdraw_take_part(cast.mentor, by=cast.coordinator, now=NOW), refused)

    assert not Booking.objects.exists()


def test_end_of_an_account_ends_a_booking_that_is_made_in_that_moment(cast: Cast, book: Book) -> None:
    one_after_the_other(book, lambda: close_account(cast.mentor, in_charge=None, by=cast.admin, now=NOW))

    assert not Booking.objects.get().is_standing
    assert not Hold.objects.exists()


def test_booking_in_the_moment_of_the_end_of_an_account_is_refused(cast: Cast, book: Book) -> None:
    def refused() -> None:
        with pytest.raises(Refused):
            book()

    one_after_the_other(lambda: close_account(cast.mentor, in_charge=None, by=cast.admin, now=NOW), refused)

    assert not Hold.objects.exists()


def test_two_bookings_want_the_same_mentor_at_once_and_one_gets_her(cast: Cast, book: Book) -> None:
    first = book()
    start, end = cast.span(4)
    second = factories.BookingFactory(
        program=cast.program, teacher=cast.other_teacher, mentor=factories.StudentFactory(school=cast.school),
        tool=cast.tool, room=cast.other_room, period=cast.periods[3], starts_at=start, ends_at=end,
    )  # fmt: skip

    def click(booking: Booking) -> bool:
        try:
            replace_mentor(booking, by=cast.coordinator, mentor=cast.other_mentor, now=NOW)
        except TimeTaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(click, [first, second]))

    assert sorted(won) == [False, True]
    assert Booking.objects.filter(mentor=cast.other_mentor).count() == 1
    assert Hold.objects.filter(person=cast.other_mentor).count() == 1
