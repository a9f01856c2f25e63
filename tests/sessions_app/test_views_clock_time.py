"""The page on which a teacher books by the clock, and the pages that show such a booking."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mentorship.models import Mentor, MentorTool
from sessions_app.models import Booking
from tests import factories
from tests.cast import Cast
from tests.sessions_app.conftest import booking_url, friday

pytestmark = pytest.mark.usefixtures("in_november")
SignIn = Callable[[User], Client]
URL = "booking_clock"


@pytest.fixture
def asked(cast: Cast) -> dict[str, str]:
    """What the form sends."""
    return {
        "tool": str(cast.tool.pk),
        "learners": "eb",
        "mentor": str(cast.mentor.pk),
        "day": cast.thursday.isoformat(),
        "starts": "15:10",
        "minutes": "30",
        "room": str(cast.room.pk),
        "goal": "Persuasive texts",
        "request_key": str(uuid.uuid4()),
    }


def test_teacher_books_by_the_clock(cast: Cast, sign_in: SignIn, asked: dict[str, str]) -> None:
    client = sign_in(cast.teacher)

    page = client.get(reverse(URL), {"tool": cast.tool.pk, "learners": "eb"}).content.decode()
    booked = client.post(reverse(URL), asked, follow=True).content.decode()
    client.post(reverse(URL), asked)

    booking = Booking.objects.get()
    assert "Maya R." in page
    assert "Maya Rahman" not in page
    assert 'value="30" selected' in page
    assert "you will both be reminded" in booked
    assert "15:10 to 15:40" in booked
    assert (booking.period, booking.goal, booking.learner_group) == (None, "Persuasive texts", "eb")
    for person in (cast.teacher, cast.mentor, cast.coordinator):
        for name in ("home", "calendar"):
            assert "None" not in sign_in(person).get(reverse(name), {"week": "2026-12-03"}).content.decode()
    assert "15:10" in sign_in(cast.mentor).get(reverse("home")).content.decode()


def test_pages_about_a_booking_know_clock_times(cast: Cast, sign_in: SignIn, asked: dict[str, str]) -> None:
    client = sign_in(cast.teacher)
    client.post(reverse(URL), asked)
    booking = Booking.objects.get()

    move = client.get(booking_url("booking_move", booking)).content.decode()
    detail = client.get(booking_url("booking_detail", booking)).content.decode()
    repeat = client.get(booking_url("booking_repeat", booking)).content.decode()

    assert "It stands on Thursday 3 December, 15:10 to 15:40." in move
    assert booking_url("booking_repeat", booking) in detail
    assert "from Thursday 3 December, 15:10 to 15:40 on" in repeat


def test_teacher_repeats_a_booking_by_the_clock(cast: Cast, sign_in: SignIn, asked: dict[str, str]) -> None:
    client = sign_in(cast.teacher)
    client.post(reverse(URL), asked)
    booking = Booking.objects.get()
    plan = {"until": "2026-12-17", "every": "1", "weekdays": ["3"], "request_key": str(uuid.uuid4())}

    looked = client.post(booking_url("booking_repeat", booking), plan).content.decode()
    saved = client.post(booking_url("booking_repeat", booking), plan | {"save": "1"}, follow=True)

    assert "Thursday 10 December, 15:10" in looked
    assert "2 more dates" in looked
    assert "Booked: 3 dates." in saved.content.decode()
    assert Booking.objects.filter(period=None).count() == 3


def moved(client: Client, booking: Booking, **wish: Any) -> tuple[int, str]:
    """What the page to move it answers."""
    wish = {"day": "2026-12-04", "room": booking.room_id} | wish
    answer = client.post(booking_url("booking_move", booking), wish, follow=True)
    booking.refresh_from_db()
    return answer.status_code, answer.content.decode()


def test_booking_is_moved_between_periods_and_clock_times(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    """What the form still holds of the time before gives way to what was chosen."""
    client, fourth, first = sign_in(cast.teacher), cast.periods[3].pk, cast.periods[0].pk

    status, page = moved(client, booking, period=fourth, starts="15:10", minutes="30")
    assert (status, booking.period) == (200, None)
    assert "15:10 to 15:40" in page
    assert 'value="15:10"' in client.get(booking_url("booking_move", booking)).content.decode()

    moved(client, booking, period="", starts="15:30", minutes="20")
    assert (booking.starts_at, booking.minutes) == (at_wall(cast, 15, 30), 20)

    moved(client, booking, period=first, starts="15:30", minutes="20")
    assert (booking.period, booking.starts_at) == (cast.periods[0], cast.span(1, friday(cast))[0])
    assert booking.revision == 3


@pytest.mark.parametrize(
    ("period", "starts", "words"),
    [
        (2, "15:10", "Choose a period or a time, not both."),
        (None, "", "Choose a period, or a time."),
        (None, "18:00", "from 07:00 to 17:00 only"),
        (None, "soon", "Enter a valid time."),
    ],
)
def test_move_to_no_time_or_to_two_is_refused(
    cast: Cast, sign_in: SignIn, booking: Booking, period: int | None, starts: str, words: str
) -> None:
    chosen = cast.periods[period - 1].pk if period else ""

    status, page = moved(sign_in(cast.teacher), booking, period=chosen, starts=starts, minutes="30")

    assert status == 422
    assert words in page
    assert booking.revision == 0


def test_booking_dropped_where_no_period_is_moves_to_that_time(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    wish = {"day": "2026-12-04", "starts": "15:30", "minutes": "45", "room": booking.room_id}

    answer = sign_in(cast.teacher).post(
        booking_url("booking_move", booking), wish, headers={"accept": "application/json"}
    )

    booking.refresh_from_db()
    assert answer.json()["said"].startswith("Moved.")
    assert (booking.period, booking.starts_at, booking.minutes) == (None, at_wall(cast, 15, 30), 45)


def at_wall(cast: Cast, hour: int, minute: int) -> dt.datetime:
    """This time by the clock of the school on the Friday after the cast's Thursday."""
    return dt.datetime.combine(friday(cast), dt.time(hour, minute), cast.school.zone)


