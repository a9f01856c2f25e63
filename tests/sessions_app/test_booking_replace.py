"""Somebody else in the place of a mentor: the booking stays, the rules hold for the new one, and three are told."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as mailbox
from django.db.models import Model

from accounts.models import BellSchedule, Consent, Message, PeriodTime, SchoolClass, TrailEntry
from accounts.services import Refused
from accounts.services.delivery import deliver_due
from config.personal_data import erase
from mentorship.models import Availability, AvailabilityException, Participant
from mentorship.models import Refusal as RatherNot
from sessions_app.models import Booking, BookingRules, Hold
from sessions_app.reports.replacement import replacements
from sessions_app.services import (
    Protected,
    cancel_booking,
    decline_booking,
    replace_mentor,
    start_meeting,
)
from tests.cast import NOW, Cast
from tests.invitations import invitations_in
from tests.sessions_app.conftest import counts

Book = Callable[..., Booking]


def who(booking: Booking, **differences: Any) -> list[str]:
    """The short names of those who could step in, best first."""
    return [one.mentor.short_name for one in replacements(booking, **({"now": NOW, "is_bound": True} | differences))]


@pytest.mark.parametrize("by", ["teacher", "coordinator"])
def test_booking_stays_and_the_time_of_the_two_mentors_changes_hands(cast: Cast, booking: Booking, by: str) -> None:
    before = {field.attname: getattr(booking, field.attname) for field in Booking._meta.fields}

    replaced = replace_mentor(booking, by=getattr(cast, by), mentor=cast.other_mentor, now=NOW)

    replaced.refresh_from_db()
    after = {field.attname: getattr(replaced, field.attname) for field in Booking._meta.fields}
    assert {name for name, value in after.items() if value != before[name]} == {"mentor_id", "revision"}
    assert (replaced.mentor, replaced.revision) == (cast.other_mentor, 1)
    held: set[Model | None] = {hold.person or hold.room for hold in replaced.holds.all()}
    assert held == {cast.teacher, cast.other_mentor, cast.room}
    assert Hold.objects.count() == 3


def test_all_three_are_told_and_their_calendars_follow(cast: Cast, booking: Booking) -> None:
    cast.mentor.email = "maya@example.org"
    cast.mentor.save()
    deliver_due(now=lambda: NOW)
    mailbox.outbox.clear()

    replace_mentor(booking, by=cast.coordinator, mentor=cast.other_mentor, now=NOW)
    deliver_due(now=lambda: NOW)

    told = {}
    for letter in mailbox.outbox:
        [one] = invitations_in(letter.message())
        told[letter.to[0]] = (letter.subject, one.method, one.sequence, one.uid)
    [uid] = {facts[-1] for facts in told.values()}
    assert uid.startswith(f"booking-{booking.pk}@")
    assert {to: facts[:-1] for to, facts in told.items()} == {
        cast.teacher.email: ("Now Leo T. helps you on Thursday 3 December, 10:40", "REQUEST", 1),
        cast.other_mentor.email: ("Ms Ortiz booked you for Thursday 3 December", "REQUEST", 1),
        cast.mentor.email: ("Cancelled: Ms Ortiz on Thursday 3 December, 10:40", "CANCEL", 1),
    }
    waiting = Message.objects.waiting().filter(about=booking.about)
    assert {(row.user, row.kind, row.revision) for row in waiting} == {
        (person, "booking_reminder", 1) for person in (cast.teacher, cast.other_mentor)
    }


def test_a_double_click_replaces_once(cast: Cast, booking: Booking) -> None:
    for _click in range(2):
        replace_mentor(booking, by=cast.teacher, mentor=cast.other_mentor, now=NOW)

    booking.refresh_from_db()
    assert booking.revision == 1
    assert Message.objects.filter(kind="booking_mentor_changed").count() == 1


def test_the_first_mentor_may_come_back(cast: Cast, booking: Booking) -> None:
    replace_mentor(booking, by=cast.coordinator, mentor=cast.other_mentor, now=NOW)

    back = replace_mentor(booking, by=cast.coordinator, mentor=cast.mentor, now=NOW)

    assert (back.mentor, back.revision) == (cast.mentor, 2)
    assert Message.objects.filter(kind="booking_cancelled").count() == 2


def taken(cast: Cast, book: Book) -> None:
    """Leo helps somebody else then."""
    book(teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room)


def graded(cast: Cast, _book: Book) -> None:
    """Ms Ortiz teaches Leo."""
    school_class = SchoolClass.objects.create(school=cast.school, name="Math 7")
    school_class.teachers.add(cast.teacher)
    school_class.students.add(cast.other_mentor)


def rather_not(cast: Cast, _book: Book) -> None:
    """Leo would rather not work with Ms Ortiz, and nobody learns of it."""
    RatherNot.objects.create(person=cast.other_mentor, about=cast.teacher, made_at=NOW)


def without_consent(cast: Cast, _book: Book) -> None:
    """Leo's guardian said no."""
    Consent.objects.filter(person=cast.other_mentor).update(withdrawn_on=NOW.date())


