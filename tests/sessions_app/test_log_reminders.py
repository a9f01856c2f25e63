"""Reminding mentors of help that is not logged: a day after, once more, and not a moment longer than it is true."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import mail
from accounts.models import Message
from accounts.services import delivery
from sessions_app.models import Booking
from sessions_app.services import cancel_booking
from sessions_app.services.help_log import log_help
from sessions_app.services.log_reminders import remind_of_logs
from tests import factories
from tests.cast import NOW, Cast

Book = Callable[..., Booking]
DAY = dt.timedelta(days=1)


@pytest.fixture
def booking(cast: Cast, book: Book) -> Booking:
    """Thursday 3 December, 4th period."""
    return book()


def over(booking: Booking) -> dt.datetime:
    return booking.ends_at + dt.timedelta(minutes=5)


def reminders() -> Any:
    return Message.objects.filter(kind="log_missing").order_by("due_at")


def log(booking: Booking, cast: Cast) -> None:
    log_help(
        booking, by=cast.mentor, minutes=25, tools=[cast.tool], done=["showed"], outcome="solved", trouble=[], note="",
        now=over(booking),
    )  # fmt: skip


def test_missing_log_is_asked_for_a_day_after_and_once_more(cast: Cast, booking: Booking) -> None:
    assert remind_of_logs(now=over(booking)) == 1

    assert [(row.user, row.due_at) for row in reminders()] == [
        (cast.mentor, booking.ends_at + DAY),
        (cast.mentor, booking.ends_at + 5 * DAY),
    ]
    first = reminders().select_related("school", "user")[0]
    assert mail.render_subject(first) == "How did it go with Ms Ortiz on Thursday 3 December?"
    assert first.context["path"] == f"/bookings/{booking.pk}/log/"


def test_scan_again_writes_nothing_more(booking: Booking) -> None:
    remind_of_logs(now=over(booking))

    assert remind_of_logs(now=over(booking) + DAY / 2) == 0
    assert reminders().count() == 2


def test_scan_that_comes_late_asks_only_once_more(booking: Booking) -> None:
    remind_of_logs(now=booking.ends_at + 2 * DAY)

    assert [row.due_at for row in reminders()] == [booking.ends_at + 5 * DAY]


@pytest.mark.parametrize("days", [-1, 6])
def test_nobody_is_asked_before_the_end_or_long_after(booking: Booking, days: int) -> None:
    assert remind_of_logs(now=booking.ends_at + days * DAY) == 0
    assert not reminders().exists()


def test_log_that_is_written_withdraws_what_waits_and_what_stands_on_the_home_page(
    cast: Cast, booking: Booking
) -> None:
    remind_of_logs(now=over(booking))
    delivery.deliver_due(now=lambda: booking.ends_at + DAY)  # Maya has no address
    at_home = Message.objects.on_home_page_of(cast.mentor, booking.ends_at + DAY).filter(kind="log_missing")
    assert at_home.count() == 1

    log(booking, cast)

    assert not at_home.exists()
    assert set(reminders().values_list("state", flat=True)) == {"cancelled"}
    assert remind_of_logs(now=over(booking) + DAY) == 0


def test_logged_cancelled_and_closed_ones_are_not_asked_for(cast: Cast, book: Book, booking: Booking) -> None:
    log(booking, cast)
    cancelled = book(mentor=cast.other_mentor, teacher=cast.other_teacher, room=cast.other_room)
    cancel_booking(cancelled, by=cast.other_teacher, reason="", now=NOW)
    other = factories.ProgramFactory(school=cast.school, closed_on=cast.thursday)
    factories.BookingFactory(program=other, teacher=cast.teacher, mentor=cast.other_mentor)
    left = factories.StudentFactory(school=cast.school, is_active=False)
    factories.BookingFactory(program=cast.program, teacher=cast.teacher, mentor=left)

    assert remind_of_logs(now=over(booking)) == 0


def test_quiet_hours_put_it_off_to_the_morning(cast: Cast, booking: Booking) -> None:
    cast.school.quiet_from, cast.school.quiet_until = dt.time(11), dt.time(13)
    cast.school.save()

    remind_of_logs(now=over(booking))

    first = reminders()[0]
    assert first.due_at.astimezone(cast.school.zone).time() == dt.time(13)


@pytest.mark.parametrize("count", [1, 30])
def test_scan_costs_the_same_for_1_and_30_bookings(cast: Cast, count: int) -> None:
    for _number in range(count):
        factories.BookingFactory(program=cast.program, teacher=cast.teacher, mentor=cast.mentor)

    now = cast.span()[1]
    with CaptureQueriesContext(connection) as queries:
        assert remind_of_logs(now=now) == count

    ours = [query for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(ours) == 6  # the schools; of ours: lock, bookings, messages; of the other: lock, bookings
