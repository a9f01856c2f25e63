"""Coming in, staying in, and who learns what from being turned away."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import clock
from accounts.models import User
from accounts.permissions import Role
from accounts.services.delivery import deliver_due
from tests.attacks.elsewhere import EVIL, leads_home
from tests.attacks.hashers import CountingHasher
from tests.cast import Cast

PASSWORD = "a-long-enough-word"


def signed_in_by_password(person: User) -> Client:
    person.set_password(PASSWORD)
    person.save()
    client = Client()
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def is_out(client: Client) -> bool:
    """Whether the home page asks to sign in."""
    response = client.get(reverse("home"))
    return response.status_code == 302 and response["Location"].startswith(reverse("account_login"))


def page_without(response: HttpResponse, *words: str) -> str:
    """What stands on a page but for tokens and for what was typed."""
    text = re.sub(r'nonce="[^"]*"|value="[A-Za-z0-9]{64}"', "", response.content.decode())
    for word in words:
        text = text.replace(word, "~")
    return text


# Enumeration: by text, status, mail, and the work that takes time.


@pytest.fixture
def somebody_and_nobody(cast: Cast, settings: Settings) -> dict[str, str]:
    """Names of people with a password, with none, who left, and of nobody at all."""
    settings.PASSWORD_HASHERS = ["tests.attacks.hashers.CountingHasher"]
    cast.teacher.set_password(PASSWORD)
    cast.teacher.save()
    cast.other_teacher.set_unusable_password()
    cast.other_teacher.save()
    cast.mentor.set_password(PASSWORD)
    cast.mentor.is_active = False
    cast.mentor.save()
    return {"with a password": "ortiz", "without one": "haddad", "has left": "maya", "nobody": "nobody.at.all",
            "mail of somebody": "ortiz@example.org", "mail of nobody": "nobody@example.org"}  # fmt: skip


def test_sign_in_says_the_same_and_works_as_long_for_everybody(somebody_and_nobody: dict[str, str]) -> None:
    answers, work = {}, {}

    for who, name in somebody_and_nobody.items():
        CountingHasher.made = 0
        response = Client().post(reverse("account_login"), {"login": name, "password": "wrong-word-of-somebody"})
        answers[who] = (response.status_code, page_without(response, name))
        work[who] = CountingHasher.made

    assert len({answers[who] for who in answers if "mail" not in who}) == 1
    assert len({answers[who] for who in answers if "mail" in who}) == 1
    assert set(work.values()) == {1}


def test_sixth_wrong_password_says_the_same_whether_there_is_such_a_person(
    somebody_and_nobody: dict[str, str],
) -> None:
    answers = set()

    for name in somebody_and_nobody.values():
        for _try in range(7):
            response = Client().post(reverse("account_login"), {"login": name, "password": "wrong-word"})
        answers.add((response.status_code, page_without(response, name)))

    assert len(answers) == 1


def test_password_reset_says_the_same_and_mails_only_to_somebody(somebody_and_nobody: dict[str, str]) -> None:
    answers = set()

    for address in ("ortiz@example.org", "nobody@example.org", "haddad@example.org"):
        client = Client()
        response = client.post(reverse("account_reset_password"), {"email": address})
        done = client.get(response["Location"])
        answers.add((response.status_code, response["Location"], page_without(done, address)))

    assert len(answers) == 1
    assert mail.outbox == []  # nobody waited for the mail server: that takes long, and only where there is somebody
    deliver_due(now=clock.now)
    assert len(mail.outbox) == 2
    assert "nobody@example.org" not in str([letter.recipients() for letter in mail.outbox])


@pytest.mark.parametrize(
    ("name", "field"), [("card_open", "user_name"), ("account_login", "login"), ("account_reset_password", "email")]
)
def test_page_for_strangers_gives_nobody_away(
    name: str, field: str, somebody_and_nobody: dict[str, str], cast: Cast
) -> None:
    known, unknown = "ortiz@example.org", "zzzzz@example.org"
    rest = {"code": "ABCD-EFGH", "password": "wrong-word-of-somebody"}

    answers = [Client().post(reverse(name), {field: who, **rest}) for who in (known, unknown)]

    assert answers[0].status_code == answers[1].status_code
    assert page_without(answers[0], known) == page_without(answers[1], unknown)


# Where a page leads afterwards.


@pytest.mark.django_db
@pytest.mark.parametrize("evil", EVIL)
def test_sign_in_leads_to_no_other_site(evil: str, cast: Cast) -> None:
    cast.teacher.set_password(PASSWORD)
    cast.teacher.save()
    typed = {"login": "ortiz", "password": PASSWORD}

    for address, data in [
        (f"{reverse('account_login')}?next={quote(evil)}", typed),
        (reverse("account_login"), {**typed, "next": evil}),
    ]:
        response = Client().post(address, data)
        assert leads_home(response), response.get("Location")


def test_host_of_a_request_never_stands_in_a_mail(cast: Cast, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]  # even where the web server lets it through

    for headers in (
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example"},
        {"forwarded": "host=evil.example"},
        {"x-forwarded-server": "evil.example"},
    ):
        Client().post(reverse("account_reset_password"), {"email": "ortiz@example.org"}, headers=headers)
    deliver_due(now=clock.now)

    assert len(mail.outbox) == 4
    for letter in mail.outbox:
        assert "evil.example" not in letter.message().as_string()
        assert settings.SITE_URL in letter.body


@pytest.mark.django_db
def test_host_that_is_not_ours_is_refused() -> None:
    for name in ("account_login", "account_reset_password", "home"):
        assert Client().get(reverse(name), headers={"host": "evil.example"}).status_code == 400


# Staying in.


def test_cookie_of_a_visit_is_dead_after_signing_out(cast: Cast) -> None:
    client, thief = signed_in_by_password(cast.teacher), Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert not is_out(thief)

    client.post(reverse("account_logout"))

    assert is_out(thief)


def test_other_visits_end_with_a_changed_password(cast: Cast) -> None:
    other, client = signed_in_by_password(cast.teacher), Client()
    client.post(reverse("account_login"), {"login": cast.teacher.username, "password": PASSWORD})
    new = {"password1": "quite another long word", "password2": "quite another long word"}

    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, **new})

    assert is_out(other)
    assert not is_out(client)


def test_visit_begins_with_a_session_of_a_new_name(cast: Cast) -> None:
    client = Client()
    client.get(reverse("account_login"))
    client.get(reverse("join_link", args=["anything"]))  # an attacker's link fills a session before the sign-in
    before = client.session.session_key
    cast.teacher.set_password(PASSWORD)
    cast.teacher.save()

    client.post(reverse("account_login"), {"login": "ortiz", "password": PASSWORD})

    assert client.session.session_key != before


@pytest.mark.parametrize("name", ["program_list", "consent_record", "concern_list"])
def test_role_that_was_taken_away_opens_nothing_in_a_running_visit(name: str, cast: Cast) -> None:
    cast.coordinator.roles = [Role.COORDINATOR, Role.TEACHER]
    client = signed_in_by_password(cast.coordinator)
    address = reverse(name, args=[cast.mentor.pk] if name == "consent_record" else [])
    assert client.get(address).status_code == 200
    cast.coordinator.roles = []
    cast.coordinator.save()

    assert client.get(address).status_code == 403


def test_page_of_one_person_is_not_shown_to_the_next_at_the_same_address(cast: Cast) -> None:
    client = signed_in_by_password(cast.teacher)
    first = client.get(reverse("home"))
    client.post(reverse("account_logout"))
    cast.other_teacher.set_password(PASSWORD)
    cast.other_teacher.save()
    client.post(reverse("account_login"), {"login": "haddad", "password": PASSWORD})

    second = client.get(reverse("home"), headers={"if-none-match": first.get("ETag", "*")})

    assert second.status_code == 200
    assert "Haddad" in second.content.decode()
    assert "Ortiz" not in second.content.decode()
