"""The list of people: who can't sign in yet, and inviting all of them at once."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Message, User
from accounts.permissions import Role
from accounts.services import invite
from tests.cast import NOW, Cast
from tests.factories import StudentFactory, TeacherFactory, UserFactory

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A teacher who never came in."""
    person: User = TeacherFactory(school=cast.school, username="noor", given_name="Noor", family_name="Saab")
    person.set_unusable_password()
    person.save()
    return person


def test_list_says_who_has_no_invitation_and_one_tap_invites_them(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    boss = UserFactory(school=cast.school, roles=[Role.ADMIN])
    boss.set_unusable_password()
    boss.save()
    client = sign_in(cast.coordinator)

    before = client.get("/people/").content.decode()
    answer = client.post("/people/invite/", follow=True)
    after = client.get("/people/").content.decode()

    assert "1 person has no invitation" in before
    assert "1 invitation is on its way." in answer.content.decode()
    assert [message.user for message in Message.objects.all()] == [newcomer]
    assert "has no invitation" not in after


def test_list_names_an_expired_invitation_again(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    invite(newcomer, by=cast.coordinator, now=NOW)

    with time_machine.travel(NOW.replace(month=12, day=6), tick=False):
        page = sign_in(cast.coordinator).get("/people/").content.decode()

    assert "1 person has no invitation" in page


def test_list_says_who_needs_a_card(cast: Cast, sign_in: SignIn) -> None:
    pupil = StudentFactory(school=cast.school, email=None)
    pupil.set_unusable_password()
    pupil.save()

    page = sign_in(cast.coordinator).get("/people/").content.decode()

    assert "1 student has no e-mail address" in page
    assert "Invite them all" not in page


def test_list_finds_who_never_came_in(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    page = sign_in(cast.admin).get("/people/?show=never_in").content.decode()

    assert "Noor Saab" in page
    assert "not signed in yet" in page
    assert "Ana Ortiz" not in page


def test_list_leaves_out_who_was_erased(cast: Cast, sign_in: SignIn) -> None:
    gone = TeacherFactory(school=cast.school, given_name="Zedekiah", email=None, is_active=False, erased_at=NOW)

    client = sign_in(cast.admin)

    assert "Zedekiah" not in client.get("/people/").content.decode()
    assert [client.get(reverse(name, args=[gone.pk])).status_code for name in ("person_detail", "person_edit")] == [
        404, 404,
    ]  # fmt: skip
    assert client.post(reverse("person_invite", args=[gone.pk])).status_code == 404
