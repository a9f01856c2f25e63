"""The week as a list, and the events that the drawn calendar asks for."""

import datetime as dt

import pytest
from django.urls import reverse

from sessions_app.models import Booking, PlaygroundSession
from tests import factories
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("in_november")

WEEK = {"week": "2026-12-03"}
RANGE = {"start": "2026-11-30", "end": "2026-12-07"}


@pytest.fixture
def playground(cast, schedule):
    return schedule(places=12, mentors=[cast.other_mentor])


def events(client, **asked):
    return client.get(reverse("calendar_events"), RANGE | asked)


@pytest.mark.parametrize("page", ["calendar", "calendar_events"])
def test_calendar_anonymous_is_sent_to_sign_in(client, cast, page):
    assert client.get(reverse(page)).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("page", ["calendar", "calendar_events"])
def test_calendar_of_an_admin_only_is_forbidden(cast, sign_in, page):
    assert sign_in(cast.admin).get(reverse(page), RANGE).status_code == 403


def test_list_shows_the_week_that_was_asked_for(cast, sign_in, book):
    book()
    client = sign_in(cast.teacher)

    this_week = client.get(reverse("calendar")).content.decode()
    that_week = client.get(reverse("calendar"), WEEK).content.decode()

    assert "Maya R." not in this_week
    assert "Nothing stands in this week" in this_week
    assert "Thursday 3 December" in that_week
    assert "<bdi>4. period</bdi>, <bdi>10:40 to 11:25</bdi>, <bdi>room 112</bdi>" in that_week
    assert "<bdi>Immersive Reader</bdi>" in that_week
    assert "week=2026-11-23" in that_week
    assert "week=2026-12-07" in that_week


def test_list_shows_the_coordinator_both_names(cast, sign_in, book):
    book()

    page = sign_in(cast.coordinator).get(reverse("calendar"), WEEK).content.decode()

    assert "Ms Ortiz with Maya R." in page


@pytest.mark.parametrize("who", ["other_teacher", "other_mentor", "stranger", "stranger_coordinator"])
def test_list_never_shows_other_peoples_bookings(cast, sign_in, book, who):
    book()

    page = sign_in(getattr(cast, who)).get(reverse("calendar"), WEEK).content.decode()

    assert "Maya R." not in page
    assert "Ms Ortiz" not in page


def test_list_shows_a_student_the_own_duty_only(cast, sign_in, playground):
    on_duty = sign_in(cast.other_mentor).get(reverse("calendar"), WEEK).content.decode()
    other = sign_in(cast.mentor).get(reverse("calendar"), WEEK).content.decode()

    assert "You are on duty" in on_duty
    assert "Captions and translation" not in other


def test_list_leaves_out_what_was_cancelled(cast, sign_in, book, playground):
    book()
    Booking.objects.update(state="cancelled", ended_at=NOW, ended_by=cast.teacher)
    PlaygroundSession.objects.update(state="cancelled")

    page = sign_in(cast.coordinator).get(reverse("calendar"), WEEK).content.decode()

    assert "Nothing stands in this week" in page


@pytest.mark.parametrize(("who", "drawn"), [("mentor", False), ("teacher", True), ("coordinator", True)])
def test_list_is_first_for_students_and_on_both_for_everybody(cast, sign_in, who, drawn):
    page = sign_in(getattr(cast, who)).get(reverse("calendar")).content.decode()

    assert ('id="calendar"' in page) is drawn
    assert 'id="week-list"' in page


def test_list_opens_on_a_sunday_at_the_next_school_day_and_leaves_out_days_off(cast, sign_in):
    page = sign_in(cast.teacher).get(reverse("calendar")).content.decode()

    assert 'data-day="2026-11-23"' in page
    assert 'data-days-off="[0, 6]"' in page


def test_list_with_a_word_that_is_no_day_shows_this_week(cast, sign_in):
    for word in ("yesterday", "2026-02-31"):
        page = sign_in(cast.teacher).get(reverse("calendar"), {"week": word}).content.decode()

        assert "From Monday 23 November to Sunday 29 November" in page


