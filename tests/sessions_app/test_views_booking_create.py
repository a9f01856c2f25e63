"""Booking a proposal, through the page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

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


def test_create_twice_with_one_key_books_once(cast, sign_in, wish):
    client = sign_in(cast.teacher)

    first = client.post(reverse("booking_create"), wish)
    second = client.post(reverse("booking_create"), wish)

    assert first.url == second.url
    assert Booking.objects.count() == 1


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