def gone(cast: Cast, _book: Book) -> None:
    """Leo has left the program."""
    Participant.objects.filter(person=cast.other_mentor).update(left_on=NOW.date())


def without_tool(cast: Cast, _book: Book) -> None:
    """Leo does not know the tool."""
    cast.other_mentor.mentor.mentor_tools.all().delete()


def not_free(cast: Cast, _book: Book) -> None:
    """Leo has a test on that day."""
    AvailabilityException.objects.create(
        person=cast.other_mentor, date=cast.thursday, period=cast.periods[3], is_free=False
    )


def other_bells(cast: Cast, _book: Book) -> None:
    """Leo's grade has the period at another time."""
    cast.other_mentor.grade = "8"
    cast.other_mentor.save()
    own = BellSchedule.objects.create(school=cast.school, name="Grade 8", grades=["8"])
    PeriodTime.objects.create(
        bell_schedule=own, day_type=cast.day_type, period=cast.periods[3], starts=dt.time(11), ends=dt.time(11, 30)
    )


def often(cast: Cast, book: Book) -> None:
    """Leo helps as often in that week as the school allows."""
    BookingRules.objects.create(school=cast.school, mentor_week_limit=1)
    book(teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room, period=cast.periods[0])


@pytest.mark.parametrize(
    ("arrange", "reason"),
    [
        (taken, "just taken"),
        (graded, "not available"),
        (rather_not, "not available"),
        (without_consent, "not available"),
        (gone, "must be in the program"),
        (without_tool, "does not help with"),
        (not_free, "is not free in"),
        (other_bells, "other bells at that time"),
        (often, "helps as often in that week"),
    ],
)
def test_rules_hold_for_the_new_mentor_and_a_refusal_changes_nothing(
    cast: Cast, booking: Booking, book: Book, arrange: Callable[[Cast, Book], None], reason: str
) -> None:
    assert who(booking) == ["Leo T."]
    arrange(cast, book)
    before = counts()

    with pytest.raises(Refused, match=reason):
        replace_mentor(booking, by=cast.teacher, mentor=cast.other_mentor, now=NOW)

    assert who(booking) == []
    booking.refresh_from_db()
    assert (booking.mentor, booking.revision) == (cast.mentor, 0)
    assert booking.holds.filter(person=cast.mentor).exists()
    assert counts() == before


def test_limits_and_notice_do_not_bind_the_coordinator_on_the_day_it_happens(
    cast: Cast, booking: Booking, book: Book
) -> None:
    often(cast, book)
    late = booking.starts_at - dt.timedelta(minutes=5)
    with pytest.raises(Refused, match="begins in less than"):
        replace_mentor(booking, by=cast.teacher, mentor=cast.other_mentor, now=late)
    assert (who(booking, now=late), who(booking, now=late, is_bound=False)) == ([], ["Leo T."])

    replaced = replace_mentor(booking, by=cast.coordinator, mentor=cast.other_mentor, now=late)

    assert replaced.mentor == cast.other_mentor


def test_protection_is_passed_by_a_coordinator_with_a_reason(cast: Cast, booking: Booking) -> None:
    BookingRules.objects.create(school=cast.school, core_week_minutes=0)
    Availability.objects.filter(person=cast.other_mentor).update(may_leave_class=True)
    for by, reason in ((cast.coordinator, " "), (cast.teacher, "I ask for it")):
        with pytest.raises(Protected, match="too much of core classes"):
            replace_mentor(booking, by=by, mentor=cast.other_mentor, now=NOW, override_reason=reason)

    replaced = replace_mentor(
        booking, by=cast.coordinator, mentor=cast.other_mentor, now=NOW, override_reason="Her teacher agrees"
    )

    replaced.refresh_from_db()
    assert (replaced.override_reason, replaced.overridden_by) == ("Her teacher agrees", cast.coordinator)
    assert replaced.holds.get(person=cast.other_mentor).misses == "core"


