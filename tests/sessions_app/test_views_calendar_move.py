"""Moving a booking in the drawn week: what the page offers, the periods to drop it on, and what is answered."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import BellSchedule, Message, PeriodTime
from sessions_app.models import Booking
from tests import factories
from tests.cast import NOW
from tests.sessions_app.conftest import booking_url, counts, friday

pytestmark = pytest.mark.usefixtures("in_november")

RANGE = {"start": "2026-11-30", "end": "2026-12-07"}
JSON = {"accept": "application/json"}


def drop(client, booking, *, day, period):
    """What the script sends when the event was dropped on a period of a day."""
    slot = {"day": day.isoformat(), "period": period.pk, "room": booking.room_id}
    return client.post(booking_url("booking_move", booking), slot, headers=JSON)


def event_seen_by(client):
    [event] = client.get(reverse("calendar_events"), RANGE).json()
    return event


@pytest.mark.parametrize(("who", "offered"), [("teacher", True), ("coordinator", True), ("mentor", False)])
def test_event_says_how_to_move_it_to_who_may(cast, sign_in, booking, who, offered):
    event = event_seen_by(sign_in(getattr(cast, who)))

    assert (event.get("move") == booking_url("booking_move", booking)) is offered
    assert ("periods" in event, "room" in event) == (offered, offered)


def test_event_that_is_over_or_logged_is_not_moved(cast, sign_in, booking):
    Booking.objects.update(help_entry=factories.HelpEntryFactory(program=cast.program))

    assert "move" not in event_seen_by(sign_in(cast.teacher))


@pytest.mark.parametrize(("who", "links"), [("teacher", 1), ("coordinator", 1), ("mentor", 0)])
def test_list_has_a_link_to_move_each_booking_for_who_may(cast, sign_in, booking, who, links):
    page = sign_in(getattr(cast, who)).get(reverse("calendar"), {"week": "2026-12-03", "view": "list"})

    assert page.content.decode().count(f'href="{booking_url("booking_move", booking)}"') == links


def test_periods_are_those_of_the_mentors_grade_on_school_days(cast, sign_in, booking):
    cast.mentor.grade = "8"
    cast.mentor.save()
    eighth = BellSchedule.objects.create(school=cast.school, name="Grade 8", grades=["8"])
    PeriodTime.objects.create(
        bell_schedule=eighth,
        day_type=cast.day_type,
        period=cast.periods[3],
        starts=dt.time(11, 30),
        ends=dt.time(12, 15),
    )

    periods = sign_in(cast.teacher).get(booking_url("booking_periods", booking), RANGE).json()

    assert len(periods) == 4 * 5
    assert {period["day"] for period in periods} == {
        f"2026-{day}" for day in ("11-30", "12-01", "12-02", "12-03", "12-04")
    }
    thursday = [period for period in periods if period["day"] == "2026-12-03"]
    assert [(period["title"], period["start"]) for period in thursday] == [
        ("1. period", "2026-12-03T08:00:00-06:00"),
        ("2. period", "2026-12-03T08:55:00-06:00"),
        ("3. period", "2026-12-03T09:50:00-06:00"),
        ("4. period", "2026-12-03T11:30:00-06:00"),
    ]


def test_periods_of_no_stretch_are_refused(cast, sign_in, booking):
    client = sign_in(cast.teacher)

    for asked in ({}, {"start": "2026-12-07", "end": "2026-11-30"}, {"start": "2026-11-30", "end": "2027-03-01"}):
        assert client.get(booking_url("booking_periods", booking), asked).status_code == 400


@pytest.mark.parametrize(
    ("who", "status"), [("other_teacher", 404), ("stranger", 404), ("mentor", 403), ("admin", 403)]
)
def test_periods_and_moves_are_for_those_of_the_booking(cast, sign_in, booking, who, status):
    client = sign_in(getattr(cast, who))

    assert client.get(booking_url("booking_periods", booking), RANGE).status_code == status
    assert drop(client, booking, day=friday(cast), period=cast.periods[3]).status_code == status
    assert Booking.objects.get().starts_at == booking.starts_at


def test_dropped_booking_is_moved_and_told_once(cast, sign_in, booking):
    client = sign_in(cast.teacher)

    answers = [drop(client, booking, day=friday(cast), period=cast.periods[1]) for _twice in range(2)]

    assert [answer.json() for answer in answers] == [
        {"said": "Moved. Both of you are told, and the reminders moved too."}
    ] * 2
    assert Booking.objects.get().starts_at == cast.span(2, friday(cast))[0]
    assert Message.objects.filter(kind="booking_moved", user=cast.teacher).count() == 1
    assert "Moved." not in client.get(reverse("calendar")).content.decode()


def test_drop_that_is_forbidden_says_why_and_changes_nothing(cast, sign_in, booking):
    cast.mentor.availability.filter(period=cast.periods[1]).delete()
    before = counts()

    answer = drop(sign_in(cast.teacher), booking, day=friday(cast), period=cast.periods[1])

    assert (answer.status_code, answer.json()["said"]) == (422, "Maya R. is not free in 2. period.")
    assert counts() == before
    assert Booking.objects.get().starts_at == booking.starts_at


def test_drop_on_a_time_that_was_just_taken_says_so_and_changes_nothing(cast, sign_in, book, booking):
    book(teacher=cast.other_teacher, day=friday(cast), room=cast.other_room)
    before = counts()

    answer = drop(sign_in(cast.teacher), booking, day=friday(cast), period=cast.periods[3])

    assert answer.status_code == 409
    assert answer.json()["said"].startswith("That time was just taken.")
    assert counts() == before
    assert Booking.objects.get(pk=booking.pk).starts_at == booking.starts_at


def test_month_is_a_list_of_the_whole_month_beneath_the_drawn_one(cast, sign_in, book):
    book()
    book(day=friday(cast) + dt.timedelta(days=10))
    client = sign_in(cast.teacher)

    page = client.get(reverse("calendar"), {"view": "month", "week": "2026-12-31"}).content.decode()
    before = client.get(reverse("calendar"), {"view": "month", "week": "2026-11-30"}).content.decode()

    assert 'data-view="month"' in page
    assert "From Tuesday 1 December to Thursday 31 December" in page
    assert ("Thursday 3 December" in page, "Monday 14 December" in page) == (True, True)
    assert "week=2026-11-30" in page
    assert "week=2027-01-01" in page
    assert "Nothing stands in this month" in before


@pytest.mark.parametrize("who", ["other_teacher", "other_mentor", "stranger", "stranger_coordinator"])
def test_month_never_shows_other_peoples_bookings(cast, sign_in, booking, who):
    page = sign_in(getattr(cast, who)).get(reverse("calendar"), {"view": "month", "week": "2026-12-03"})

    assert "Maya R." not in page.content.decode()
    assert "Nothing stands in this month" in page.content.decode()


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("who", ["coordinator", "teacher", "mentor"])
def test_month_costs_the_same_for_1_and_30_rows(cast, sign_in, who, count, django_assert_num_queries):
    for number in range(count):
        starts_at = NOW + dt.timedelta(days=10, hours=number)
        of = {
            "teacher": cast.teacher,
            "mentor": cast.mentor,
            "starts_at": starts_at,
            "ends_at": starts_at + dt.timedelta(minutes=45),
        }
        factories.BookingFactory(program=cast.program, **of)
    client = sign_in(getattr(cast, who))

    with django_assert_num_queries(5):
        page = client.get(reverse("calendar"), {"view": "month", "week": "2026-12-03"}).content.decode()

    assert page.count("sheet-row") == count


def test_view_that_is_none_is_the_first_of_the_role(cast, sign_in):
    shown = {
        who: sign_in(getattr(cast, who)).get(reverse("calendar"), {"view": "x"}).context["view"]
        for who in ("mentor", "teacher")
    }

    assert shown == {"mentor": "list", "teacher": "calendar"}
