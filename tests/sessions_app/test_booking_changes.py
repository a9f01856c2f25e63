"""Moving, cancelling and declining a booking: the effect, each refusal, and that a refusal changed nothing."""

from collections.abc import Callable

import pytest

from accounts.models import Message
from accounts.services import Refused
from sessions_app.models import Booking, Hold
from sessions_app.services import TimeTaken, cancel_booking, decline_booking, move_booking
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import counts, friday

Book = Callable[..., Booking]


def test_move_frees_the_old_time_and_holds_the_new(cast: Cast, book: Book) -> None:
    booking = book()

    moved = move_booking(
        booking, by=cast.teacher, day=friday(cast), period=cast.periods[0], room=cast.other_room, now=NOW
    )

    assert {hold.during.lower for hold in Hold.objects.all()} == {cast.span(1, friday(cast))[0]}
    assert moved.revision == 1
    assert book(teacher=cast.other_teacher, mentor=cast.other_mentor).is_standing


def test_move_moves_the_reminders(cast: Cast, book: Book) -> None:
    booking = book()

    move_booking(booking, by=cast.teacher, day=friday(cast), period=cast.periods[0], room=cast.room, now=NOW)

    old = Message.objects.filter(about=booking.about, revision=0)
    new = Message.objects.filter(about=booking.about, revision=1, kind="booking_reminder")
    assert {message.state for message in old} == {Message.State.CANCELLED}
    assert {message.event_at for message in new} == {cast.span(1, friday(cast))[0]}
    assert new.count() == 4


def test_move_to_a_taken_time_leaves_the_booking_where_it_stood(cast: Cast, book: Book) -> None:
    booking = book()
    book(teacher=cast.other_teacher, day=friday(cast), room=cast.other_room)
    before = counts()

    with pytest.raises(TimeTaken):
        move_booking(booking, by=cast.teacher, day=friday(cast), period=cast.periods[3], room=cast.room, now=NOW)

    booking.refresh_from_db()
    assert booking.starts_at == cast.span(4)[0]
    assert counts() == before


def test_move_within_its_own_time_is_possible(cast: Cast, book: Book) -> None:
    booking = book()

    moved = move_booking(
        booking, by=cast.teacher, day=cast.thursday, period=cast.periods[3], room=cast.other_room, now=NOW
    )

    assert moved.room == cast.other_room


def test_cancel_frees_the_time_and_withdraws_what_waits(cast: Cast, book: Book) -> None:
    booking = book()

    cancel_booking(booking, by=cast.teacher, reason="Ill", now=NOW)

    booking.refresh_from_db()
    assert (booking.state, booking.ended_by, booking.end_reason) == ("cancelled", cast.teacher, "Ill")
    assert Hold.objects.count() == 0
    assert set(Message.objects.waiting().values_list("kind", flat=True)) == {"booking_cancelled"}
    assert book().is_standing


def test_cancel_twice_is_refused(cast: Cast, book: Book) -> None:
    booking = book()
    cancel_booking(booking, by=cast.teacher, reason="", now=NOW)

    with pytest.raises(Refused, match="cancelled already"):
        cancel_booking(booking, by=cast.teacher, reason="", now=NOW)


def test_decline_is_one_act_without_a_reason(cast: Cast, book: Book) -> None:
    booking = book()

    decline_booking(booking, by=cast.mentor, now=NOW)

    booking.refresh_from_db()
    assert (booking.state, booking.end_reason) == ("declined", "")
    assert Hold.objects.count() == 0


def test_only_the_mentor_declines(cast: Cast, book: Book) -> None:
    booking = book()

    for other in (cast.teacher, cast.other_mentor, cast.coordinator):
        with pytest.raises(Refused):
            decline_booking(booking, by=other, now=NOW)

    booking.refresh_from_db()
    assert booking.is_standing


def test_another_teacher_can_not_cancel(cast: Cast, book: Book) -> None:
    booking = book()

    with pytest.raises(Refused, match="not your booking"):
        cancel_booking(booking, by=cast.other_teacher, reason="", now=NOW)


def test_booking_that_is_over_can_not_be_moved(cast: Cast, book: Book) -> None:
    booking = book()

    with pytest.raises(Refused, match="is over"):
        move_booking(
            booking, by=cast.teacher, day=friday(cast), period=cast.periods[0], room=cast.room, now=booking.ends_at
        )


def test_coordinator_of_another_school_can_not_move_or_cancel(cast: Cast, book: Book) -> None:
    booking, stranger = book(), cast.stranger_coordinator
    before = counts()

    with pytest.raises(Refused, match="not your booking"):
        cancel_booking(booking, by=stranger, reason="", now=NOW)
    with pytest.raises(Refused, match="not your booking"):
        move_booking(booking, by=stranger, day=friday(cast), period=cast.periods[0], room=cast.room, now=NOW)

    assert counts() == before
