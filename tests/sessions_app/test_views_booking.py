"""One booking: its page, moving and ending it."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Message
from sessions_app.models import Booking, Hold
from tests import factories
from tests.cast import NOW
from tests.sessions_app.conftest import ENTRY
from tests.sessions_app.conftest import booking_url as url

PAGES = ["booking_detail", "booking_move", "booking_cancel", "booking_decline", "booking_log"]
BY_POST = ["booking_cancel", "booking_decline"]


def ask(client, page, booking):
    """Ask for a page in the way that it allows."""
    return client.post(url(page, booking)) if page in BY_POST else client.get(url(page, booking))


@pytest.mark.parametrize("page", PAGES)
def test_booking_anonymous_is_sent_to_sign_in(client, booking, page):
    answer = ask(client, page, booking)

    assert answer.url.startswith(reverse("account_login"))
    assert Booking.objects.get().is_standing


@pytest.mark.parametrize(
    ("page", "who"),
    [
        ("booking_detail", "admin"),
        ("booking_move", "mentor"),
        ("booking_move", "admin"),
        ("booking_cancel", "mentor"),
        ("booking_decline", "teacher"),
        ("booking_decline", "coordinator"),
        ("booking_log", "teacher"),
        ("booking_log", "coordinator"),
    ],
)
def test_booking_wrong_role_is_forbidden(cast, sign_in, booking, in_november, page, who):
    answer = ask(sign_in(getattr(cast, who)), page, booking)

    assert answer.status_code == 403
    assert Booking.objects.get().is_standing


@pytest.mark.parametrize(
    ("page", "who"),
    [
        ("booking_detail", "other_teacher"),
        ("booking_detail", "other_mentor"),
        ("booking_detail", "stranger"),
        ("booking_detail", "stranger_coordinator"),
        ("booking_move", "other_teacher"),
        ("booking_move", "stranger_coordinator"),
        ("booking_cancel", "other_teacher"),
        ("booking_cancel", "stranger_coordinator"),
        ("booking_decline", "other_mentor"),
        ("booking_log", "other_mentor"),
    ],
)
def test_booking_of_others_is_not_found(cast, sign_in, booking, in_november, page, who):
    answer = ask(sign_in(getattr(cast, who)), page, booking)

    assert answer.status_code == 404
    assert Booking.objects.get().is_standing


def test_detail_shows_the_teacher_all_of_it_and_who_else_sees_it(cast, sign_in, booking, in_november):
    page = sign_in(cast.teacher).get(url("booking_detail", booking)).content.decode()

    for words in (
        "Thursday 3 December",
        "10:40 to 11:25",
        "room 112",
        "Maya R.",
        "Immersive Reader",
        "Persuasive texts",
    ):
        assert words in page
    assert "Emergent Bilingual learners" in page
    assert "Seen by you, Maya R. and the coordinator." in page
    assert url("booking_move", booking) in page
    assert url("booking_cancel", booking) in page
    assert "Rahman" not in page


def test_detail_of_a_past_booking_leads_to_the_same_mentor_again(cast, sign_in, booking, after_the_booking):
    again = f"{reverse('booking_find')}?tool={cast.tool.pk}&amp;learners=eb&amp;mentor={cast.mentor.pk}"

    page = sign_in(cast.teacher).get(url("booking_detail", booking)).content.decode()

    assert "Book Maya R. again" in page
    assert again in page
    assert url("booking_move", booking) not in page


def test_detail_lets_the_mentor_decline_but_not_log_before_it_begins(cast, sign_in, booking, in_november):
    page = sign_in(cast.mentor).get(url("booking_detail", booking)).content.decode()

    assert url("booking_decline", booking) in page
    assert url("booking_log", booking) not in page
    assert url("booking_cancel", booking) not in page


def test_detail_lets_the_mentor_log_once_it_began(cast, sign_in, booking):
    with time_machine.travel(booking.starts_at + dt.timedelta(minutes=1), tick=False):
        page = sign_in(cast.mentor).get(url("booking_detail", booking)).content.decode()

    assert url("booking_log", booking) in page
    assert url("booking_decline", booking) not in page


def test_detail_writes_nothing(cast, sign_in, booking, in_november):
    client, before = sign_in(cast.teacher), Message.objects.count()

    client.get(url("booking_detail", booking))
    client.get(url("booking_move", booking))

    assert Booking.objects.get().revision == 0
    assert Message.objects.count() == before


@pytest.mark.parametrize("who", ["teacher", "coordinator"])
def test_cancel_frees_the_time_and_keeps_the_reason(cast, sign_in, booking, in_november, who):
    client = sign_in(getattr(cast, who))

    answer = client.post(url("booking_cancel", booking), {"reason": "Class trip"}, follow=True)

    booking.refresh_from_db()
    assert (booking.state, booking.end_reason) == ("cancelled", "Class trip")
    assert not Hold.objects.exists()
    assert "This booking was cancelled." in answer.content.decode()


def test_cancelled_booking_offers_the_teacher_another_time(cast, sign_in, booking, in_november):
    client = sign_in(cast.teacher)

    page = client.post(url("booking_cancel", booking), follow=True).content.decode()

    assert "Find another time" in page
    assert f"{reverse('booking_find')}?tool={cast.tool.pk}&amp;learners=eb" in page


def test_cancel_with_too_long_a_reason_changes_nothing(cast, sign_in, booking, in_november):
    answer = sign_in(cast.teacher).post(url("booking_cancel", booking), {"reason": "x" * 301})

    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()
    assert "The reason is too long" in answer.content.decode()
    assert Booking.objects.get().is_standing


def test_cancel_twice_is_told_and_changes_nothing_more(cast, sign_in, booking, in_november):
    client = sign_in(cast.teacher)
    client.post(url("booking_cancel", booking))

    answer = client.post(url("booking_cancel", booking), follow=True)

    assert "This booking was cancelled already." in answer.content.decode()
    assert Booking.objects.get().revision == 1


def test_decline_takes_one_tap_and_reads_as_not_available(cast, sign_in, booking, in_november):
    sign_in(cast.mentor).post(url("booking_decline", booking))

    page = sign_in(cast.teacher).get(url("booking_detail", booking)).content.decode()
    assert Booking.objects.get().state == "declined"
    assert "Maya R. is not available." in page
    assert "declined" not in page


def test_decline_after_the_end_is_refused_with_the_reason(cast, sign_in, booking, after_the_booking):
    answer = sign_in(cast.mentor).post(url("booking_decline", booking), follow=True)

    assert "This booking is over" in answer.content.decode()
    assert Booking.objects.get().is_standing


def slot(cast, **differences):
    return {"day": "2026-12-04", "period": cast.periods[1].pk, "room": cast.other_room.pk} | differences


@pytest.mark.parametrize("who", ["teacher", "coordinator"])
def test_move_to_another_time_and_room(cast, sign_in, booking, in_november, who):
    answer = sign_in(getattr(cast, who)).post(url("booking_move", booking), slot(cast))

    booking.refresh_from_db()
    assert answer.url == url("booking_detail", booking)
    assert (booking.starts_at, booking.room) == (cast.span(2, dt.date(2026, 12, 4))[0], cast.other_room)


def test_move_page_offers_times_of_the_same_mentor(cast, sign_in, booking, in_november):
    page = sign_in(cast.teacher).get(url("booking_move", booking)).content.decode()

    assert page.count("Move it here") == 3
    assert "Leo T." not in page


def test_move_into_a_taken_time_answers_409_and_the_booking_stands(cast, sign_in, book, booking, in_november):
    book(teacher=cast.other_teacher, room=cast.other_room, period=cast.periods[1])

    answer = sign_in(cast.teacher).post(url("booking_move", booking), slot(cast, day="2026-12-03"))

    page = answer.content.decode()
    booking.refresh_from_db()
    assert answer.status_code == 409
    assert "Your booking stands as it was" in page
    assert page.count(f'action="{url("booking_move", booking)}"') == 3
    assert (booking.starts_at, booking.revision) == (cast.span()[0], 0)


@pytest.mark.parametrize(
    ("differences", "reason"),
    [
        ({"day": "2026-12-05"}, "There is no 2. period on that day."),
        ({"day": "2026-11-20"}, "There is no 2. period on that day."),
        ({"day": "never"}, "Enter a valid date."),
        ({"period": 0}, "Select a valid choice."),
        ({"room": 0}, "Select a valid choice."),
    ],
)
def test_move_to_what_is_not_possible_answers_422_with_the_reason(
    cast, sign_in, booking, in_november, differences, reason
):
    answer = sign_in(cast.teacher).post(url("booking_move", booking), slot(cast, **differences))

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert Booking.objects.get().revision == 0


def test_move_to_a_foreign_or_hidden_room_is_refused(cast, sign_in, booking, in_november):
    foreign = factories.RoomFactory(school=cast.stranger.school)
    hidden = factories.RoomFactory(school=cast.school, in_view=False)
    client = sign_in(cast.teacher)

    for room in (foreign, hidden):
        assert client.post(url("booking_move", booking), slot(cast, room=room.pk)).status_code == 422
    assert Booking.objects.get().revision == 0


def test_detail_of_a_logged_booking_leads_to_the_log_and_can_no_longer_be_changed(cast, sign_in, booking):
    with time_machine.travel(booking.starts_at + dt.timedelta(minutes=30), tick=False):
        sign_in(cast.mentor).post(url("booking_log", booking), ENTRY | {"tools": [cast.tool.pk]})
        mentors_page = sign_in(cast.mentor).get(url("booking_detail", booking)).content.decode()
        teachers_page = sign_in(cast.teacher).get(url("booking_detail", booking)).content.decode()

    booking.refresh_from_db()
    assert reverse("help_entry_detail", args=[booking.help_entry_id]) in mentors_page
    assert url("booking_move", booking) not in teachers_page


def test_detail_costs_a_fixed_number_of_statements(cast, sign_in, booking, in_november, django_assert_max_num_queries):
    client = sign_in(cast.teacher)

    with django_assert_max_num_queries(4):
        client.get(url("booking_detail", booking))

    assert booking.booked_at == NOW


@pytest.mark.parametrize(("who", "offered"), [("teacher", False), ("coordinator", True)])
def test_pages_of_what_has_begun_offer_its_end_to_the_coordinator_only(cast, sign_in, booking, who, offered):
    client = sign_in(getattr(cast, who))

    with time_machine.travel(booking.starts_at + dt.timedelta(minutes=5), tick=False):
        page = client.get(url("booking_detail", booking)).content.decode()
        events = client.get(reverse("calendar_events"), {"start": "2026-12-03", "end": "2026-12-04"}).json()

    assert (url("booking_cancel", booking) in page) is offered
    assert any("move" in event for event in events) is offered
