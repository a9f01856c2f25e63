"""Who is missing what; asking by mail and by letter; an afternoon's papers."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Guardian, SchoolClass, User
from accounts.permissions import Role
from tests.cast import NOW, Cast
from tests.factories import ConsentFactory, StudentFactory, TeacherFactory, agree_to_surveys

SignIn = Callable[[User], Client]
BOARD, BATCH = "/consents/", "/consents/papers/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A student without any consent, whose guardian reads Arabic and has an address."""
    student = StudentFactory(school=cast.school, given_name="Sami", family_name="Khoury")
    Guardian.objects.create(student=student, name="Rana Khoury", language="ar", email="rana@example.org")
    return student


def names_on(page: str) -> set[str]:
    return {name for name in ("Sami Khoury", "Maya Rahman", "Leo Tran", "Ana Ortiz", "June Lane") if name in page}


def test_board_shows_who_said_what_and_counts(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    ConsentFactory(person=cast.mentor, purpose="research_use", is_refusal=True, withdrawn_on=dt.date(2026, 9, 1))

    page = sign_in(cast.coordinator).get(BOARD)

    counts = {(count.label, count.reader): count for count in page.context["counts"]}
    take_part = counts["take part in the program", "guardians"]
    assert (take_part.yes, take_part.no, take_part.missing) == (2, 0, 1)
    assert counts["use of the answers in research", "guardians"].no == 1
    assert ("take part in the program", "teachers") not in counts
    body = page.content.decode()
    assert names_on(body) == {"Sami Khoury", "Maya Rahman", "Leo Tran", "Ana Ortiz"} or "June Lane" in body
    assert reverse("consent_record", args=[newcomer.pk]) in body


def test_board_of_an_admin_tells_has_or_has_not_and_nothing_else(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    ConsentFactory(person=cast.mentor, purpose="research_use", is_refusal=True, withdrawn_on=dt.date(2026, 9, 1))

    client = sign_in(cast.admin)
    page = client.get(BOARD).content.decode()
    filtered = client.get(f"{BOARD}?show=guardian&purpose=research_use").content.decode()

    assert "Sami Khoury" in page
    assert "not yet: take part in the program" in page
    assert "no: " not in page
    assert "Maya Rahman" in filtered, "who said no is not told from who said nothing"
    assert "Rana Khoury" not in page
    assert reverse("consent_record", args=[newcomer.pk]) not in page
    assert 'name="student"' not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("show=missing&purpose=take_part", {"Sami Khoury"}),
        ("purpose=take_part", {"Sami Khoury"}),
        ("show=guardian&purpose=research_use", {"Sami Khoury", "Maya Rahman"}),
        ("show=self&purpose=research_use", {"Sami Khoury", "Maya Rahman", "Leo Tran", "Ana Ortiz"}),
        ("show=nonsense", {"Sami Khoury", "Maya Rahman", "Leo Tran", "Ana Ortiz"}),
    ],
)
def test_board_is_filtered_by_what_is_missing(
    cast: Cast, sign_in: SignIn, newcomer: User, query: str, shown: set[str]
) -> None:
    ConsentFactory(person=cast.other_mentor, purpose="research_use")

    lines = sign_in(cast.coordinator).get(f"{BOARD}?{query}").context["page"].object_list

    assert {line.person.full_name for line in lines} & {"Sami Khoury", "Maya Rahman", "Leo Tran", "Ana Ortiz"} == shown


def test_board_is_filtered_by_class_for_the_coordinator_alone(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    group = SchoolClass.objects.create(school=cast.school, name="Blue group")
    group.students.add(newcomer)
    foreign = SchoolClass.objects.create(school=cast.stranger.school, name="Theirs")
    coordinator, admin = sign_in(cast.coordinator), sign_in(cast.admin)

    mine = coordinator.get(f"{BOARD}?school_class={group.pk}")
    theirs = coordinator.get(f"{BOARD}?school_class={foreign.pk}")
    admins = admin.get(f"{BOARD}?school_class={group.pk}")

    assert [line.person for line in mine.context["page"]] == [newcomer]
    assert "Blue group" in mine.content.decode()
    assert "Theirs" not in theirs.content.decode()
    assert len(theirs.context["page"].object_list) > 1
    assert "Blue group" not in admins.content.decode()


def test_board_without_anybody_leads_to_the_roster(cast: Cast, sign_in: SignIn) -> None:
    User.objects.filter(school=cast.school, roles__overlap=[Role.STUDENT, Role.TEACHER]).update(is_active=False)
    client = sign_in(cast.coordinator)

    assert "Nobody is here yet" in client.get(BOARD).content.decode()
    assert "Nobody fits" in client.get(f"{BOARD}?show=missing").content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_board_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(count):
        ConsentFactory(person=StudentFactory(school=cast.school), recorded_by=cast.coordinator)
        agree_to_surveys(TeacherFactory(school=cast.school))
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(2 + 4):  # type: ignore[attr-defined]  # session and person
        client.get(BOARD)
