"""Calls for help on pages: who reads them, who answers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Concern, User
from accounts.services import open_concern
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]
LIST = "/concerns/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def concern(cast: Cast) -> Concern:
    """The mentor says something about the teacher."""
    return open_concern(by=cast.mentor, about=cast.teacher, text="<b>She shouted.</b>", now=NOW)


def page_of(concern: Concern) -> str:
    return reverse("concern_detail", args=[concern.pk])


def test_concern_is_read_answered_and_closed(cast: Cast, sign_in: SignIn, concern: Concern) -> None:
    client = sign_in(cast.coordinator)

    listed = client.get(LIST).content.decode()
    shown = client.get(page_of(concern)).content.decode()
    client.post(page_of(concern), {"answer": "Come to my room."})
    still_open = Concern.objects.open().filter(pk=concern.pk).exists()
    client.post(page_of(concern), {"answer": "We talked.", "close": "1"})

    concern.refresh_from_db()
    assert "Maya R. asks for help" in listed
    assert "waits for an answer" in listed
    assert "&lt;b&gt;She shouted.&lt;/b&gt;" in shown
    assert still_open
    assert (concern.answer, concern.closed_at, concern.closed_by) == ("We talked.", NOW, cast.coordinator)


def test_concern_answer_is_read_by_the_one_who_asked(cast: Cast, sign_in: SignIn, concern: Concern) -> None:
    sign_in(cast.coordinator).post(page_of(concern), {"answer": "Come to my room."})
    client = sign_in(cast.mentor)

    home, page = client.get("/").content.decode(), client.get(page_of(concern)).content.decode()

    assert "Somebody answered your call for help" in home
    assert "Come to my room." in page
    assert "<textarea" not in page


@pytest.mark.parametrize("who", ["teacher", "other_teacher", "other_mentor", "admin", "stranger_coordinator"])
def test_concern_is_not_there_for_others(cast: Cast, sign_in: SignIn, concern: Concern, who: str) -> None:
    client = sign_in(getattr(cast, who))

    listed = client.get(LIST).content.decode()
    answers = [client.get(page_of(concern)), client.post(page_of(concern), {"answer": "No.", "close": "1"})]

    concern.refresh_from_db()
    assert "Maya" not in listed
    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("shouted" not in answer.content.decode() for answer in answers)
    assert concern.answer == ""


def test_concern_about_the_coordinator_is_not_there_for_her(cast: Cast, sign_in: SignIn) -> None:
    concern = open_concern(by=cast.mentor, about=cast.coordinator, text="She shouted.", now=NOW)
    cast.school.second_adult = cast.other_teacher
    cast.school.save()

    hers, second = sign_in(cast.coordinator).get(page_of(concern)), sign_in(cast.other_teacher).get(page_of(concern))

    assert hers.status_code == 404
    assert "She shouted." in second.content.decode()


def test_concern_without_an_answer_can_not_be_closed(cast: Cast, sign_in: SignIn, concern: Concern) -> None:
    answer = sign_in(cast.coordinator).post(page_of(concern), {"answer": " ", "close": "1"})

    concern.refresh_from_db()
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()
    assert concern.closed_at is None


def test_own_concern_can_not_be_answered(cast: Cast, sign_in: SignIn) -> None:
    concern = open_concern(by=cast.coordinator, about=None, text="Help", now=NOW)

    answer = sign_in(cast.coordinator).post(page_of(concern), {"answer": "Fine.", "close": "1"})

    concern.refresh_from_db()
    assert answer.status_code == 403
    assert (concern.answer, concern.closed_at) == ("", None)


def test_concern_closed_twice_says_so_and_keeps_the_first_answer(cast: Cast, sign_in: SignIn, concern: Concern) -> None:
    client = sign_in(cast.coordinator)
    client.post(page_of(concern), {"answer": "First.", "close": "1"})

    again = client.post(page_of(concern), {"answer": "Second.", "close": "1"}, follow=True)

    concern.refresh_from_db()
    assert "This is closed already." in again.content.decode()
    assert concern.answer == "First."


def test_home_tells_only_those_who_may_answer_that_somebody_asks(cast: Cast, sign_in: SignIn, concern: Concern) -> None:
    hers = sign_in(cast.coordinator).get("/").content.decode()
    others = [sign_in(getattr(cast, who)).get("/").content.decode() for who in ("teacher", "mentor", "admin")]

    assert "1 person asks for help" in hers
    assert all("asks for help" not in page for page in others)


@pytest.mark.parametrize("rows", [1, 30])
def test_concern_list_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _ in range(rows):
        open_concern(by=cast.mentor, about=cast.teacher, text="", now=NOW)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(2 + 2):
        client.get(LIST)


def test_teacher_who_asked_reads_a_student_by_the_short_name_and_who_answers_in_full(
    cast: Cast, sign_in: SignIn
) -> None:
    concern = open_concern(by=cast.teacher, about=cast.mentor, text="", now=NOW)

    asked, answers = (
        sign_in(person).get(page_of(concern)).content.decode() for person in (cast.teacher, cast.coordinator)
    )

    assert "about Maya R." in asked
    assert "Rahman" not in asked
    assert "about Maya Rahman" in answers
