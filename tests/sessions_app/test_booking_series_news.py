"""What becomes of a series of bookings, and who is told: one mail with a file of each date, ended from one date on."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as mailbox

from accounts.models import Message
from accounts.services import Refused
from accounts.services.delivery import deliver_due
from sessions_app.models import Booking, Hold, Series
from sessions_app.personal_data import erase
from sessions_app.services import (
    cancel_booking,
    cancel_series,
    move_booking,
    raise_concern,
)
from tests.cast import NOW, Cast
from tests.invitations import invitations_in
from tests.sessions_app.conftest import counts
from tests.sessions_app.series import FIRST, WEEK, dates_of

Book = Callable[..., Booking]
Repeat = Callable[..., Series]


def test_news_come_once_a_person_with_a_calendar_file_of_each_date(
    cast: Cast, booking: Booking, repeat: Repeat
) -> None:
    deliver_due(now=lambda: NOW)
    mailbox.outbox.clear()

    series = repeat(booking)
    deliver_due(now=lambda: NOW)

    news = Message.objects.filter(kind="booking_series_made")
    assert {(row.user, row.about, row.channel) for row in news} == {
        (cast.teacher, series.about, "mail"),
        (cast.mentor, series.about, "home"),
    }
    [letter] = mailbox.outbox
    assert letter.subject == "Booked with Maya R.: 6 dates"
    assert [line for line in letter.body.splitlines() if "10:40" in line][0] == "Thursday 3 December, 10:40"
    files = invitations_in(letter.message())
    assert {one.uid: one.starts_at for one in files} == {
        f"booking-{row.pk}@{letter.message()['Message-ID'].split('@')[1].rstrip('>')}": row.starts_at
        for row in series.bookings.all()
    }
    assert not any(re.search("Maya|Ortiz|Persuasive|Reader", one.text) for one in files)


def test_each_date_has_the_usual_reminders(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    series = repeat(booking)

    for row in series.bookings.all():
        reminders = Message.objects.filter(about=row.about, kind="booking_reminder")
        assert {(one.user, one.event_at - one.due_at) for one in reminders} == {
            (person, lead)
            for person in (cast.teacher, cast.mentor)
            for lead in (dt.timedelta(days=1), dt.timedelta(hours=1))
        }
    assert Message.objects.filter(kind="booking_made").count() == 2


def test_one_date_is_moved_or_cancelled_and_the_others_stay(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    series = repeat(booking, until=FIRST + 2 * WEEK)
    first, second, third = series.bookings.order_by("starts_at")

    move_booking(
        second, by=cast.teacher, day=FIRST + dt.timedelta(days=8), period=cast.periods[1], room=cast.room, now=NOW
    )
    cancel_booking(third, by=cast.teacher, reason="", now=NOW)

    assert dates_of(series) == [FIRST, FIRST + dt.timedelta(days=8)]
    second.refresh_from_db()
    assert second.series_date == FIRST + WEEK
    assert first.holds.count() == 3


def test_cancelling_from_one_date_on_frees_them_and_tells_once(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    series = repeat(booking)
    second = series.bookings.order_by("starts_at")[1]
    deliver_due(now=lambda: NOW)
    mailbox.outbox.clear()

    ended = cancel_series(second, by=cast.teacher, reason="A new timetable", now=NOW)
    deliver_due(now=lambda: NOW)

    assert dates_of(series) == [FIRST]
    assert len(ended) == 5
    rows = series.bookings.exclude(pk=booking.pk).values_list("state", "revision", "ended_by", "end_reason")
    assert set(rows) == {("cancelled", 1, cast.teacher.pk, "A new timetable")}
    assert Hold.objects.count() == 3
    assert {row.about for row in Message.objects.waiting()} == {booking.about}
    [letter] = mailbox.outbox
    assert letter.subject == "Cancelled: Maya R., 5 dates from Thursday 10 December on"
    events = [(one.method, one.sequence, one.starts_at) for one in invitations_in(letter.message())]
    assert events == [("CANCEL", 1, row.starts_at) for row in ended]


@pytest.mark.parametrize("weeks", [1, 6])
def test_cancelling_costs_the_same_for_2_and_7_dates(
    cast: Cast, booking: Booking, repeat: Repeat, weeks: int, django_assert_num_queries: Any
) -> None:
    series = repeat(booking, until=FIRST + weeks * WEEK)

    with django_assert_num_queries(16):
        cancel_series(booking, by=cast.coordinator, reason="", now=NOW)

    assert dates_of(series) == []


def test_a_series_cancelled_as_a_whole_is_not_told_as_booked_any_more(
    cast: Cast, booking: Booking, repeat: Repeat
) -> None:
    series = repeat(booking)

    cancel_series(booking, by=cast.coordinator, reason="", now=NOW)

    assert set(Message.objects.filter(about=series.about).values_list("state", flat=True)) == {"cancelled"}
    waiting = Message.objects.waiting().values_list("kind", "user")
    assert sorted(waiting) == sorted(("booking_series_cancelled", person.pk) for person in (cast.teacher, cast.mentor))


def test_cancelling_twice_or_what_was_cancelled_is_refused(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    series = repeat(booking)
    third = series.bookings.order_by("starts_at")[2]
    cancel_series(third, by=cast.teacher, reason="", now=NOW)
    before = counts()

    with pytest.raises(Refused, match="cancelled already"):
        cancel_series(third, by=cast.teacher, reason="", now=NOW)

    assert counts() == before
    assert len(cancel_series(booking, by=cast.teacher, reason="", now=NOW)) == 2


@pytest.mark.parametrize("who", ["mentor", "other_teacher", "stranger_coordinator", "admin"])
def test_cancelling_is_for_the_teacher_and_the_coordinator(
    cast: Cast, booking: Booking, repeat: Repeat, who: str
) -> None:
    repeat(booking)
    before = counts()

    with pytest.raises(Refused, match="not your booking"):
        cancel_series(booking, by=getattr(cast, who), reason="", now=NOW)

    assert counts() == before


def test_cancelling_shortly_before_the_first_is_for_the_coordinator(
    cast: Cast, booking: Booking, repeat: Repeat
) -> None:
    series = repeat(booking)
    late = booking.starts_at - dt.timedelta(minutes=10)

    with pytest.raises(Refused, match="begins in less than"):
        cancel_series(booking, by=cast.teacher, reason="", now=late)
    assert len(dates_of(series)) == 6
    cancel_series(booking, by=cast.coordinator, reason="", now=late)

    assert dates_of(series) == []


def test_booking_without_a_series_has_no_dates_to_cancel(cast: Cast, booking: Booking) -> None:
    with pytest.raises(Refused, match="cancelled already"):
        cancel_series(booking, by=cast.teacher, reason="", now=NOW)

    assert Booking.objects.standing().count() == 1


def test_a_call_for_help_ends_all_dates(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    series = repeat(booking)

    raise_concern(by=cast.mentor, about=cast.teacher, text="", now=NOW)

    assert dates_of(series) == []
    assert not Hold.objects.exists()


def test_erasing_one_of_the_two_empties_what_the_other_was_told_of_the_series(
    cast: Cast, booking: Booking, repeat: Repeat
) -> None:
    series = repeat(booking)

    erase(cast.mentor, by=cast.coordinator, now=NOW)

    told = Message.objects.get(about=series.about, user=cast.teacher)
    assert (told.context["partner"], told.context["goal"]) == ("Erased person", "")
