"""Choosing who steps in for a mentor, from the page of a booking."""

import datetime as dt

import pytest
from django.urls import reverse

from mentorship.models import Availability
from sessions_app.models import Booking, BookingRules
from tests.cast import one_more_mentor
from tests.sessions_app.conftest import booking_url

pytestmark = pytest.mark.usefixtures("in_november")
URL = "booking_replace"


def test_anonymous_is_sent_to_sign_in(cast, client, booking):
    answer = client.post(booking_url(URL, booking), {"mentor": cast.other_mentor.pk})

    assert answer.url.startswith(reverse("account_login"))
    assert Booking.objects.get().mentor == cast.mentor


@pytest.mark.parametrize(
    ("who", "status"), [("mentor", 403), ("admin", 403), ("other_teacher", 404), ("stranger", 404)]
)
def test_others_do_not_reach_it(cast, sign_in, booking, who, status):
    client = sign_in(getattr(cast, who))

    assert client.get(booking_url(URL, booking)).status_code == status
    assert client.post(booking_url(URL, booking), {"mentor": cast.other_mentor.pk}).status_code == status
    assert Booking.objects.get().mentor == cast.mentor


@pytest.mark.parametrize("who", ["teacher", "coordinator"])
def test_mentor_is_replaced_in_two_taps(cast, sign_in, booking, who):
    client = sign_in(getattr(cast, who))

    assert booking_url(URL, booking) in client.get(booking_url("booking_detail", booking)).content.decode()
    page = client.get(booking_url(URL, booking)).content.decode()
    answer = client.post(booking_url(URL, booking), {"mentor": cast.other_mentor.pk}, follow=True)

    assert "In the place of Maya R.: Immersive Reader, Thursday 3 December" in page
    assert "Leo T. helps instead" in page
    assert "Free in this period: misses no class" in page
    assert ("Somebody else, past the protection" in page) == (who == "coordinator")
    assert answer.redirect_chain == [(booking_url("booking_detail", booking), 302)]
    assert "Leo T. helps now. All three are told." in answer.content.decode()


def test_taken_meanwhile_answers_409_with_who_is_left(cast, sign_in, booking, book):
    book(teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room)

    answer = sign_in(cast.teacher).post(booking_url(URL, booking), {"mentor": cast.other_mentor.pk})

    assert answer.status_code == 409
    assert "That time was just taken." in answer.content.decode()
    assert "Nobody else fits and is free then" in answer.content.decode()
    booking.refresh_from_db()
    assert booking.mentor == cast.mentor


def test_coordinator_goes_past_protection_with_a_reason(cast, sign_in, booking):
    BookingRules.objects.create(school=cast.school, core_week_minutes=0)
    Availability.objects.filter(person=cast.other_mentor).update(may_leave_class=True)
    client = sign_in(cast.coordinator)

    refused = client.post(booking_url(URL, booking), {"mentor": cast.other_mentor.pk, "override_reason": ""})
    taken = client.post(booking_url(URL, booking), {"mentor": cast.other_mentor.pk, "override_reason": "Her wish"})

    assert refused.status_code == 422
    assert "would miss too much of core classes" in refused.content.decode()
    assert taken.status_code == 302
    assert Booking.objects.get().override_reason == "Her wish"


@pytest.mark.parametrize("who", ["teacher", "stranger", "nobody"])
def test_who_is_no_mentor_of_the_program_is_refused(cast, sign_in, booking, who):
    pk = getattr(cast, who).pk if who != "nobody" else ""

    answer = sign_in(cast.coordinator).post(booking_url(URL, booking), {"mentor": pk})

    assert answer.status_code == 422
    assert Booking.objects.get().mentor == cast.mentor


def test_after_a_decline_the_finder_looks_for_somebody_else_on_that_day(cast, sign_in, booking):
    sign_in(cast.mentor).post(booking_url("booking_decline", booking))
    client = sign_in(cast.teacher)

    page = client.get(booking_url("booking_detail", booking)).content.decode()
    link = f"{reverse('booking_find')}?tool={cast.tool.pk}&amp;learners=eb&amp;day=2026-12-03"
    found = client.get(link.replace("&amp;", "&")).content.decode()

    assert link in page
    assert "Maya R. is not available." in page
    assert "Thursday 3 December, 1. period" in found


@pytest.mark.parametrize("count", [1, 30])
def test_page_costs_the_same_for_1_and_30_mentors(cast, sign_in, booking, count, django_assert_num_queries):
    for _number in range(count - 1):
        one_more_mentor(cast)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(9):
        page = client.get(booking_url(URL, booking)).content.decode()

    assert page.count("<article") == count


def test_a_booking_that_is_over_offers_nobody(cast, sign_in, booking):
    Booking.objects.filter(pk=booking.pk).update(
        starts_at=booking.starts_at - dt.timedelta(days=30), ends_at=booking.ends_at - dt.timedelta(days=30)
    )

    page = sign_in(cast.coordinator).get(booking_url(URL, booking)).content.decode()

    assert "Nobody else fits and is free then" in page
    assert "<article" not in page


def test_at_a_clock_time_the_teacher_chooses_from_a_list(cast, sign_in, book):
    start, _end = cast.span(2)
    booking = book(period=None, span=(start, start + dt.timedelta(minutes=30)))
    client = sign_in(cast.teacher)

    page = client.get(booking_url(URL, booking)).content.decode()
    answer = client.post(booking_url(URL, booking), {"mentor": cast.other_mentor.pk})

    assert "Choose a mentor" in page
    assert f'<option value="{cast.other_mentor.pk}"' in page
    assert answer.status_code == 302
