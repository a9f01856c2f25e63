"""Checking in by the square at the entrance, with the own phone, and by the hand of the adult in charge."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.cache import cache
from django.db import connections
from django.urls import reverse

from accounts.services import Refused
from sessions_app.models import Attendance, PlaygroundSession
from sessions_app.reports.playground_code import CHANGES_SECONDS, code_of, is_code_of
from sessions_app.reports.playground_pin import pin_of
from sessions_app.services import (
    TooManyWrongPins,
    WrongPin,
    check_in,
    check_in_by_square,
    sign_up,
)
from tests.cast import NOW, Cast

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
How = Attendance.How


@pytest.fixture
def playground(cast, schedule):
    """Ms Ortiz comes, Maya is on duty, Mr Haddad is in charge."""
    made = schedule(adult_in_charge=cast.other_teacher, places=3)
    sign_up(made, by=cast.teacher, now=NOW)
    return made


def read_square(client, playground, *, at):
    """What a phone's camera opens, and where that leads."""
    return client.get(reverse("check_in_link", args=[playground.pk, code_of(playground.pk, at)]))


# The code


def test_code_is_for_one_playground_and_lasts_for_a_minute_or_two(cast: Cast) -> None:
    code = code_of(7, NOW)

    assert len(code) == 32
    assert is_code_of(7, code, NOW)
    assert is_code_of(7, code, NOW + dt.timedelta(seconds=CHANGES_SECONDS))
    assert not is_code_of(7, code, NOW + dt.timedelta(seconds=2 * CHANGES_SECONDS))
    assert not is_code_of(7, code, NOW - dt.timedelta(seconds=CHANGES_SECONDS))
    assert not is_code_of(8, code, NOW)
    assert not is_code_of(7, code[:-1] + "ü", NOW)


# The square


@pytest.mark.usefixtures("at_the_start")
def test_tablet_draws_the_square_of_its_playground(client, cast, playground):
    assert client.get(reverse("kiosk_square")).status_code == 404
    client.force_login(cast.other_teacher)
    client.post(reverse("playground_kiosk", args=[playground.pk]))

    answer = client.get(reverse("kiosk_square"))

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert answer.content.startswith(b"<svg")
    assert reverse("kiosk_square") in client.get(reverse("kiosk")).content.decode()
    with time_machine.travel(playground.starts_at + 2 * MINUTE, tick=False):
        assert client.get(reverse("kiosk_square")).content != answer.content


@pytest.mark.usefixtures("at_the_start")
@pytest.mark.parametrize("who", ["teacher", "mentor", "other_teacher"])
def test_who_is_expected_reads_the_square_and_is_here(cast, sign_in, playground, who):
    person = getattr(cast, who)
    client = sign_in(person)

    opened = read_square(client, playground, at=playground.starts_at)
    page = client.get(opened.url)
    pages = [client.post(opened.url, follow=True) for _twice in range(2)]

    assert opened.url == reverse("check_in_here")
    assert opened["Referrer-Policy"] == "no-referrer"
    assert "I am here" in page.content.decode()
    assert "You are checked in." in pages[0].content.decode()
    assert [(row.person, row.how) for row in Attendance.objects.all()] == [(person, How.QR)]


@pytest.mark.usefixtures("at_the_start")
def test_looking_at_the_page_checks_nobody_in(cast, sign_in, playground):
    client = sign_in(cast.teacher)

    client.get(read_square(client, playground, at=playground.starts_at).url)

    assert not Attendance.objects.exists()


@pytest.mark.usefixtures("at_the_start")
def test_who_is_signed_out_signs_in_first_and_the_square_is_remembered(client, cast, playground):
    opened = read_square(client, playground, at=playground.starts_at)
    asked = client.get(opened.url)
    client.force_login(cast.teacher)

    page = client.get(opened.url)

    assert asked.url.startswith(reverse("account_login"))
    assert "I am here" in page.content.decode()


