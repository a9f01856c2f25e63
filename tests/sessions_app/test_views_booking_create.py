"""Booking a proposal, through the page."""

import uuid
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Message
from mentorship.models import Availability
from sessions_app.models import Booking
from tests import factories
from tests.sessions_app.conftest import forms_of

pytestmark = pytest.mark.usefixtures("in_november")


def test_create_books_and_says_so(cast, sign_in, wish):
    client = sign_in(cast.teacher)

    answer = client.post(reverse("booking_create"), wish, follow=True)

    booking = Booking.objects.get()
    assert (booking.teacher, booking.mentor, booking.room) == (cast.teacher, cast.mentor, cast.room)
    assert (booking.starts_at, booking.ends_at) == cast.span()
    assert "Booked. Maya R. knows" in answer.content.decode()


def rows_of(booking):
    """How often each message about a booking was written, and in which state it is."""
    return Counter(Message.objects.filter(about=booking.about).values_list("user", "kind", "lead_minutes", "state"))


def once_each(cast):
    """The news and the two reminders, once for each of the two people."""
    words = [("booking_made", 0), ("booking_reminder", 60), ("booking_reminder", 1440)]
    return Counter((person.pk, *word, "waiting") for person in (cast.teacher, cast.mentor) for word in words)


@pytest.mark.parametrize("is_new_line", [False, True], ids=["double click", "retry after the line broke"])
def test_create_twice_with_one_key_books_once_and_tells_once(cast, sign_in, wish, is_new_line):
    client = sign_in(cast.teacher)

    first = client.post(reverse("booking_create"), wish)
    second = (sign_in(cast.teacher) if is_new_line else client).post(reverse("booking_create"), wish)

    assert first.url == second.url
    assert rows_of(Booking.objects.get()) == once_each(cast)
    assert Message.objects.count() == 6


def test_create_again_after_cancelling_tells_of_each_once(cast, sign_in, wish):
    client = sign_in(cast.teacher)
    client.post(reverse("booking_create"), wish)
    old = Booking.objects.get()
    client.post(reverse("booking_cancel", args=[old.pk]), {})

    client.post(reverse("booking_create"), wish | {"request_key": str(uuid.uuid4())})

    new = Booking.objects.standing().get()
    assert new.pk != old.pk
    assert new.starts_at == old.starts_at
    assert rows_of(new) == once_each(cast)
    told = Counter(Message.objects.filter(about=old.about).waiting().values_list("user", "kind"))
    assert {kind for _user, kind in told} <= {"booking_made", "booking_cancelled"}
    assert set(told.values()) == {1}


def test_create_costs_at_most_eight_statements_beyond_the_session(cast, sign_in, wish):
    client = sign_in(cast.teacher)

    with CaptureQueriesContext(connection) as captured:
        client.post(reverse("booking_create"), wish)

    sent = [one["sql"] for one in captured.captured_queries]
    own = [sql for sql in sent if "django_session" not in sql and "SAVEPOINT" not in sql]
    assert Booking.objects.exists()
    assert 5 < len(own) <= 8, own


def test_create_taken_time_answers_409_with_three_others_that_can_be_booked(cast, sign_in, wish, book):
    book(teacher=cast.other_teacher, room=cast.other_room)
    client = sign_in(cast.teacher)

    answer = client.post(reverse("booking_create"), wish)

    others = forms_of(answer.content.decode())
    assert answer.status_code == 409
    assert "That time was just taken" in answer.content.decode()
    assert len(others) == 3
    assert {(one["learners"], one["goal"]) for one in others} == {("eb", "Persuasive texts")}
    assert client.post(reverse("booking_create"), others[0]).status_code == 302
    assert Booking.objects.filter(teacher=cast.teacher, goal="Persuasive texts").count() == 1


def test_create_forbidden_by_a_rule_answers_422_with_the_reason_and_keeps_the_goal(cast, sign_in, wish):
    Availability.objects.filter(person=cast.mentor).delete()

    answer = sign_in(cast.teacher).post(reverse("booking_create"), wish)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Maya R. is not free in 4. period." in page
    assert 'value="Persuasive texts"' in page
    assert not Booking.objects.exists()


def foreign_row(cast, field):
    """A row of the other school for this field of the form."""
    school = cast.stranger.school
    program = factories.ProgramFactory(school=school)
    student = factories.StudentFactory(school=school)
    factories.ParticipantFactory(program=program, person=student)
    rows = {
        "program": program,
        "tool": factories.ToolFactory(school=school),
        "mentor": student,
        "period": factories.PeriodFactory(school=school),
        "room": factories.RoomFactory(school=school, name="Secret room"),
    }
    return rows[field]


@pytest.mark.parametrize("field", ["program", "tool", "mentor", "period", "room"])
def test_create_with_a_swapped_id_books_nothing(cast, sign_in, wish, field):
    foreign = foreign_row(cast, field)

    answer = sign_in(cast.teacher).post(reverse("booking_create"), wish | {field: foreign.pk})

    assert answer.status_code == 422
    assert not Booking.objects.exists()
    assert "Secret room" not in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("day", "tomorrow"), ("learners", "boys"), ("request_key", "1"), ("goal", "x" * 301)]
)
def test_create_with_a_wrong_value_books_nothing(cast, sign_in, wish, field, value):
    answer = sign_in(cast.teacher).post(reverse("booking_create"), wish | {field: value})

    assert answer.status_code == 422
    assert not Booking.objects.exists()


def test_create_with_a_colleague_as_mentor_books_nothing(cast, sign_in, wish):
    answer = sign_in(cast.teacher).post(reverse("booking_create"), wish | {"mentor": cast.other_teacher.pk})

    assert answer.status_code == 422
    assert not Booking.objects.exists()


def test_create_by_get_is_not_allowed(cast, sign_in):
    assert sign_in(cast.teacher).get(reverse("booking_create")).status_code == 405