def test_a_reason_for_the_first_mentor_goes_with_her(cast: Cast, book: Book) -> None:
    BookingRules.objects.create(school=cast.school, core_week_minutes=0)
    Availability.objects.filter(person=cast.mentor).update(may_leave_class=True)
    booking = book(by=cast.coordinator, override_reason="Her wish")

    replaced = replace_mentor(booking, by=cast.teacher, mentor=cast.other_mentor, now=NOW)

    replaced.refresh_from_db()
    assert (replaced.override_reason, replaced.overridden_by) == ("", None)


@pytest.mark.parametrize("who_asks", ["mentor", "other_mentor", "other_teacher", "admin", "stranger_coordinator"])
def test_others_may_not(cast: Cast, booking: Booking, who_asks: str) -> None:
    before = counts()

    with pytest.raises(Refused, match="not your booking"):
        replace_mentor(booking, by=getattr(cast, who_asks), mentor=cast.other_mentor, now=NOW)

    assert counts() == before


def test_a_booking_that_is_cancelled_declined_or_begun_keeps_its_mentor(cast: Cast, book: Book) -> None:
    cancelled, declined, begun, _later = (book(period=period) for period in cast.periods)
    cancel_booking(cancelled, by=cast.teacher, reason="", now=NOW)
    decline_booking(declined, by=cast.mentor, now=NOW)
    start_meeting(begun, by=cast.teacher, now=begun.starts_at)

    for booking, reason in (
        (cancelled, "cancelled already"),
        (declined, "cancelled already"),
        (begun, "started already"),
    ):
        with pytest.raises(Refused, match=reason):
            replace_mentor(booking, by=cast.coordinator, mentor=cast.other_mentor, now=begun.starts_at)

    assert not Booking.objects.filter(mentor=cast.other_mentor).exists()


def test_at_a_clock_time_the_new_mentor_must_be_free_in_all_that_it_touches(cast: Cast, book: Book) -> None:
    start, _end = cast.span(2)
    span = (start + dt.timedelta(minutes=30), start + dt.timedelta(minutes=75))  # into the third period
    booking = book(period=None, span=span)
    not_free_then = AvailabilityException.objects.create(
        person=cast.other_mentor, date=cast.thursday, period=cast.periods[2], is_free=False
    )
    with pytest.raises(Refused, match="not free at that time"):
        replace_mentor(booking, by=cast.teacher, mentor=cast.other_mentor, now=NOW)
    not_free_then.delete()

    replaced = replace_mentor(booking, by=cast.teacher, mentor=cast.other_mentor, now=NOW)

    assert (replaced.mentor, who(booking)) == (cast.other_mentor, [])


def test_reasons_are_those_of_the_finder(cast: Cast, booking: Booking) -> None:
    [leo] = replacements(booking, now=NOW, is_bound=True)

    assert leo.reasons == ["Knows Immersive Reader", "Free in this period: misses no class"]


def test_the_trail_says_who_gave_it_to_whom(cast: Cast, booking: Booking) -> None:
    replace_mentor(booking, by=cast.coordinator, mentor=cast.other_mentor, now=NOW)

    entry = TrailEntry.objects.filter(object_id=booking.pk, kind="sessions_app.Booking").latest("pk")
    assert entry.changes["mentor"] == [cast.mentor.pk, cast.other_mentor.pk]


def test_erasing_the_first_mentor_empties_what_the_teacher_was_told_of_her(cast: Cast, booking: Booking) -> None:
    deliver_due(now=lambda: NOW)
    replace_mentor(booking, by=cast.coordinator, mentor=cast.other_mentor, now=NOW)

    erase(cast.mentor, by=cast.coordinator, now=NOW)

    assert not [row for row in Message.objects.all() if "Maya" in f"{row.context} {row.calendar_file}"]
    reminders = Message.objects.waiting().filter(user=cast.other_mentor, kind="booking_reminder")
    assert {row.context["partner"] for row in reminders} == {"Ms Ortiz"}
