"""Booking: the effect, each refusal, and that a refusal changed nothing."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest

from accounts.models import Message, PeriodTime, SchoolDay
from accounts.services import Refused
from mentorship.models import Availability, AvailabilityException, Program
from sessions_app.models import Booking, Hold
from sessions_app.models.rules import OF_PROGRAM
from sessions_app.services import TimeTaken, cancel_booking
from tests import factories
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import counts

Book = Callable[..., Booking]


def test_booking_holds_both_people_and_the_room(cast: Cast, book: Book) -> None:
    booking = book()

    start, end = cast.span(4)
    held = {(hold.person, hold.room, hold.during.lower, hold.during.upper) for hold in booking.holds.all()}
    assert held == {
        (cast.teacher, None, start, end),
        (cast.mentor, None, start, end),
        (None, cast.room, start, end),
    }
    assert (booking.starts_at, booking.ends_at) == (start, end)


def test_booking_in_a_shared_room_does_not_hold_it(cast: Cast, book: Book) -> None:
    cast.library.in_view = True
    cast.library.save()

    booking = book(room=cast.library)

    assert booking.holds.filter(room__isnull=False).count() == 0


def test_booking_queues_news_and_two_reminders_for_each(cast: Cast, book: Book) -> None:
    booking = book()

    messages = Message.objects.filter(about=booking.about).order_by("user__username", "-lead_minutes", "kind")
    assert [(m.user, m.kind, m.lead_minutes) for m in messages] == [
        (person, kind, lead)
        for person in (cast.mentor, cast.teacher)
        for kind, lead in (("booking_reminder", 1440), ("booking_reminder", 60), ("booking_made", 0))
    ]
    assert {m.due_at for m in messages if m.lead_minutes == 60} == {booking.starts_at - dt.timedelta(hours=1)}


def test_booking_within_a_day_makes_no_reminder_that_is_already_late(cast: Cast, book: Book) -> None:
    booking = book(now=cast.span(4)[0] - dt.timedelta(hours=3))

    leads = Message.objects.filter(about=booking.about, kind="booking_reminder").values_list("lead_minutes", flat=True)
    assert set(leads) == {60}


def test_same_request_key_books_once(cast: Cast, book: Book) -> None:
    key = uuid.uuid4()

    first, second = book(request_key=key), book(request_key=key)

    assert first == second
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("other", ["mentor", "day"])
def test_same_request_key_for_another_wish_is_refused_and_not_told_as_booked(
    cast: Cast, book: Book, other: str
) -> None:
    key = uuid.uuid4()
    book(request_key=key)
    wish = {"mentor": cast.other_mentor} if other == "mentor" else {"day": cast.thursday + dt.timedelta(days=1)}

    for differs in (wish, wish | {"room": cast.other_room}):
        with pytest.raises(Refused, match="booked something else"):
            book(request_key=key, **differs)

    assert Booking.objects.count() == 1


def test_same_request_key_after_cancelling_is_refused_and_not_told_as_booked(cast: Cast, book: Book) -> None:
    key = uuid.uuid4()
    cancel_booking(book(request_key=key), by=cast.teacher, reason="", now=NOW)

    with pytest.raises(Refused, match="cancelled already"):
        book(request_key=key)

    assert not Hold.objects.exists()


def test_request_key_of_somebody_else_is_refused(cast: Cast, book: Book) -> None:
    key = uuid.uuid4()
    book(request_key=key)

    with pytest.raises(Refused, match="not your booking"):
        book(request_key=key, teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room)

    assert Booking.objects.count() == 1


@pytest.mark.parametrize("taken", ["teacher", "mentor", "room"])
def test_taken_time_is_refused_for_each_of_the_three(cast: Cast, book: Book, taken: str) -> None:
    others = {"teacher": cast.other_teacher, "mentor": cast.other_mentor, "room": cast.other_room}
    book()
    before = counts()

    with pytest.raises(TimeTaken):
        book(**{name: other for name, other in others.items() if name != taken})

    assert counts() == before


def test_other_people_in_another_room_meet_at_the_same_time(cast: Cast, book: Book) -> None:
    book()

    other = book(teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room)

    assert other.is_standing


def test_playground_duty_blocks_a_booking(cast: Cast, book: Book) -> None:
    playground = factories.PlaygroundSessionFactory(program=cast.program, adult_in_charge=cast.coordinator)
    start, end = cast.span(4)
    Hold.objects.create(person=cast.mentor, playground=playground, during=(start - dt.timedelta(minutes=5), end))

    with pytest.raises(TimeTaken):
        book()


def test_mentor_without_consent_can_not_be_booked(cast: Cast, book: Book) -> None:
    cast.mentor.consents.all().delete()
    before = counts()

    with pytest.raises(Refused, match="Maya R. is not available"):
        book()

    assert counts() == before


def test_withdrawn_consent_can_not_be_booked(cast: Cast, book: Book) -> None:
    cast.mentor.consents.update(withdrawn_on=dt.date(2026, 11, 20))

    with pytest.raises(Refused, match="not available"):
        book()


def test_open_concern_between_the_two_forbids_a_booking(cast: Cast, book: Book) -> None:
    from accounts.models import Concern

    Concern.objects.create(school=cast.school, raised_by=cast.mentor, about=cast.teacher, raised_at=NOW)

    with pytest.raises(Refused, match="not available"):
        book()


def test_room_out_of_view_is_refused(cast: Cast, book: Book) -> None:
    hidden = factories.RoomFactory(school=cast.school, in_view=False)

    with pytest.raises(Refused, match="not a room in view"):
        book(room=hidden)


def test_tool_that_the_mentor_does_not_know_is_refused(cast: Cast, book: Book) -> None:
    with pytest.raises(Refused, match="does not help with"):
        book(tool=factories.ToolFactory(school=cast.school))


@pytest.mark.parametrize("person", ["mentor", "teacher"])
def test_period_in_which_one_is_not_free_is_refused(cast: Cast, book: Book, person: str) -> None:
    Availability.objects.filter(person=getattr(cast, person), period=cast.periods[3]).delete()

    with pytest.raises(Refused, match="free"):
        book()


def test_exception_by_date_decides_over_the_rule(cast: Cast, book: Book) -> None:
    Availability.objects.filter(person=cast.mentor, period=cast.periods[3]).delete()
    exception = AvailabilityException.objects.create(
        person=cast.mentor, date=cast.thursday, period=cast.periods[3], is_free=True
    )
    book().delete()

    exception.is_free = False
    exception.save()
    Availability.objects.create(person=cast.mentor, day_type=cast.day_type, period=cast.periods[3])

    with pytest.raises(Refused, match="not free"):
        book()


def test_period_that_has_begun_is_refused(cast: Cast, book: Book) -> None:
    with pytest.raises(Refused, match="has begun"):
        book(now=cast.span(4)[0])


def test_day_without_school_is_refused(cast: Cast, book: Book) -> None:
    with pytest.raises(Refused, match="There is no"):
        book(day=dt.date(2026, 12, 5))


def test_period_follows_the_bells_of_the_mentors_grade(cast: Cast, book: Book) -> None:
    bells = factories.BellScheduleFactory(school=cast.school, grades=["7"])
    PeriodTime.objects.create(
        bell_schedule=bells, day_type=cast.day_type, period=cast.periods[3], starts=dt.time(11), ends=dt.time(11, 45)
    )

    assert book().starts_at == dt.datetime(2026, 12, 3, 17, 0, tzinfo=dt.UTC)


def test_teacher_can_not_book_for_another(cast: Cast, book: Book) -> None:
    with pytest.raises(Refused, match="for yourself only"):
        book(by=cast.other_teacher)


def test_coordinator_of_another_school_can_not_book(cast: Cast, book: Book) -> None:
    with pytest.raises(Refused, match="for yourself only"):
        book(by=cast.stranger_coordinator)

    assert counts() == (0, 0, 0)


def test_room_of_another_school_is_refused(cast: Cast, book: Book) -> None:
    elsewhere = factories.RoomFactory(school=cast.stranger.school)

    with pytest.raises(Refused, match="not a room in view"):
        book(room=elsewhere)

    assert counts() == (0, 0, 0)


def test_closed_program_takes_no_booking(cast: Cast, book: Book) -> None:
    cast.program.closed_on = dt.date(2026, 11, 20)
    cast.program.save()

    with pytest.raises(Refused, match="closed"):
        book()


def test_booking_costs_at_most_eight_statements(
    cast: Cast, book: Book, django_assert_max_num_queries: Callable[..., object]
) -> None:
    cast.program = Program.objects.select_related(OF_PROGRAM).get()
    assert SchoolDay.objects.exists()

    with django_assert_max_num_queries(10):  # eight, and the savepoint that only a test has
        book()
