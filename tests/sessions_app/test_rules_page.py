"""The pages on which rules are set, overridden and read."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import SchoolClass
from mentorship.models import Availability
from sessions_app.models import BookingRules
from tests.sessions_app.conftest import booking_url

PAGE = "school_booking_rules"
FORM = {
    "notice_minutes": "120",
    "cut_off_minutes": "45",
    "join_notice_minutes": "15",
    "offer_hours": "12",
    "teacher_week_limit": "",
    "mentor_week_limit": "2",
    "same_class_days": "21",
    "core_week_minutes": "50",
    "opens_at": "08:00",
    "closes_at": "16:30",
}


@pytest.fixture
def rules(cast) -> Callable[..., BookingRules]:
    """Set the school's rules; a test names what differs from the defaults."""
    return lambda **differences: BookingRules.objects.create(school=cast.school, **differences)


def leave_class(cast, number=4, **fields):
    """Maya may leave the class that she has in this period: Art, unless a test says otherwise."""
    Availability.objects.filter(person=cast.mentor, period=cast.periods[number - 1]).update(may_leave_class=True)
    school_class = SchoolClass.objects.create(**{"school": cast.school, "name": "Art 7B", "subject": "Art"} | fields)
    school_class.students.add(cast.mentor)
    school_class.periods.add(cast.periods[number - 1])
    return school_class


@pytest.mark.usefixtures("in_november")
def test_coordinator_overrides_on_the_page_of_moving_and_reads_why(cast, book, sign_in):
    leave_class(cast)
    book(day=cast.thursday - dt.timedelta(days=7))
    booking = book(period=cast.periods[0])
    to = {"day": cast.thursday.isoformat(), "period": cast.periods[3].pk, "room": cast.room.pk}
    client, teachers = sign_in(cast.coordinator), sign_in(cast.teacher)

    refused = client.post(booking_url("booking_move", booking), to)
    by_teacher = teachers.post(booking_url("booking_move", booking), to | {"override_reason": "Please"})
    moved = client.post(booking_url("booking_move", booking), to | {"override_reason": "Exhibition"}, follow=True)

    assert (refused.status_code, by_teacher.status_code) == (422, 422)
    assert "left this class not long ago" in refused.content.decode()
    assert "Exhibition" in moved.content.decode()
    assert "Exhibition" not in teachers.get(booking_url("booking_detail", booking)).content.decode()
    booking.refresh_from_db()
    assert (booking.override_reason, booking.overridden_by) == ("Exhibition", cast.coordinator)


@pytest.mark.parametrize("who", ["coordinator", "admin"])
def test_rules_are_set_on_their_page(cast, sign_in, who):
    client = sign_in(getattr(cast, who))

    saved = client.post(reverse(PAGE), FORM)
    page = client.get(reverse(PAGE)).content.decode()

    rules = BookingRules.objects.get()
    assert saved.url == reverse("school_settings")
    assert (rules.school, rules.notice_minutes, rules.teacher_week_limit, rules.mentor_week_limit) == (
        cast.school, 120, None, 2,
    )  # fmt: skip
    assert 'value="120"' in page


@pytest.mark.parametrize(
    ("field", "value"), [("mentor_week_limit", "0"), ("notice_minutes", "-1"), ("same_class_days", "soon")]
)
def test_rules_that_make_no_sense_change_nothing_and_keep_what_was_typed(cast, sign_in, field, value):
    answer = sign_in(cast.coordinator).post(reverse(PAGE), FORM | {field: value})

    assert answer.status_code == 422
    assert f'value="{value}"' in answer.content.decode()
    assert not BookingRules.objects.exists()


@pytest.mark.usefixtures("in_november")
def test_book_page_answers_422_with_the_rule(cast, sign_in, wish, rules):
    rules(notice_minutes=14 * 24 * 60)

    answer = sign_in(cast.teacher).post(reverse("booking_create"), wish)

    assert answer.status_code == 422
    assert "at least 20160 minutes before" in answer.content.decode().replace(",", "")