def test_loser_gets_other_times(cast: Cast, sign_in: SignIn, asked: dict[str, str]) -> None:
    sign_in(cast.other_teacher).post(reverse(URL), asked | {"request_key": str(uuid.uuid4())})

    answer = sign_in(cast.teacher).post(reverse(URL), asked)

    assert answer.status_code == 409
    assert answer.content.decode().count("Book this") == 3
    assert Booking.objects.count() == 1


def test_refusal_answers_422_and_keeps_what_was_typed(cast: Cast, sign_in: SignIn, asked: dict[str, str]) -> None:
    answer = sign_in(cast.teacher).post(reverse(URL), asked | {"starts": "18:00"})

    assert answer.status_code == 422
    assert "Your school books from 07:00 to 17:00 only." in answer.content.decode()
    assert "Persuasive texts" in answer.content.decode()
    assert 'value="18:00"' in answer.content.decode()


def test_what_is_not_ones_own_to_choose_is_refused(cast: Cast, sign_in: SignIn, asked: dict[str, str]) -> None:
    foreign_tool = factories.ToolFactory(school=cast.stranger.school)
    foreign_room = factories.RoomFactory(school=cast.stranger.school, in_view=True)
    client = sign_in(cast.teacher)

    for wrong in ({"mentor": cast.other_teacher.pk}, {"room": foreign_room.pk}, {"minutes": "12"}, {"day": "soon"}):
        assert client.post(reverse(URL), asked | wrong).status_code == 422
    for tool in (foreign_tool.pk, 10**30):
        assert client.post(reverse(URL), asked | {"tool": str(tool)}).status_code == 404
    for tool in ("", "x"):
        assert client.post(reverse(URL), asked | {"tool": tool}).headers["Location"] == reverse("booking_find")
    assert client.get(reverse(URL), {"tool": cast.tool.pk, "learners": "x"}).status_code == 404
    assert not Booking.objects.exists()


def test_teacher_without_program_is_told(cast: Cast, sign_in: SignIn, asked: dict[str, str]) -> None:
    cast.program.participants.filter(person=cast.teacher).update(left_on=cast.thursday)

    answer = sign_in(cast.teacher).post(reverse(URL), asked)

    assert answer.status_code == 200
    assert not Booking.objects.exists()


@pytest.mark.parametrize("who", ["mentor", "coordinator", "admin"])
def test_only_teachers_book_here(cast: Cast, sign_in: SignIn, asked: dict[str, str], who: str) -> None:
    assert sign_in(getattr(cast, who)).post(reverse(URL), asked).status_code == 403
    assert not Booking.objects.exists()


def test_page_costs_the_same_for_1_and_30_mentors(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: Callable[..., Any]
) -> None:
    client = sign_in(cast.teacher)
    client.get(reverse(URL), {"tool": cast.tool.pk})  # the session's first visit writes
    for count in (0, 30):
        for _ in range(count):
            student = factories.StudentFactory(school=cast.school)
            factories.ParticipantFactory(program=cast.program, person=student)
            factories.let_take_part(student, recorded_by=cast.coordinator)
            MentorTool.objects.create(mentor=Mentor.objects.create(user=student, languages=["en"]), tool=cast.tool)
        with django_assert_num_queries(7):
            page = client.get(reverse(URL), {"tool": cast.tool.pk})
        assert len(page.context["form"].fields["mentor"].queryset) == 2 + count