@pytest.mark.parametrize("count", [1, 30])
def test_list_costs_the_same_for_1_and_30_rows(cast, sign_in, count, django_assert_num_queries):
    for _ in range(count):
        factories.BookingFactory(program=cast.program, period=cast.periods[3])
        factories.PlaygroundSessionFactory(program=cast.program)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(5):
        page = client.get(reverse("calendar"), WEEK | {"view": "list"}).content.decode()

    assert page.count("sheet-row") == 2 * count


def test_events_tell_own_bookings_in_full_in_the_schools_time(cast, sign_in, book):
    booking = book()

    [event] = events(sign_in(cast.teacher)).json()

    assert event["title"] == "Maya R., Immersive Reader"
    assert event["url"] == reverse("booking_detail", args=[booking.pk])
    assert event["start"] == "2026-12-03T10:40:00-06:00"
    assert dt.datetime.fromisoformat(event["end"]) == booking.ends_at


@pytest.mark.parametrize("who", ["other_teacher", "other_mentor"])
def test_events_of_others_are_busy_time_without_anything_else(cast, sign_in, book, who):
    book()

    [event] = events(sign_in(getattr(cast, who))).json()

    assert set(event) == {"start", "end", "title", "display", "className"}
    assert event["title"] == "Busy"


def test_events_of_others_do_not_tell_how_many(cast, sign_in, book):
    book()
    book(teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room)
    onlooker = factories.TeacherFactory(school=cast.school)

    assert len(events(sign_in(onlooker)).json()) == 1


def test_events_of_another_school_are_nothing(cast, sign_in, book, playground):
    book()

    assert events(sign_in(cast.stranger)).json() == []
    assert events(sign_in(cast.stranger_coordinator)).json() == []


def test_events_tell_the_coordinator_all(cast, sign_in, book, playground):
    book()

    titles = {event["title"] for event in events(sign_in(cast.coordinator)).json()}

    assert titles == {"Ms Ortiz with Maya R.", "Captions and translation"}


@pytest.mark.parametrize(
    "asked",
    [
        {"start": "x"},
        {"start": ""},
        {"end": "2026-13-45"},
        {"start": "2026-12-07", "end": "2026-11-30"},
        {"end": "2027-02-15"},
    ],
)
def test_events_of_no_or_too_long_a_stretch_are_refused(cast, sign_in, asked):
    answer = events(sign_in(cast.coordinator), **asked)

    assert answer.status_code == 400
    assert "62 days" in answer.json()["error"]


def test_events_take_instants_with_an_offset_as_they_are(cast, sign_in, book):
    book()
    client = sign_in(cast.teacher)

    before = events(client, start="2026-12-03T00:00:00-06:00", end="2026-12-03T10:40:00-06:00").json()
    during = events(client, start="2026-12-03T10:40:00", end="2026-12-03T10:41:00").json()

    assert before == []
    assert len(during) == 1


@pytest.mark.parametrize("who", ["coordinator", "teacher"])
@pytest.mark.parametrize("count", [1, 30])
def test_events_cost_the_same_for_1_and_30_rows(cast, sign_in, who, count, django_assert_num_queries):
    for _ in range(count):
        factories.BookingFactory(program=cast.program)
        factories.PlaygroundSessionFactory(program=cast.program)
    client = sign_in(getattr(cast, who))

    with django_assert_num_queries(4 if who == "coordinator" else 5):
        events(client)


@pytest.mark.parametrize("week", ["0001-01-01", "9999-12-31"])
def test_calendar_of_a_week_that_no_school_has_is_that_of_today(cast, sign_in, week):
    answer = sign_in(cast.teacher).get(reverse("calendar"), {"week": week})

    assert answer.status_code == 200
    assert answer.context["first"] == dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("9999-12-30", "9999-12-31"),
        ("0001-01-01", "0001-01-02"),
        ("0001-01-01T00:00:00+14:00", "2026-12-01"),
        ("9999-12-30T00:00:00Z", "9999-12-31T00:00:00-14:00"),
    ],
)
def test_events_at_the_ends_of_time_answer_400(cast, sign_in, start, end):
    assert events(sign_in(cast.teacher), start=start, end=end).status_code == 400