@pytest.mark.usefixtures("at_the_start")
def test_yesterdays_picture_lets_nobody_in(cast, sign_in, playground):
    client = sign_in(cast.teacher)

    opened = read_square(client, playground, at=playground.starts_at - 3 * MINUTE)

    assert "This square is over" in client.get(opened.url).content.decode()
    assert client.post(opened.url).status_code == 422
    assert not Attendance.objects.exists()


def test_square_that_was_read_is_forgotten_after_ten_minutes_and_by_a_wrong_one(cast, sign_in, playground):
    client = sign_in(cast.teacher)
    with time_machine.travel(playground.starts_at, tick=False):
        opened = read_square(client, playground, at=playground.starts_at)
    with time_machine.travel(playground.starts_at + 11 * MINUTE, tick=False):
        late = client.post(opened.url)
        read_square(client, playground, at=playground.starts_at + 11 * MINUTE)
        client.get(reverse("check_in_link", args=[playground.pk, "0" * 32]))
        wrong = client.post(opened.url)

    assert (late.status_code, wrong.status_code) == (422, 422)
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    ("who", "minutes", "why_not"),
    [
        ("teacher", -61, "It is too early. You can check in from"),
        ("teacher", 45, "This playground is over."),
        ("coordinator", 0, "You have no place at this playground."),
        ("other_mentor", 0, "You have no place at this playground."),
        ("stranger", 0, "This playground is at another school."),
    ],
)
def test_page_says_why_somebody_cant_check_in(cast, sign_in, playground, who, minutes, why_not):
    person = getattr(cast, who)
    client, now = sign_in(person), playground.starts_at + minutes * MINUTE
    with time_machine.travel(now, tick=False):
        opened = read_square(client, playground, at=now)

        page, sent = client.get(opened.url), client.post(opened.url)

    assert why_not in page.content.decode()
    assert "I am here" not in page.content.decode()
    assert (sent.status_code, why_not in sent.content.decode()) == (422, True)
    assert ("Captions and translation" in page.content.decode()) is (who != "stranger")
    assert not Attendance.objects.exists()


@pytest.mark.usefixtures("at_the_start")
def test_square_of_a_cancelled_playground_says_so(cast, sign_in, playground):
    PlaygroundSession.objects.update(state="cancelled")
    client = sign_in(cast.teacher)

    page = client.get(read_square(client, playground, at=playground.starts_at).url)

    assert "This playground was cancelled." in page.content.decode()


@pytest.mark.usefixtures("at_the_start")
def test_square_of_no_playground_is_over(cast, sign_in, playground):
    client = sign_in(cast.teacher)
    opened = client.get(reverse("check_in_link", args=[0, code_of(0, playground.starts_at)]))

    assert "This square is over" in client.get(opened.url).content.decode()


def test_service_says_no_to_a_stranger(cast: Cast, playground: PlaygroundSession) -> None:
    with pytest.raises(Refused, match="another school"):
        check_in_by_square(playground, by=cast.stranger, now=playground.starts_at)

    assert not Attendance.objects.exists()


# Wrong PINs, many at once


@pytest.mark.django_db(transaction=True)
def test_twenty_wrong_pins_at_once_are_no_more_than_ten_tries(cast: Cast, playground: PlaygroundSession) -> None:
    known = {pin_of(playground, person) for person in (cast.teacher, cast.mentor, cast.other_teacher)}
    wrong = [pin for pin in (f"{number:06d}" for number in range(40)) if pin not in known][:20]
    at_once = threading.Barrier(20)

    def guess(pin: str) -> str:
        at_once.wait()
        try:
            check_in(playground, pin=pin, now=playground.starts_at)
        except (WrongPin, TooManyWrongPins) as refused:
            return type(refused).__name__
        finally:
            connections.close_all()
        return "let in"

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(guess, wrong))
    cache.clear()

    assert answers == ["TooManyWrongPins"] * 10 + ["WrongPin"] * 10
    assert not Attendance.objects.exists()
