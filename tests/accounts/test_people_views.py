"""The list of people."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.cast import NOW, Cast
from tests.factories import StudentFactory, TeacherFactory

SignIn = Callable[[User], Client]
PEOPLE = "/people/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A student without consent."""
    return StudentFactory(school=cast.school, given_name="Sami", family_name="Khoury", grade="6")


def test_person_list_shows_the_school_and_what_is_missing(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    page = sign_in(cast.coordinator).get(PEOPLE).content.decode()

    assert "Sami Khoury" in page
    assert "grade 6" in page
    assert page.count("Consent missing") == 1
    assert reverse("consent_record", args=[newcomer.pk]) in page
    assert cast.stranger.full_name not in page


def test_person_list_shows_the_admin_the_state_without_the_act(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    page = sign_in(cast.admin).get(PEOPLE).content.decode()

    assert "Consent missing" in page
    assert reverse("consent_record", args=[newcomer.pk]) not in page


@pytest.mark.parametrize(
    ("query", "found", "hidden"),
    [
        ("q=kho+sa", "Sami Khoury", "Maya Rahman"),
        ("show=teacher", "Ana Ortiz", "Maya Rahman"),
        ("show=missing", "Sami Khoury", "Maya Rahman"),
        ("show=student&q=maya", "Maya Rahman", "Sami Khoury"),
        ("show=nonsense", "Sami Khoury", "Other School"),
        ("page=99", "Sami Khoury", "Other School"),
    ],
)
def test_person_list_finds_by_name_role_and_missing_consent(
    cast: Cast, sign_in: SignIn, newcomer: User, query: str, found: str, hidden: str
) -> None:
    page = sign_in(cast.coordinator).get(f"{PEOPLE}?{query}").content.decode()

    assert found in page
    assert hidden not in page


def test_person_list_escapes_names(cast: Cast, sign_in: SignIn) -> None:
    TeacherFactory(school=cast.school, given_name="<script>alert(1)</script>")

    page = sign_in(cast.coordinator).get(PEOPLE).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("rows", [1, 30])
def test_person_list_takes_four_statements_at_most(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_max_num_queries: Callable[..., object]
) -> None:
    StudentFactory.create_batch(rows, school=cast.school)
    client = sign_in(cast.coordinator)

    with django_assert_max_num_queries(2 + 4):  # type: ignore[attr-defined]  # session and person
        client.get(PEOPLE)


def test_person_list_of_fifty_students_stays_under_thirty_kilobytes(cast: Cast, sign_in: SignIn) -> None:
    StudentFactory.create_batch(60, school=cast.school)

    answer = sign_in(cast.coordinator).get(f"{PEOPLE}?show=missing")

    assert answer.content.count(b"Consent missing") == 50
    assert len(answer.content) < 30_000


@pytest.mark.parametrize("who", ["teacher", "mentor"])
def test_person_list_is_closed_to_other_roles(cast: Cast, sign_in: SignIn, who: str) -> None:
    answer = sign_in(getattr(cast, who)).get(PEOPLE)

    assert answer.status_code == 403
    assert "Leo Tran" not in answer.content.decode()
