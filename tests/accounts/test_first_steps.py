"""What the home page says is missing, and what is done."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
import time_machine
from django.test import Client

from accounts.models import ConsentText, Room, School, SchoolDay, User
from accounts.permissions import Role
from accounts.services import invite, mint_link
from accounts.services.consent_text import install_consent_texts
from mentorship.models import Program
from tests.cast import NOW, Cast
from tests.factories import SchoolFactory, StudentFactory, TeacherFactory, UserFactory

SignIn = Callable[[User], Client]
EVERYTHING = 11


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ready(cast: Cast) -> Cast:
    """The cast's school with all that a first week asks for."""
    cast.school.second_adult = cast.other_teacher
    cast.school.save()
    install_consent_texts(cast.school)
    cast.school.consent_texts.update(approved_at=NOW, approved_by=cast.coordinator)
    return cast


def home(client: Client) -> str:
    return unescape(client.get("/").content.decode())


def to_do(page: str) -> list[str]:
    """The addresses of the checklist, in its order."""
    panel = re.search(r'(?s)aria-labelledby="first-steps".*?</section>', page)
    return re.findall(r'class="btn btn-soft" href="([^"]*)"', panel[0]) if panel else []


def test_home_of_a_new_school_is_its_first_week_in_order(db: None, sign_in: SignIn) -> None:
    founder = UserFactory(school=SchoolFactory(time_zone="UTC"), roles=[Role.COORDINATOR, Role.ADMIN])

    page = home(sign_in(founder))

    assert to_do(page) == [
        "/school/time-zone/", "/school/time/", "/school/days/", "/school/rooms/", "/school/limits/",
        "/people/roster/", "/people/", "/people/cards/", "/consents/?purpose=take_part",
        "/school/texts/", "/programs/new/",
    ]  # fmt: skip
    assert f"1 of {EVERYTHING + 1} steps is done" in page  # there is a coordinator


def test_home_of_a_coordinator_leaves_the_admins_part_to_the_admin(db: None, sign_in: SignIn) -> None:
    school = SchoolFactory(time_zone="UTC")
    page = home(sign_in(UserFactory(school=school, roles=[Role.COORDINATOR])))

    assert "An admin of your school sets it." in page
    assert "An admin of your school chooses." in page
    assert not {"/school/time-zone/", "/school/limits/"} & set(to_do(page))
    assert "/people/coordinator/" not in page
    assert len(to_do(page)) == EVERYTHING - 2


def test_home_of_an_admin_shows_the_admins_part(db: None, sign_in: SignIn) -> None:
    school = SchoolFactory(time_zone="UTC")
    page = home(sign_in(UserFactory(school=school, roles=[Role.ADMIN])))

    assert to_do(page) == [
        "/school/time-zone/", "/people/coordinator/", "/school/time/", "/school/days/", "/school/rooms/",
        "/school/limits/", "/people/roster/", "/people/", "/school/texts/",
    ]  # fmt: skip
    assert "are done" not in page


@pytest.mark.parametrize("who", ["coordinator", "admin"])
def test_home_of_a_school_that_has_all_says_nothing(ready: Cast, sign_in: SignIn, who: str) -> None:
    page = home(sign_in(getattr(ready, who)))

    assert "What is missing" not in page
    assert "steps are done" not in page


def forget_texts(reader: str) -> Callable[[School], object]:
    return lambda school: school.consent_texts.filter(reader=reader).update(approved_at=None)


@pytest.mark.parametrize(
    ("undo", "address", "words"),
    [
        (lambda school: SchoolDay.objects.filter(school=school).delete(), "/school/days/", "no school days"),
        (lambda school: Room.objects.filter(school=school).update(in_view=False), "/school/rooms/", "in view"),
        (lambda school: Program.objects.filter(school=school).update(closed_on=NOW), "/programs/new/", "A program"),
        (forget_texts(ConsentText.Reader.GUARDIAN), "/school/texts/", "Texts of the consents"),
        (forget_texts(ConsentText.Reader.STUDENT), "/school/texts/", "Texts of the consents"),
    ],
)
def test_one_open_step_stands_above_those_that_are_done(
    ready: Cast, sign_in: SignIn, undo: Callable[[School], object], address: str, words: str
) -> None:
    undo(ready.school)

    page = home(sign_in(ready.coordinator))

    assert to_do(page) == [address]
    assert words in page
    assert f"{EVERYTHING - 1} of {EVERYTHING} steps are done" in page


def test_home_counts_missing_consents(ready: Cast, sign_in: SignIn) -> None:
    StudentFactory.create_batch(2, school=ready.school)
    StudentFactory(school=ready.school, is_active=False)

    page = home(sign_in(ready.coordinator))

    assert "2 consents are missing" in page
    assert to_do(page) == ["/consents/?purpose=take_part"]


def never_in(person: User) -> User:
    person.set_unusable_password()
    person.save()
    return person


def test_home_counts_who_is_not_invited_until_they_are(ready: Cast, sign_in: SignIn) -> None:
    person = never_in(TeacherFactory(school=ready.school))
    client = sign_in(ready.coordinator)

    before = home(client)
    invite(person, by=ready.coordinator, now=NOW)

    assert "1 person is not invited" in before
    assert to_do(before) == ["/people/"]
    assert to_do(home(client)) == []


def test_home_counts_cards_to_print_until_they_are(ready: Cast, sign_in: SignIn) -> None:
    never_in(ready.mentor)
    client = sign_in(ready.coordinator)

    before = home(client)
    mint_link("sign_in_card", holder=ready.mentor, by=ready.coordinator, now=NOW, code="1234")

    assert "1 card is to be printed" in before
    assert to_do(before) == ["/people/cards/"]
    assert to_do(home(client)) == []
    assert to_do(home(sign_in(ready.admin))) == []


def test_home_without_students_calls_nothing_about_them_done(ready: Cast, sign_in: SignIn) -> None:
    User.objects.filter(school=ready.school).with_role(Role.STUDENT).update(is_active=False)

    assert to_do(home(sign_in(ready.coordinator))) == [
        "/people/roster/", "/people/", "/people/cards/", "/consents/?purpose=take_part",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["teacher", "mentor"])
def test_home_of_others_names_no_steps(cast: Cast, sign_in: SignIn, who: str) -> None:
    StudentFactory(school=cast.school)

    page = home(sign_in(getattr(cast, who)))

    assert "missing" not in page
