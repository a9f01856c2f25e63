"""Repeating a booking from its page: the dates are looked at first, left out by hand, and booked all or none."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse

from accounts.models import SchoolDay
from mentorship.models import Availability
from sessions_app.models import Booking, Series
from sessions_app.services import book_series, cancel_booking
from tests.cast import NOW
from tests.sessions_app.conftest import booking_url

pytestmark = pytest.mark.usefixtures("in_november")
URL = "booking_repeat"
THURSDAYS = ["2026-12-10", "2026-12-17", "2026-12-24"]


@pytest.fixture
def plan():
    """What the form sends: every Thursday until Christmas Eve."""
    return {"request_key": str(uuid.uuid4()), "until": "2026-12-24", "every": "1", "weekdays": ["3"], "revision": "0"}


@pytest.fixture
def series(cast, booking):
    """The booking and three more, a week apart each."""
    return book_series(
        booking, by=cast.teacher, until=dt.date(2026, 12, 24), weekdays=[3], every=1, left_out=[], revision=0,
        request_key=uuid.uuid4(), now=NOW,
    )  # fmt: skip


def left_out_in(page):
    """The dates whose box is ticked."""
    return re.findall(r'name="left_out"[^>]*value="([^"]*)" checked', page)


def test_anonymous_is_sent_to_sign_in(client, booking, plan):
    for page in (URL, "booking_series_cancel"):
        answer = client.post(booking_url(page, booking), plan | {"save": "1"})

        assert answer.url.startswith(reverse("account_login"))
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("mentor", 403), ("admin", 403), ("other_teacher", 404), ("stranger", 404)]
)
def test_others_do_not_reach_it(cast, sign_in, booking, plan, who, status):
    client = sign_in(getattr(cast, who))

    for page in (URL, "booking_series_cancel"):
        assert client.post(booking_url(page, booking), plan | {"save": "1"}).status_code == status
    assert not Series.objects.exists()
    assert Booking.objects.standing().count() == 1


def test_page_of_a_booking_leads_there(cast, sign_in, booking):
    client = sign_in(cast.teacher)

    assert booking_url(URL, booking) in client.get(booking_url("booking_detail", booking)).content.decode()
    page = client.get(booking_url(URL, booking)).content.decode()

    assert "from Thursday 3 December, 4. period, 10:40 to 11:25 on" in page
    assert 'value="2027-06-04"' in page  # the last day of the program
    assert re.search(r'name="weekdays" value="3"[^>]*checked', page)


def test_dates_are_looked_at_and_nothing_is_booked(cast, sign_in, booking, plan):
    page = sign_in(cast.teacher).post(booking_url(URL, booking), plan).content.decode()

    assert "<h2>3 more dates</h2>" in page
    assert [day for day in THURSDAYS if f'value="{day}"' in page] == THURSDAYS
    assert "Thursday 10 December, 10:40" in page
    assert left_out_in(page) == []
    assert not Series.objects.exists()


def test_what_is_not_possible_is_shown_and_left_out_in_one_tap(cast, sign_in, booking, book, plan):
    book(day=dt.date(2026, 12, 10), teacher=cast.other_teacher, room=cast.other_room)
    client = sign_in(cast.teacher)

    shown = client.post(booking_url(URL, booking), plan).content.decode()
    left = client.post(booking_url(URL, booking), plan | {"leave_out_clashes": "1"}).content.decode()

    assert "1 date is not possible." in shown
    assert "Taken at that time: Maya R.<" in shown
    assert left_out_in(left) == ["2026-12-10"]
    assert "<h2>2 more dates</h2>" in left
    assert "not possible. Leave" not in left


@pytest.mark.parametrize("who", ["teacher", "coordinator"])
def test_saving_books_all_but_those_left_out(cast, sign_in, booking, plan, who):
    answer = sign_in(getattr(cast, who)).post(
        booking_url(URL, booking), plan | {"save": "1", "left_out": ["2026-12-17"]}, follow=True
    )

    page = answer.content.decode()
    assert answer.redirect_chain == [(booking_url("booking_detail", booking), 302)]
    assert "Booked: 3 dates." in page
    assert "One of 3 dates of a series" in page
    assert {row.booked_by for row in Booking.objects.exclude(pk=booking.pk)} == {getattr(cast, who)}


def test_saving_needs_no_more_than_a_day_and_a_key(cast, sign_in, booking):
    sent = {"until": "2026-12-24", "request_key": str(uuid.uuid4()), "save": "1"}
    client = sign_in(cast.teacher)

    for _click in range(2):
        assert client.post(booking_url(URL, booking), sent).status_code == 302

    assert Booking.objects.count() == 4


def test_saving_what_was_taken_meanwhile_books_nothing_and_says_what_is_new(cast, sign_in, booking, book, plan):
    book(day=dt.date(2026, 12, 10), teacher=cast.other_teacher, room=cast.other_room)
    book(day=dt.date(2026, 12, 17), teacher=cast.other_teacher, room=cast.other_room)

    answer = sign_in(cast.teacher).post(booking_url(URL, booking), plan | {"save": "1", "known": ["2026-12-10"]})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Some dates are not possible." in page
    rows = [row for row in re.findall(r"(?s)<li class=\"sheet-row\">(.*?)</li>", page) if "New:" in row]
    assert ["Thursday 17 December" in row for row in rows] == [True]
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"until": "2026-12-03"}, "No other date lies before that day."),
        ({"until": "2026-12-01"}, "No other date lies before that day."),
        ({"until": "2099-12-31"}, "That is more than 150 dates."),
        ({"until": "9999-12-31"}, "Choose a day in the years 2000 to 2099."),
        ({"until": "2027-12-01", "weekdays": list("0123456")}, "That is more than 150 dates."),
        ({"weekdays": ["7"]}, "Select a valid choice."),
        ({"every": "3"}, "Select a valid choice."),
        ({"left_out": ["soon"]}, "Select a valid choice."),
        ({"request_key": "1"}, "Enter a valid UUID."),
        ({"save": "1", "left_out": THURSDAYS}, "No date is left."),
        ({"save": "1", "revision": "7"}, "This booking was changed meanwhile."),
    ],
)
def test_wrong_value_answers_422_and_books_nothing(cast, sign_in, booking, plan, wrong, reason):
    answer = sign_in(cast.teacher).post(booking_url(URL, booking), plan | wrong)

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert not Series.objects.exists()


def test_coordinator_goes_past_protection_with_a_reason(cast, sign_in, book, plan):
    Availability.objects.filter(person=cast.mentor).update(may_leave_class=True)
    booking = book()
    teacher, coordinator = sign_in(cast.teacher), sign_in(cast.coordinator)
    said = plan | {"override_reason": "Her wish"}

    asked = teacher.post(booking_url(URL, booking), said).content.decode()
    seen = coordinator.post(booking_url(URL, booking), said).content.decode()
    coordinator.post(booking_url(URL, booking), said | {"save": "1"})

    assert 'name="override_reason"' not in asked
    assert "2 dates are not possible." in asked
    assert seen.count("Misses class, for your reason") == 3
    assert Booking.objects.filter(override_reason="Her wish").count() == 3


def test_dates_of_a_series_lead_to_each_other(cast, sign_in, booking, series):
    last = series.bookings.order_by("starts_at").last()

    page = sign_in(cast.mentor).get(booking_url("booking_detail", last)).content.decode()

    assert "One of 4 dates of a series" in page
    assert booking_url("booking_detail", booking) in page
    assert booking_url(URL, last) not in page


def test_one_date_or_all_that_follow_are_cancelled(cast, sign_in, series):
    first, second, third, fourth = series.bookings.order_by("starts_at")
    client = sign_in(cast.teacher)

    page = client.get(booking_url("booking_detail", second)).content.decode()
    client.post(booking_url("booking_cancel", first))
    standing = set(Booking.objects.standing())
    said = client.post(booking_url("booking_series_cancel", second), {"reason": "New plan"}, follow=True)

    assert "Cancel this and the 2 dates after it" in page
    assert standing == {second, third, fourth}
    assert "Cancelled: 3 dates." in said.content.decode()
    assert not Booking.objects.standing().exists()


def test_last_date_of_a_series_is_cancelled_by_itself(cast, sign_in, series):
    last = series.bookings.order_by("starts_at").last()

    page = sign_in(cast.teacher).get(booking_url("booking_detail", last)).content.decode()

    assert "Yes, cancel it" in page
    assert "Cancel this and" not in page


def test_cancelling_from_a_date_on_again_says_so(cast, sign_in, booking, series):
    client = sign_in(cast.teacher)
    client.post(booking_url("booking_series_cancel", booking))

    page = client.post(booking_url("booking_series_cancel", booking), follow=True).content.decode()

    assert "This booking was cancelled already, or is over." in page


def test_too_long_a_reason_keeps_the_series(cast, sign_in, booking, series):
    answer = sign_in(cast.teacher).post(booking_url("booking_series_cancel", booking), {"reason": "x" * 301})

    assert answer.status_code == 422
    assert Booking.objects.standing().count() == 4


@pytest.mark.parametrize("count", [1, 25])
def test_pages_cost_the_same_for_1_and_25_dates(cast, sign_in, booking, plan, count, django_assert_num_queries):
    days = [cast.thursday + number * dt.timedelta(days=7) for number in range(26)]
    SchoolDay.objects.bulk_create(
        [SchoolDay(school=cast.school, date=day, day_type=cast.day_type) for day in days], ignore_conflicts=True
    )
    client = sign_in(cast.teacher)
    sent = plan | {"until": days[count].isoformat()}

    with django_assert_num_queries(8):
        page = client.post(booking_url(URL, booking), sent).content.decode()
    assert page.count('name="left_out"') == count

    client.post(booking_url(URL, booking), sent | {"save": "1"})
    with django_assert_num_queries(8):
        page = client.get(booking_url("booking_detail", booking)).content.decode()
    assert page.count("/bookings/") >= count


def test_what_was_cancelled_is_not_repeated_and_says_so_at_once(cast, sign_in, booking, plan):
    cancel_booking(booking, by=cast.teacher, reason="", now=NOW)
    client = sign_in(cast.teacher)

    looked = client.get(booking_url(URL, booking), follow=True)
    sent = client.post(booking_url(URL, booking), plan, follow=True)

    for answer in (looked, sent):
        assert answer.redirect_chain == [(booking_url("booking_detail", booking), 302)]
        assert "This booking was cancelled." in answer.content.decode()
