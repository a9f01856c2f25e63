"""The link of an invitation, and the page behind it."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Guardian, SecretLink, User
from accounts.services import mint_link
from tests.cast import NOW, Cast
from tests.factories import TeacherFactory

SignIn = Callable[[User], Client]
PASSWORD = "quiet-river-41"
TWICE = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer(cast: Cast) -> User:
    person: User = TeacherFactory(
        school=cast.school, username="noor", given_name="Noor", family_name="Saabington", language="es"
    )
    person.set_unusable_password()
    person.save()
    return person


@pytest.fixture
def secret(newcomer: User) -> str:
    return mint_link("invitation", holder=newcomer, by=None, now=NOW)[1]


def opened(secret: str, client: Client | None = None) -> Client:
    """A browser that followed the link of the mail."""
    client = client or Client()
    client.get(reverse("join_link", args=[secret]))
    return client


def is_in(client: Client, person: User) -> bool:
    return client.session.get("_auth_user_id") == str(person.pk)


def test_link_leads_to_a_page_without_the_secret(secret: str) -> None:
    answer = Client().get(reverse("join_link", args=[secret]))

    assert (answer.status_code, answer["Location"]) == (302, "/join/")
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")


@pytest.mark.parametrize("odd", ["x", "\x00", "%2e%2e", "é" * 200, "x" * 3000])
def test_link_never_says_what_it_is_worth(db: None, odd: str) -> None:
    client = Client()

    answer = client.get(reverse("join_link", args=[odd]))
    page = client.get("/join/")

    assert (answer.status_code, answer["Location"]) == (302, "/join/")
    assert page.status_code == 200
    assert "This invitation can't be used" in page.content.decode()


def test_join_shows_who_one_is_in_ones_own_language(newcomer: User, secret: str) -> None:
    answer = opened(secret).get("/join/")

    page = answer.content.decode()
    assert 'lang="es"' in page
    assert "Noor Saabington" in page
    assert "noor" in page
    assert "Lincoln Junior High" in page
    assert secret not in page
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("same-origin", "no-store")


def test_join_speaks_the_language_that_a_visitor_chose(newcomer: User, secret: str) -> None:
    client = opened(secret)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"

    assert 'lang="ar"' in client.get("/join/").content.decode()


def test_looking_uses_nothing_up(secret: str) -> None:
    for _ in range(3):
        opened(secret).get("/join/")

    link = SecretLink.objects.get()
    assert (link.used_at, link.revoked_at) == (None, None)


def test_join_sets_the_password_and_goes_home_in_a_new_session(newcomer: User, secret: str) -> None:
    client = opened(secret)
    before = client.session.session_key

    answer = client.post("/join/", TWICE)

    newcomer.refresh_from_db()
    assert answer["Location"] == "/"
    assert newcomer.check_password(PASSWORD)
    assert is_in(client, newcomer)
    assert client.session.session_key != before
    assert "join_secret" not in client.session
    assert any("noor" in str(message) for message in client.get("/").context["messages"])


@pytest.mark.parametrize(
    ("passwords", "words"),
    [
        ({"password1": PASSWORD, "password2": "another-river-41"}, "These two are not the same."),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "saabington1", "password2": "saabington1"}, "too similar"),
        ({"password1": "password1", "password2": "password1"}, "too common"),
        ({}, "This field is required."),
    ],
)
def test_join_with_a_weak_or_misspelt_password_uses_nothing_up(
    newcomer: User, secret: str, passwords: dict[str, str], words: str
) -> None:
    client = opened(secret)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    answer = client.post("/join/", passwords)

    newcomer.refresh_from_db()
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not newcomer.has_usable_password()
    assert SecretLink.objects.get().used_at is None


def assert_dead(client: Client) -> None:
    for answer, status in ((client.get("/join/"), 200), (client.post("/join/", TWICE), 422)):
        assert answer.status_code == status
        assert "This invitation can't be used" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_used_link_is_dead(newcomer: User, secret: str) -> None:
    opened(secret).post("/join/", TWICE)

    assert_dead(opened(secret))


def test_link_is_dead_after_two_weeks(newcomer: User, secret: str) -> None:
    client = opened(secret)

    with time_machine.travel(NOW + dt.timedelta(days=14), tick=False):
        client = opened(secret)
        assert_dead(client)


def test_link_of_somebody_who_left_is_dead(newcomer: User, secret: str) -> None:
    User.objects.filter(pk=newcomer.pk).update(is_active=False)

    assert_dead(opened(secret))


def test_secret_of_another_purpose_is_dead(cast: Cast, newcomer: User) -> None:
    guardian = Guardian.objects.create(student=cast.mentor, name="Sara")
    card = mint_link("sign_in_card", holder=newcomer, by=None, now=NOW, code="1")[1]
    letter = mint_link("guardian_consent", holder=guardian, by=None, now=NOW)[1]

    assert_dead(opened(card))
    assert_dead(opened(letter))


def test_somebody_else_signed_in_is_told_to_sign_out_and_nothing_is_used_up(
    cast: Cast, sign_in: SignIn, newcomer: User, secret: str
) -> None:
    client = opened(secret, sign_in(cast.other_teacher))

    answers = [client.get("/join/"), client.post("/join/", TWICE)]

    newcomer.refresh_from_db()
    assert [answer.status_code for answer in answers] == [200, 422]
    for answer in answers:
        assert "Sign out first" in answer.content.decode()
        assert "Noor" not in answer.content.decode()
    assert not newcomer.has_usable_password()
    assert SecretLink.objects.get().used_at is None
    assert is_in(client, cast.other_teacher)


def test_account_in_use_is_not_opened_and_pressing_on_ends_the_link(newcomer: User, secret: str) -> None:
    newcomer.set_password("the-first-password")
    newcomer.save()
    client = opened(secret)

    looked = client.get("/join/")
    between = SecretLink.objects.get().revoked_at
    pressed = client.post("/join/", TWICE)

    newcomer.refresh_from_db()
    assert looked["Location"] == pressed["Location"] == "/accounts/login/"
    assert between is None
    assert SecretLink.objects.get().revoked_at == NOW
    assert newcomer.check_password("the-first-password")
    assert "_auth_user_id" not in client.session
    assert "You have a password already." in client.get("/accounts/login/").content.decode()


def form_of(client: Client) -> dict[str, str]:
    return {**TWICE, "ticket": client.get("/join/").context["ticket"]}


def test_second_click_comes_in_like_the_first(newcomer: User, secret: str) -> None:
    client = opened(secret)
    form, cookies = form_of(client), client.cookies.copy()

    client.post("/join/", form)
    again = Client()
    again.cookies = cookies  # the browser sent both before the first was answered
    answer = again.post("/join/", form)

    assert answer["Location"] == "/"
    assert is_in(again, newcomer)


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [({"password1": "another-river-41"}, 1), ({"ticket": "1:forged"}, 1), ({"ticket": ""}, 1), ({}, 61)],
)
def test_ticket_opens_nothing_by_itself(newcomer: User, secret: str, changes: dict[str, str], seconds: int) -> None:
    client = opened(secret)
    form = form_of(client)
    client.post("/join/", form)

    with time_machine.travel(NOW + dt.timedelta(seconds=seconds), tick=False):
        stranger = Client()
        answer = stranger.post("/join/", {**form, **changes})

    assert answer.status_code == 422
    assert "_auth_user_id" not in stranger.session
