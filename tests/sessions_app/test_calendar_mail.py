"""The calendar files in mails: each speaks of one event, as RFC 5546 asks, so that every calendar program reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email.message import Message as Letter

import pytest
from django.core import mail as mailbox

from accounts.models import Message, SchoolDay
from accounts.services.delivery import deliver_due
from sessions_app.models import Booking, PlaygroundSession, Series
from sessions_app.reports.series import MOST_DATES
from sessions_app.services import cancel_booking, cancel_playground, cancel_series, move_booking, replace_mentor
from tests.cast import NOW, Cast
from tests.invitations import Invitation, assert_rising, invitations_in, text_of
from tests.sessions_app.series import FIRST

Book = Callable[..., Booking]
Repeat = Callable[..., Series]
Schedule = Callable[..., PlaygroundSession]
TEACHER = "mailto:ortiz@example.org"


@pytest.fixture(autouse=True)
def addresses(cast: Cast) -> None:
    """Both of a booking have an address, so that both are mailed."""
    for person, address in ((cast.teacher, "ortiz@example.org"), (cast.mentor, "maya@example.org")):
        person.email = address
        person.save()


def sent(*, now: dt.datetime = NOW, to: str = "ortiz@example.org") -> list[Letter]:
    """What leaves now, to this address."""
    mailbox.outbox.clear()
    deliver_due(now=lambda: now)
    return [letter.message() for letter in mailbox.outbox if letter.to == [to]]


def only(letter: Letter) -> Invitation:
    (one,) = invitations_in(letter)
    return one


def test_made_moved_and_cancelled_speak_of_one_event_with_rising_numbers(cast: Cast, book: Book) -> None:
    booking = book()
    letters = sent()
    booking = move_booking(booking, by=cast.teacher, day=cast.thursday, period=cast.periods[1], room=cast.room, now=NOW)
    letters += sent()
    cancel_booking(booking, by=cast.teacher, reason="", now=NOW)
    letters += sent()

    assert_rising(letters)
    read = [only(letter) for letter in letters]
    assert [one.method for one in read] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {(one.uid, one.attendee) for one in read} == {(read[0].uid, TEACHER)}
    assert read[1].starts_at == booking.starts_at != read[0].starts_at


def test_one_event_is_another_way_to_read_the_mail_and_a_file_to_save(book: Book) -> None:
    book()

    (letter,) = sent()

    assert letter.get_content_type() == "multipart/mixed"
    ways, file = letter.get_payload()  # type: ignore[misc]
    assert [part.get_content_type() for part in ways.get_payload()] == ["text/plain", "text/html", "text/calendar"]  # type: ignore[union-attr]
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "flipside.ics")  # type: ignore[union-attr]
    assert text_of(file).splitlines() == only(letter).text.splitlines()  # type: ignore[arg-type]


def test_each_date_of_a_new_series_is_a_file_of_its_own(booking: Booking, repeat: Repeat) -> None:
    sent()
    series = repeat(booking)

    (letter,) = sent()

    read = invitations_in(letter)
    assert [one.starts_at for one in read] == [row.starts_at for row in series.bookings.order_by("starts_at")]
    assert len({one.uid for one in read}) == len(read) == 6
    assert {(one.method, one.sequence, one.attendee) for one in read} == {("REQUEST", 0, TEACHER)}
    names = [part.get_filename() for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert names == [f"flipside-{number}.ics" for number in range(1, 7)]


def test_each_date_of_a_cancelled_series_ends_the_event_that_was_mailed(
    cast: Cast, booking: Booking, repeat: Repeat
) -> None:
    sent()
    repeat(booking)
    (made,) = sent()

    cancel_series(booking, by=cast.teacher, reason="", now=NOW)
    (cancelled,) = sent()

    before, after = invitations_in(made), invitations_in(cancelled)
    assert [one.uid for one in after] == [one.uid for one in before]
    assert {(one.method, one.sequence) for one in after} == {("CANCEL", 1)}


def test_who_is_replaced_loses_the_event_and_who_steps_in_gets_it(cast: Cast, book: Book) -> None:
    booking = book()
    (made,) = sent(to="maya@example.org")
    cast.other_mentor.email = "noah@example.org"
    cast.other_mentor.save()

    replace_mentor(booking, by=cast.coordinator, mentor=cast.other_mentor, now=NOW)
    mailbox.outbox.clear()
    deliver_due(now=lambda: NOW)
    letters = {letter.to[0]: letter.message() for letter in mailbox.outbox}

    assert_rising([made, letters["maya@example.org"]])
    assert only(letters["maya@example.org"]).method == "CANCEL"
    assert only(letters["noah@example.org"]).method == "REQUEST"
    assert {only(letter).uid for letter in letters.values()} == {only(made).uid}


def test_reminder_says_the_event_of_the_booking_and_no_topic(cast: Cast, book: Book) -> None:
    booking = book()
    sent()

    (letter,) = sent(now=booking.starts_at - dt.timedelta(hours=24))

    one = only(letter)
    assert (one.method, one.sequence, one.starts_at) == ("REQUEST", 0, booking.starts_at)
    for word in (cast.mentor.given_name, cast.mentor.family_name, cast.tool.name, "Persuasive"):
        assert word not in one.text


def test_cancelled_playground_is_taken_out(cast: Cast, schedule: Schedule) -> None:
    playground = schedule()
    (letter,) = sent(to="maya@example.org", now=playground.starts_at - dt.timedelta(hours=24))

    cancel_playground(playground, by=cast.coordinator, now=playground.starts_at - dt.timedelta(hours=20))
    (ended,) = sent(to="maya@example.org", now=playground.starts_at - dt.timedelta(hours=20))

    assert_rising([letter, ended])
    assert (only(ended).method, only(ended).uid) == ("CANCEL", only(letter).uid)


def test_somebody_without_an_address_has_no_calendar_file(cast: Cast, book: Book) -> None:
    cast.mentor.email = None
    cast.mentor.save()

    book(mentor=cast.mentor)

    with_file = Message.objects.filter(kind="booking_made").exclude(calendar_file="")
    assert [row.user for row in with_file] == [cast.teacher]


def test_the_longest_series_makes_a_mail_that_servers_take(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    """Exchange takes 250 parts; 10 MB is the least that servers commonly take."""
    days = [FIRST + dt.timedelta(days=number) for number in range(1, 300)]
    kinds = SchoolDay.objects.filter(school=cast.school)
    known = set(kinds.values_list("date", flat=True))
    SchoolDay.objects.bulk_create(
        SchoolDay(school=cast.school, date=day, day_type=cast.day_type) for day in days if day not in known
    )
    program = cast.program
    program.ends_on = FIRST + dt.timedelta(days=300)
    program.save()
    sent()

    series = repeat(
        booking,
        by=cast.coordinator,
        until=FIRST + dt.timedelta(days=MOST_DATES),
        weekdays=range(7),
        override_reason="Agreed",
    )
    (letter,) = sent()

    assert len(invitations_in(letter)) == series.bookings.count() == MOST_DATES + 1
    assert len(list(letter.walk())) < 200
    assert len(letter.as_bytes()) < 500_000
