"""The outbox on the coordinator's page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.models import Guardian, Message, User
from accounts.services import open_concern
from tests.accounts.outbox_rows import make_message
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]
State = Message.State
LIST = "/messages/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def failed(person: User, **changes: Any) -> Message:
    return make_message(
        person, **{"state": State.FAILED, "attempts": 8, "error": f"{outbox.REFUSED}: 550 no <user>", **changes}
    )


def test_message_list_shows_state_kind_recipient_and_reason(cast: Cast, sign_in: SignIn) -> None:
    failed(cast.teacher)
    guardian = Guardian.objects.create(student=cast.mentor, name="Sara Rahman")
    make_message(guardian, kind="survey_invitation")

    page = sign_in(cast.coordinator).get(LIST).content.decode()

    for words in (
        "Ana Ortiz",
        "reminder of a booking",
        "8 attempts",
        "The mail server refused it: 550 no &lt;user&gt;",
    ):
        assert words in page
    for words in ("Sara Rahman", "invitation to a survey"):
        assert words in page


def test_message_list_shows_no_text_of_a_message(cast: Cast, sign_in: SignIn) -> None:
    failed(cast.teacher)

    page = sign_in(cast.coordinator).get(LIST).content.decode()

    assert "Ana Ortiz" in page
    assert "Read &amp; listen" not in page
    assert "Immersive Reader" not in page


def test_message_list_state_shows_those_alone(cast: Cast, sign_in: SignIn) -> None:
    failed(cast.teacher)
    make_message(cast.mentor)

    page = sign_in(cast.coordinator).get(LIST, {"state": "failed"}).content.decode()

    assert "Ana Ortiz" in page
    assert "Maya Rahman" not in page


def test_message_list_unknown_state_shows_all(cast: Cast, sign_in: SignIn) -> None:
    make_message(cast.mentor)

    page = sign_in(cast.coordinator).get(LIST, {"state": "x'\"<"})

    assert page.status_code == 200
    assert "Maya Rahman" in page.content.decode()


def test_message_list_stranger_sees_nothing_of_ours(cast: Cast, sign_in: SignIn) -> None:
    failed(cast.teacher)

    page = sign_in(cast.stranger_coordinator).get(LIST)

    assert page.status_code == 200
    assert "Ana Ortiz" not in page.content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_message_list_asks_the_same_number_of_times_whatever_the_rows(
    cast: Cast, sign_in: SignIn, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        failed(cast.teacher, about=f"booking:{number}")
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(4):  # session, user, states, rows
        client.get(LIST)


def test_message_list_has_pages_of_twenty_five(cast: Cast, sign_in: SignIn) -> None:
    for number in range(26):
        failed(cast.teacher, about=f"booking:{number}")

    client = sign_in(cast.coordinator)
    first = client.get(LIST, {"state": "failed"})
    earlier = first.context["earlier"]
    second = client.get(earlier)

    assert "state=failed" in earlier
    assert [page.content.decode().count("Ana Ortiz") for page in (first, second)] == [25, 1]
    assert second.context["earlier"] is None
    on_both = {line["message"].pk for line in first.context["lines"]} & {
        line["message"].pk for line in second.context["lines"]
    }
    assert on_both == set()


@pytest.mark.parametrize(
    "before", ["x", "2026-12-03_7", "2026-12-03T10:00:00_7", "2026-12-03T10:00:00+00:00_" + "9" * 30]
)
def test_message_list_that_continues_nowhere_begins_anew(cast: Cast, sign_in: SignIn, before: str) -> None:
    failed(cast.teacher)

    assert "Ana Ortiz" in sign_in(cast.coordinator).get(LIST, {"before": before}).content.decode()


def test_message_list_of_one_person(cast: Cast, sign_in: SignIn) -> None:
    failed(cast.teacher)
    make_message(cast.mentor)
    client = sign_in(cast.coordinator)

    page = client.get(LIST, {"person": cast.teacher.pk}).content.decode()

    assert "Ana Ortiz" in page
    assert "Maya Rahman" not in page
    assert "Maya Rahman" in client.get(LIST, {"person": "7" * 40}).content.decode()


def test_message_list_stuck_shows_failed_and_parked_and_says_what_that_means(cast: Cast, sign_in: SignIn) -> None:
    failed(cast.teacher)
    failed(cast.other_teacher, state=State.PARKED)
    make_message(cast.mentor)

    page = sign_in(cast.coordinator).get(LIST, {"state": "stuck"}).content.decode()

    assert [name in page for name in ("Ana Ortiz", "Omar Haddad", "Maya Rahman")] == [True, True, False]
    assert "these wait for your decision" in page


def test_message_list_counts_no_further_than_it_says(cast: Cast, sign_in: SignIn) -> None:
    for number in range(101):
        failed(cast.teacher, about=f"booking:{number}")
    make_message(cast.mentor)

    page = sign_in(cast.coordinator).get(LIST).content.decode()

    assert "failed (more than 99)" in page
    assert "waiting (1)" in page


@pytest.mark.parametrize("who", ["teacher", "mentor", "admin"])
def test_message_list_is_the_coordinators(cast: Cast, sign_in: SignIn, who: str) -> None:
    assert sign_in(getattr(cast, who)).get(LIST).status_code == 403


def test_coordinator_neither_sees_nor_stops_the_message_of_a_call_for_help_about_her(
    cast: Cast, sign_in: SignIn
) -> None:
    cast.school.second_adult = cast.other_teacher
    cast.school.save()
    open_concern(by=cast.mentor, about=cast.coordinator, text="", now=NOW)
    message = Message.objects.get()
    client = sign_in(cast.coordinator)

    page = client.get(LIST).content.decode()
    stopped = client.post(reverse("message_cancel", args=[message.pk]))

    assert "somebody needs help" not in page
    assert stopped.status_code == 404
    message.refresh_from_db()
    assert message.state == State.WAITING


def test_coordinator_sees_the_message_of_another_call_for_help(cast: Cast, sign_in: SignIn) -> None:
    open_concern(by=cast.mentor, about=cast.teacher, text="", now=NOW)

    assert "somebody needs help" in sign_in(cast.coordinator).get(LIST).content.decode()
