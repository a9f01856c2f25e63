"""A coordinator books for a teacher: for whom and what, then a proposal or a time of her own choice."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from mentorship.models import Availability, Participant
from sessions_app.models import Booking, BookingRules
from tests import factories
from tests.cast import NOW, one_more_mentor
from tests.sessions_app.conftest import forms_of

pytestmark = pytest.mark.usefixtures("in_november")
URL = "booking_for"


@pytest.fixture
def sent(cast, wish):
    """What the form sends: the fourth period of Thursday with Maya, for Ms Ortiz."""
    return wish | {"teacher": cast.teacher.pk, "override_reason": ""}


def asked(cast, **differences):
    """The address of the page for Ms Ortiz and the cast's tool."""
    wish = {"teacher": cast.teacher.pk, "tool": cast.tool.pk, "learners": "all"} | differences
    return reverse(URL) + "?" + "&".join(f"{name}={value}" for name, value in wish.items())


def test_anonymous_is_sent_to_sign_in(client, sent):
    assert client.post(reverse(URL), sent).url.startswith(reverse("account_login"))
    assert not Booking.objects.exists()


@pytest.mark.parametrize("who", ["teacher", "mentor", "admin"])
def test_wrong_role_is_forbidden(cast, sign_in, sent, who):
    client = sign_in(getattr(cast, who))

    assert client.get(asked(cast)).status_code == 403
    assert client.post(reverse(URL), sent).status_code == 403
    assert not Booking.objects.exists()


def test_calendar_leads_there_and_the_page_asks_for_teacher_and_tool(cast, sign_in):
    client = sign_in(cast.coordinator)

    assert reverse(URL) in client.get(reverse("calendar")).content.decode()
    page = client.get(reverse(URL)).content.decode()

    assert f'<option value="{cast.teacher.pk}">Ms Ortiz</option>' in page
    assert f'<option value="{cast.stranger.pk}">' not in page
    assert f'<option value="{cast.mentor.pk}">' not in page


def test_a_proposal_is_booked_in_her_name_for_the_teacher(cast, sign_in):
    factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    client = sign_in(cast.coordinator)
    page = client.get(asked(cast)).content.decode()

    answer = client.post(reverse(URL), forms_of(page)[0] | {"goal": "Captions"}, follow=True)

    assert "The two are a pair" in page
    booking = Booking.objects.get()
    assert (booking.teacher, booking.booked_by, booking.goal) == (cast.teacher, cast.coordinator, "Captions")
    assert answer.redirect_chain == [(reverse("booking_detail", args=[booking.pk]), 302)]
    assert "Booked. Ms Ortiz and Maya R. know, and will be reminded." in answer.content.decode()


def test_a_double_click_books_once(cast, sign_in, sent):
    client = sign_in(cast.coordinator)

    for _click in range(2):
        assert client.post(reverse(URL), sent).status_code == 302

    assert Booking.objects.count() == 1


def test_notice_and_limits_do_not_bind_her(cast, sign_in, sent, book):
    BookingRules.objects.create(school=cast.school, notice_minutes=60 * 24 * 14, teacher_week_limit=1)
    book(day=cast.thursday + dt.timedelta(days=14), period=cast.periods[0])
    client = sign_in(cast.coordinator)

    page = client.get(asked(cast)).content.decode()

    assert "Monday 23 November, 1. period" in page
    assert client.post(reverse(URL), sent).status_code == 302


def test_protection_is_passed_with_a_reason_only(cast, sign_in, sent):
    BookingRules.objects.create(school=cast.school, core_week_minutes=0)
    Availability.objects.filter(person=cast.mentor).update(may_leave_class=True)
    client = sign_in(cast.coordinator)

    refused = client.post(reverse(URL), sent)
    taken = client.post(reverse(URL), sent | {"override_reason": "Her wish"})

    assert refused.status_code == 422
    assert "would miss too much of core classes" in refused.content.decode()
    assert 'value="Persuasive texts"' in refused.content.decode()
    assert taken.status_code == 302
    assert Booking.objects.get().overridden_by == cast.coordinator


def test_taken_meanwhile_answers_409_with_other_times(cast, sign_in, sent, book):
    book(teacher=cast.other_teacher, room=cast.other_room)

    answer = sign_in(cast.coordinator).post(reverse(URL), sent)

    assert answer.status_code == 409
    assert "That time was just taken." in answer.content.decode()
    assert len(forms_of(answer.content.decode())) >= 3
    assert Booking.objects.count() == 1


def test_teacher_who_is_not_free_is_spoken_of_and_not_to(cast, sign_in, sent):
    Availability.objects.filter(person=cast.teacher, period=cast.periods[3]).delete()

    answer = sign_in(cast.coordinator).post(reverse(URL), sent)

    assert answer.status_code == 422
    assert "The teacher&#x27;s free periods say that she is not free then." in answer.content.decode()
    assert not Booking.objects.exists()


@pytest.mark.parametrize("wrong", ["teacher", "tool", "mentor", "room", "request_key", "day"])
def test_wrong_value_answers_422_and_books_nothing(cast, sign_in, sent, wrong):
    answer = sign_in(cast.coordinator).post(reverse(URL), sent | {wrong: cast.stranger.pk})

    assert answer.status_code == 422
    assert not Booking.objects.exists()


def test_teacher_without_a_program_is_not_offered(cast, sign_in, sent):
    Participant.objects.filter(person=cast.teacher).update(left_on=NOW.date())

    assert sign_in(cast.coordinator).get(asked(cast)).status_code == 422
    assert sign_in(cast.coordinator).post(reverse(URL), sent).status_code == 422
    assert not Booking.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_page_costs_the_same_for_1_and_30_mentors(cast, sign_in, count, django_assert_num_queries):
    for _number in range(count - 1):
        one_more_mentor(cast)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(13):
        page = client.get(asked(cast)).content.decode()

    assert len(forms_of(page)) >= 3
    assert uuid.UUID(forms_of(page)[0]["request_key"])
