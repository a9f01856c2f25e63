"""What the home page says about bookings and playgrounds, for each hat."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from sessions_app.models import SignUp
from sessions_app.panels import panels
from sessions_app.templatetags.meeting import countdown, spoken_room
from tests import factories
from tests.cast import NOW


@pytest.fixture
def schedule(cast, schedule):
    """The playground of all tests, with more places and Leo on duty: Maya has a booking of her own."""
    return lambda **differences: schedule(**({"places": 12, "mentors": [cast.other_mentor]} | differences))


def home(client, at=NOW):
    with time_machine.travel(at, tick=False):
        return client.get(reverse("home")).content.decode()


def test_teacher_reads_what_is_next_first(cast, sign_in, book):
    book(period=cast.periods[0], day=cast.thursday + dt.timedelta(days=1), mentor=cast.other_mentor)
    booking = book()

    page = home(sign_in(cast.teacher))

    assert "Next, with Maya R., in 11 days" in page
    assert "<bdi>Thursday 3 December</bdi>, <bdi>4. period</bdi><br><bdi>10:40</bdi>, <bdi>room 112</bdi>" in page
    assert reverse("booking_move", args=[booking.pk]) in page


def test_teacher_without_booking_is_led_to_one(cast, sign_in):
    page = home(sign_in(cast.teacher))

    assert "No booking yet" in page
    assert f"{reverse('booking_find')}?support=reading_aloud" in page
    assert "support=captions" not in page


def test_teacher_joins_a_playground_from_the_home_page(cast, sign_in, schedule):
    playground = schedule()
    client = sign_in(cast.teacher)

    before = home(client)
    with time_machine.travel(NOW, tick=False):
        client.post(reverse("playground_sign_up", args=[playground.pk]))
    after = home(client)

    assert "12 of 12 places left" in before
    assert reverse("playground_sign_up", args=[playground.pk]) in before
    assert "11 of 12 places left" in after
    assert "You are coming" in after


def test_teacher_sees_a_full_playground_as_full(cast, sign_in, schedule):
    playground = schedule(places=1)
    SignUp.objects.create(playground=playground, teacher=cast.other_teacher, signed_up_at=NOW)

    page = home(sign_in(cast.teacher))

    assert "Full" in page
    assert reverse("playground_sign_up", args=[playground.pk]) not in page


def test_student_reads_where_to_go_in_the_schools_time(cast, sign_in, book):
    book()

    page = home(sign_in(cast.mentor), at=cast.span()[0] - dt.timedelta(minutes=20))

    assert "Your next help is in 20 minutes" in page
    assert "<bdi>10:40</bdi>, <bdi>room 112</bdi>" in page
    assert "Ms Ortiz wants to learn <b>Immersive Reader</b>.<br><bdi>Persuasive texts</bdi>" in page
    assert "Bring your device, charged, with Immersive Reader ready to show." in page


def test_student_on_duty_reads_the_playground_as_next(cast, sign_in, schedule):
    schedule()

    page = home(sign_in(cast.other_mentor))

    assert "Your next playground is in 11 days" in page
    assert "You are on duty at <b>Captions and translation</b>." in page


def test_student_with_nothing_planned_is_told_what_will_stand_here(cast, sign_in):
    assert "When a teacher books you" in home(sign_in(cast.mentor))


def test_student_logs_the_last_help_from_the_home_page(cast, sign_in, book):
    booking = book()
    after = booking.ends_at + dt.timedelta(days=1)
    client = sign_in(cast.mentor)

    page = home(client, at=after)
    with time_machine.travel(after, tick=False):
        client.post(
            reverse("booking_log", args=[booking.pk]),
            {"minutes": "45", "tools": cast.tool.pk, "done": ["showed"], "outcome": "solved"},
        )

    assert "How did it go on Thursday?" in page
    assert "<b>Ms Ortiz</b>, Immersive Reader, 45 minutes" in page
    assert "How did it go" not in home(client, at=after)
    booking.refresh_from_db()
    assert booking.help_entry.tools.get() == cast.tool


def test_student_is_asked_about_today_on_the_same_day(cast, sign_in, book):
    booking = book()

    page = home(sign_in(cast.mentor), at=booking.ends_at + dt.timedelta(minutes=5))

    assert "How did it go today?" in page


def test_coordinator_reads_the_week_day_by_day(cast, sign_in, book, schedule):
    book()
    book(teacher=cast.other_teacher, mentor=cast.other_mentor, period=cast.periods[1], room=cast.other_room)
    schedule()

    page = home(sign_in(cast.coordinator), at=dt.datetime(2026, 11, 30, 14, tzinfo=dt.UTC))

    assert "2 bookings" in page
    assert "2. period, 4. period" in page
    assert "0 of 12" in page
    assert "Needs you" not in page


def test_coordinator_on_sunday_reads_the_week_that_begins(cast, sign_in, book):
    book(day=dt.date(2026, 11, 23))

    assert "1 booking" in home(sign_in(cast.coordinator))


def test_coordinator_is_told_of_playgrounds_without_mentors_and_missing_logs(cast, sign_in, book, schedule):
    schedule(mentors=[], day=dt.date(2026, 12, 8))
    booking = book()

    page = home(sign_in(cast.coordinator), at=booking.ends_at + dt.timedelta(hours=1))

    assert "Captions and translation has no mentors" in page
    assert "Maya R. has not logged this help" in page
    assert reverse("booking_detail", args=[booking.pk]) in page


def test_panels_of_another_school_tell_nothing(cast, sign_in, book, schedule):
    book()
    schedule(mentors=[])

    page = home(sign_in(cast.stranger_coordinator), at=dt.datetime(2026, 12, 3, 20, tzinfo=dt.UTC))

    assert "Maya R." not in page
    assert "Captions and translation" not in page


def test_panels_of_two_hats_are_those_of_both(cast):
    cast.coordinator.roles = [Role.COORDINATOR, Role.TEACHER]

    templates = [panel.template for panel in panels(cast.coordinator, NOW)]

    assert "sessions_app/_coordinator_week.html" in templates
    assert "sessions_app/_teacher_next.html" in templates


def test_panels_of_an_admin_are_none(cast):
    assert panels(cast.admin, NOW) == []


@pytest.mark.parametrize(("who", "statements"), [("teacher", 4), ("mentor", 3), ("coordinator", 7)])
@pytest.mark.parametrize("count", [1, 30])
def test_panels_cost_the_same_for_1_and_30_rows(cast, who, statements, count, django_assert_num_queries):
    for _ in range(count):
        factories.BookingFactory(program=cast.program, teacher=cast.teacher, mentor=cast.mentor)
        playground = factories.PlaygroundSessionFactory(program=cast.program)
        playground.duties.create(person=cast.mentor)

    with django_assert_num_queries(statements):
        for panel in panels(getattr(cast, who), dt.datetime(2026, 12, 1, 14, tzinfo=dt.UTC)):
            for rows in panel.context.values():
                list(rows) if hasattr(rows, "__iter__") else rows


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        ({"minutes": -5}, "now"),
        ({"seconds": 20}, "in 1 minute"),
        ({"minutes": 20}, "in 20 minutes"),
        ({"hours": 2}, "in 2 hours"),
        ({"hours": 24}, "tomorrow at 15:00"),
        ({"days": 4}, "on Thursday"),
        ({"days": 9}, "in 9 days"),
    ],
)
def test_countdown_says_it_as_people_do(wait, words):
    assert countdown(NOW + dt.timedelta(**wait), NOW) == words


def test_room_that_is_a_number_is_called_a_room(cast):
    assert spoken_room(cast.room) == "room 112"
    assert spoken_room(cast.library) == "Library"
