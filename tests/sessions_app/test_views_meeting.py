"""The pages on which the two of a booking say what happened."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from sessions_app.models import Booking
from sessions_app.services import say_it_did_not_take_place, start_meeting
from tests import factories
from tests.cast import Cast
from tests.sessions_app.conftest import booking_url as url

SignIn = Callable[[User], Client]
ACTS = ["booking_start", "booking_finish", "booking_no_show"]


@pytest.fixture(autouse=True)
def during_the_booking(cast: Cast) -> Iterator[None]:
    """A quarter of an hour after the booking began."""
    with time_machine.travel(cast.span()[0] + dt.timedelta(minutes=15), tick=False):
        yield


@pytest.mark.parametrize("name", [*ACTS, "booking_no_show_end"])
def test_anonymous_is_sent_to_sign_in(client: Client, booking: Booking, name: str) -> None:
    answer = client.post(url(name, booking), {"who": "mentor"})

    booking.refresh_from_db()
    assert answer.url.startswith(reverse("account_login"))  # type: ignore[attr-defined]
    assert (booking.state, booking.started_at) == ("booked", None)


@pytest.mark.parametrize("name", [*ACTS, "booking_no_show_end"])
def test_a_strangers_booking_is_not_there(cast: Cast, sign_in: SignIn, booking: Booking, name: str) -> None:
    wearer = cast.stranger_coordinator
    wearer.roles = ["coordinator", "teacher", "student"]
    wearer.save()

    assert sign_in(wearer).post(url(name, booking), {"who": "mentor"}).status_code == 404


def test_student_starts_and_ends_from_the_home_page_and_the_log_has_the_real_minutes(
    cast: Cast, sign_in: SignIn, booking: Booking
) -> None:
    client = sign_in(cast.mentor)
    home = client.get(reverse("home")).content.decode()
    client.post(url("booking_start", booking))
    running = client.get(reverse("home")).content.decode()

    with time_machine.travel(cast.span()[0] + dt.timedelta(minutes=37), tick=False):
        leads_to = client.post(url("booking_finish", booking))
        log = client.get(leads_to.url).content.decode()  # type: ignore[attr-defined]
        after = client.get(reverse("home")).content.decode()

    assert f'action="{url("booking_start", booking)}"' in home
    assert f'action="{url("booking_finish", booking)}"' in running
    assert f'action="{url("booking_start", booking)}"' not in running
    assert leads_to.url == url("booking_log", booking)  # type: ignore[attr-defined]
    assert 'name="minutes" value="22"' in log
    assert "Immersive Reader, 22 minutes" in after
    assert "Your next help" not in after


def test_teacher_starts_and_ends_too(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    client = sign_in(cast.teacher)
    home = client.get(reverse("home")).content.decode()
    started = client.post(url("booking_start", booking), follow=True).content.decode()
    done = client.post(url("booking_finish", booking), follow=True).content.decode()

    assert "We have started" in home
    assert "since 10:55" in started
    assert "We are done" in started
    assert "Done. The mentor logs the help." in done
    assert "We are done" not in done


def test_too_late_or_too_early_is_said(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    client = sign_in(cast.teacher)

    early = client.post(url("booking_finish", booking), follow=True).content.decode()
    with time_machine.travel(booking.ends_at, tick=False):
        late = client.post(url("booking_start", booking), follow=True).content.decode()

    assert "Say first that you have started." in early
    assert "You can say so from 10 minutes before until the end." in late


@pytest.mark.parametrize(
    ("who", "offered"),
    [("teacher", ["mentor"]), ("mentor", ["teacher"]), ("coordinator", ["mentor", "teacher", "both"])],
)
def test_each_is_asked_only_what_is_theirs_to_say(
    cast: Cast, sign_in: SignIn, booking: Booking, who: str, offered: list[str]
) -> None:
    page = sign_in(getattr(cast, who)).get(url("booking_detail", booking)).content.decode()

    assert "It did not take place" in page
    assert [word for word in ("mentor", "teacher", "both") if f'name="who" value="{word}"' in page] == offered


def test_no_show_is_noted_told_to_the_coordinator_and_taken_back(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    teacher, coordinator = sign_in(cast.teacher), sign_in(cast.coordinator)

    noted = teacher.post(url("booking_no_show", booking), {"who": "mentor"}, follow=True).content.decode()
    mentors_page = sign_in(cast.mentor).get(url("booking_detail", booking)).content.decode()
    home = coordinator.get(reverse("home")).content.decode()
    page = coordinator.get(url("booking_detail", booking)).content.decode()
    forbidden = teacher.post(url("booking_no_show_end", booking))
    back = coordinator.post(url("booking_no_show_end", booking), follow=True).content.decode()

    assert "Noted. No log is asked for." in noted
    for told in (noted, mentors_page, page):
        assert "This did not take place: the mentor was away." in told
    assert url("booking_no_show_end", booking) not in noted + mentors_page
    assert "Did not take place" in home
    assert "<bdi>10:40</bdi>, <bdi>the mentor was away</bdi>" in home
    assert url("booking_no_show_end", booking) in page
    assert forbidden.status_code == 403
    assert "Taken back. The mentor can log the help." in back
    assert "Did not take place" not in coordinator.get(reverse("home")).content.decode()


def test_other_people_do_not_read_of_a_no_show(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    say_it_did_not_take_place(booking, by=cast.teacher, who="mentor", now=cast.span()[0] + dt.timedelta(minutes=10))

    for other in (cast.other_teacher, cast.other_mentor):
        assert sign_in(other).get(url("booking_detail", booking)).status_code == 404
        assert "Did not take place" not in sign_in(other).get(reverse("home")).content.decode()
    assert "Did not take place" not in sign_in(cast.stranger_coordinator).get(reverse("home")).content.decode()


def test_what_is_not_theirs_to_say_answers_422(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    wrong = sign_in(cast.teacher).post(url("booking_no_show", booking), {"who": "teacher"})
    empty = sign_in(cast.teacher).post(url("booking_no_show", booking), {})

    booking.refresh_from_db()
    assert (wrong.status_code, empty.status_code) == (422, 422)
    assert "Tap who was away." in empty.content.decode()
    assert booking.is_standing


def test_a_refusal_is_said_on_the_page(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    start_meeting(booking, by=cast.mentor, now=cast.span()[0])

    page = sign_in(cast.teacher).post(url("booking_no_show", booking), {"who": "mentor"}, follow=True).content.decode()

    assert "One of you said that you have started. Ask the coordinator." in page
    assert 'name="who"' not in page


def test_taken_time_is_said_when_it_is_taken_back(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    say_it_did_not_take_place(booking, by=cast.teacher, who="mentor", now=cast.span()[0] + dt.timedelta(minutes=10))
    playground = factories.PlaygroundSessionFactory(program=cast.program)
    playground.holds.create(person=cast.mentor, during=cast.span())

    page = sign_in(cast.coordinator).post(url("booking_no_show_end", booking), follow=True).content.decode()

    assert "has something else at that time now" in page
    assert "This did not take place" in page


def test_taking_back_what_stands_changes_nothing(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    answer = sign_in(cast.coordinator).post(url("booking_no_show_end", booking))

    booking.refresh_from_db()
    assert answer.status_code == 302
    assert booking.is_standing
