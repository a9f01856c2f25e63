"""Google and Microsoft: whom they let in. A server of our own plays both; nothing of the program is replaced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from pytest_django import Settings

from accounts.models import Message, SecretLink, User
from accounts.services.secret_link import mint_link
from config.sign_in_providers import sign_in_providers
from tests.cast import Cast
from tests.fake_provider import (
    KEYS,
    NOT_LET_IN,
    TENANT,
    Provider,
    come_from,
    is_in,
    refused_page,
    running,
)


@pytest.fixture
def microsoft(settings: Settings) -> Iterator[Provider]:
    """Microsoft, with keys set; the account there is Ms Ortiz's."""
    settings.SOCIALACCOUNT_PROVIDERS = sign_in_providers(KEYS)
    with running() as (provider, address):
        app = settings.SOCIALACCOUNT_PROVIDERS["microsoft"]["APPS"][0]
        app["settings"] |= {"login_url": address, "graph_url": address}
        provider.issuer = f"{address}/{TENANT}/v2.0"
        provider.claims = {"tid": TENANT}
        provider.profile = {
            "id": "ms-1", "mail": "ortiz@example.org", "userPrincipalName": "a.ortiz@example.org",
            "displayName": "Another Name", "mobilePhone": "+1 555 0100",
        }  # fmt: skip
        yield provider


@pytest.mark.parametrize("name", ["google", "microsoft"])
def test_known_address_is_let_in_and_connected_and_nothing_else_is_kept(
    cast: Cast, name: str, request: pytest.FixtureRequest
) -> None:
    provider = request.getfixturevalue(name)
    before = User.objects.count()
    client = Client()

    leads_to = come_from(name, client)

    account = SocialAccount.objects.get()
    person = User.objects.get(pk=cast.teacher.pk)
    assert (leads_to, client.session["_auth_user_id"]) == ("/", str(cast.teacher.pk))
    assert (account.user, account.provider, account.extra_data) == (cast.teacher, name, {})
    assert not SocialToken.objects.exists()
    assert (person.full_name, person.email, User.objects.count()) == ("Ana Ortiz", "ortiz@example.org", before)
    assert Message.objects.get(user=person, kind="sign_in_changed").context["what"] == "account_connected"
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert asked["prompt"] == "select_account"
    assert len(asked["state"]) >= 16


@pytest.mark.parametrize("name", ["google", "microsoft"])
def test_second_time_the_same_account_is_let_in_and_nobody_is_told_again(
    cast: Cast, name: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(name)
    come_from(name, Client())
    client = Client()

    come_from(name, client)

    assert is_in(client)
    assert SocialAccount.objects.get().extra_data == {}
    assert Message.objects.filter(kind="sign_in_changed").count() == 1


def test_capitals_of_the_address_do_not_matter(cast: Cast, google: Provider) -> None:
    google.claims["email"] = "Ortiz@Example.ORG"
    client = Client()

    come_from("google", client)

    assert is_in(client)


def test_standing_invitation_is_revoked_at_the_first_sign_in(cast: Cast, google: Provider) -> None:
    now = dt.datetime.now(dt.UTC)
    link, _secret = mint_link(SecretLink.Purpose.INVITATION, holder=cast.teacher, by=cast.admin, now=now)

    come_from("google", Client())

    link.refresh_from_db()
    assert link.revoked_at is not None


GOOGLE_SAYS: dict[str, dict[str, Any]] = {
    "an address that nobody has": {"email": "nobody@example.org"},
    "no address": {"email": None},
    "an address that is not verified": {"email_verified": False},
    "a word instead of yes": {"email_verified": "false"},
    "an outside address that Google does not vouch for": {"hd": None},
    "a domain alone": {"email_verified": None},
}


@pytest.mark.parametrize("what", GOOGLE_SAYS)
def test_google_does_not_let_in_with(cast: Cast, google: Provider, what: str) -> None:
    google.claims |= GOOGLE_SAYS[what]

    assert refused_page("google", Client()) == NOT_LET_IN
    assert not SocialAccount.objects.exists()


def test_address_of_gmail_needs_no_domain(cast: Cast, google: Provider) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(email="ortiz@gmail.com")
    google.claims |= {"email": "ortiz@gmail.com", "hd": None}
    client = Client()

    come_from("google", client)

    assert is_in(client)


@pytest.mark.parametrize("what", ["deactivated", "demo with DEBUG off"])
def test_person_who_may_not_come_in_gets_the_page_that_a_stranger_gets(
    cast: Cast, google: Provider, settings: Settings, what: str
) -> None:
    if what == "deactivated":
        User.objects.filter(pk=cast.teacher.pk).update(is_active=False)
    else:
        settings.DEBUG = False
        cast.school.is_demo = True
        cast.school.save()

    assert refused_page("google", Client()) == NOT_LET_IN
    assert not SocialAccount.objects.exists()


def test_address_that_was_given_to_another_account_is_refused(cast: Cast, google: Provider) -> None:
    come_from("google", Client())
    google.claims["sub"] = "google-2"

    assert refused_page("google", Client()) == NOT_LET_IN


def test_connected_account_with_another_address_is_refused(cast: Cast, google: Provider) -> None:
    come_from("google", Client())
    google.claims["email"] = "haddad@example.org"

    assert refused_page("google", Client()) == NOT_LET_IN
    assert SocialAccount.objects.get().user == cast.teacher


def test_connected_account_of_somebody_who_left_is_refused(cast: Cast, google: Provider) -> None:
    come_from("google", Client())
    User.objects.filter(pk=cast.teacher.pk).update(is_active=False)

    assert refused_page("google", Client()) == NOT_LET_IN


@pytest.mark.parametrize(
    "profile",
    [
        {"userPrincipalName": "ortiz_example.org#EXT#@school.onmicrosoft.com"},
        {"userPrincipalName": "x@school.onmicrosoft.com"},  # any admin of a directory can write any "mail"
        {"userPrincipalName": "nothing", "mail": "ortiz@example.org"},
        {"userPrincipalName": None},
        {"mail": None, "userPrincipalName": "nobody@example.org"},
    ],
)
def test_microsoft_does_not_let_in_with(cast: Cast, microsoft: Provider, profile: dict[str, Any]) -> None:
    microsoft.profile |= profile

    assert refused_page("microsoft", Client()) == NOT_LET_IN


def test_microsoft_sign_in_name_serves_where_there_is_no_mailbox(cast: Cast, microsoft: Provider) -> None:
    microsoft.profile |= {"mail": None, "userPrincipalName": "ortiz@example.org"}
    client = Client()

    come_from("microsoft", client)

    assert is_in(client)


@pytest.mark.parametrize(
    "claims", [{"tid": "00000000-0000-0000-0000-000000000000"}, {"iss": "https://elsewhere/v2.0"}, {"aud": "other"}]
)
def test_microsoft_of_another_directory_is_refused(cast: Cast, microsoft: Provider, claims: dict[str, str]) -> None:
    microsoft.claims |= claims

    assert refused_page("microsoft", Client()) == NOT_LET_IN
