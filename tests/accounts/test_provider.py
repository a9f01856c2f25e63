"""Google and Microsoft: whom they let in. A server of our own plays both; nothing of the program is replaced."""

from __future__ import annotations

import datetime as dt
import http.client
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Message, SecretLink, User
from accounts.services.person import Particulars, change_person
from accounts.services.secret_link import mint_link
from config.sign_in_providers import sign_in_providers
from tests.cast import Cast
from tests.fake_provider import CLIENT, SECRET, TENANT, Provider, running

SignIn = Callable[[User], Client]
NOT_LET_IN = "/accounts/not-let-in/"
KEYS = {
    "GOOGLE_CLIENT_ID": CLIENT, "GOOGLE_CLIENT_SECRET": SECRET,
    "MICROSOFT_CLIENT_ID": CLIENT, "MICROSOFT_CLIENT_SECRET": SECRET, "MICROSOFT_TENANT": TENANT,
}  # fmt: skip
PASSWORD = "a-long-enough-word"


@pytest.fixture
def google(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Google, with keys set; the account there is Ms Ortiz's."""
    settings.SOCIALACCOUNT_PROVIDERS = sign_in_providers(KEYS)
    with running() as (provider, address):
        monkeypatch.setattr(GoogleOAuth2Adapter, "authorize_url", f"{address}/authorize")
        monkeypatch.setattr(GoogleOAuth2Adapter, "access_token_url", f"{address}/token")
        provider.issuer = "https://accounts.google.com"
        provider.claims = {
            "sub": "google-1", "email": "ortiz@example.org", "email_verified": True, "hd": "example.org",
            "name": "Another Name", "picture": "https://example.org/face.jpg",
        }  # fmt: skip
        yield provider


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


def come_from(provider: str, client: Client, **form: str) -> str:
    """Press the button, go there and back again; answers where the callback leads."""
    start = client.post(reverse(f"{provider}_login"), form)
    assert start.status_code == 302, start.content
    return client.get(there_and_back(start["Location"]))["Location"]


def there_and_back(address: str) -> str:
    """Ask the provider; answers the path on our site to which it sends the browser."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(connection.getresponse().getheader("Location") or "")
    connection.close()
    return f"{back.path}?{back.query}"


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


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


def refused_page(name: str, client: Client) -> str:
    """Where the provider's no, or ours, leads; checks that nothing came of it."""
    before = User.objects.count()

    leads_to = come_from(name, client)

    assert not is_in(client)
    assert User.objects.count() == before
    page = client.get(leads_to)
    assert page.status_code == 403
    assert "ortiz" not in page.content.decode().lower()
    return leads_to


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


def test_second_factor_still_applies(cast: Cast, google: Provider) -> None:
    TOTP.activate(cast.teacher, "JBSWY3DPEHPK3PXP")
    client = Client()

    leads_to = come_from("google", client)

    assert leads_to == reverse("mfa_authenticate")
    assert not is_in(client)


def test_required_second_factor_holds_for_who_comes_from_google(cast: Cast, google: Provider) -> None:
    cast.school.requires_second_factor = True
    cast.school.save()
    google.claims["email"] = cast.coordinator.email
    client = Client()

    come_from("google", client)

    assert is_in(client)
    assert client.get("/")["Location"] == reverse("mfa_index")


def test_sign_in_goes_on_to_the_page_that_was_asked_for_and_to_no_other_site(cast: Cast, google: Provider) -> None:
    assert come_from("google", Client(), next="/calendar/") == "/calendar/"
    assert come_from("google", Client(), next="//evil.example/") == "/"


def test_answer_without_its_own_state_is_refused(cast: Cast, google: Provider) -> None:
    victim, attacker = Client(), Client()
    start = attacker.post(reverse("google_login"))
    back = there_and_back(start["Location"])

    answer = victim.get(back)

    assert answer["Location"] == NOT_LET_IN
    assert not is_in(victim)


def test_answer_is_good_once(cast: Cast, google: Provider) -> None:
    client = Client()
    back = there_and_back(client.post(reverse("google_login"))["Location"])
    client.get(back)
    client.post(reverse("account_logout"))

    assert client.get(back)["Location"] == NOT_LET_IN
    assert not is_in(client)


def test_code_that_was_stolen_is_worth_nothing_without_the_verifier(cast: Cast, google: Provider) -> None:
    victim, attacker = Client(), Client()
    stolen = parse_qs(urlsplit(there_and_back(victim.post(reverse("google_login"))["Location"])).query)["code"][0]
    start = attacker.post(reverse("google_login"))
    own_state = parse_qs(urlsplit(start["Location"]).query)["state"][0]

    answer = attacker.get(reverse("google_callback"), {"code": stolen, "state": own_state})

    assert answer["Location"] == NOT_LET_IN
    assert not is_in(attacker)


def test_who_stops_there_is_back_at_the_sign_in_page(cast: Cast, google: Provider) -> None:
    google.says_no = "access_denied"

    assert come_from("google", Client()) == reverse("account_login")


def test_trouble_there_leads_to_the_page_that_says_so(cast: Cast, google: Provider) -> None:
    google.says_no = "server_error"

    assert refused_page("google", Client()) == NOT_LET_IN


def test_nothing_in_the_address_changes_what_is_asked_of_google(cast: Cast, google: Provider) -> None:
    client = Client()
    start = client.post(
        reverse("google_login") + "?process=connect&scope=drive&auth_params=redirect_uri%3Dhttps%3A%2F%2Fevil.example"
    )

    asked = parse_qs(urlsplit(start["Location"]).query)

    assert asked["redirect_uri"] == ["http://testserver/accounts/google/login/callback/"]
    assert set(asked["scope"][0].split()) == {"openid", "email"}


def test_somebody_else_at_the_same_computer_is_signed_out_first(cast: Cast, google: Provider, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)

    come_from("google", client)

    assert client.session["_auth_user_id"] == str(cast.teacher.pk)


def test_buttons_and_addresses_stand_only_where_keys_are_set(cast: Cast, settings: Settings) -> None:
    page = Client().get(reverse("account_login")).content.decode()
    assert "Google" not in page
    assert Client().post(reverse("google_login")).status_code == 404
    settings.SOCIALACCOUNT_PROVIDERS = sign_in_providers({name: KEYS[name] for name in list(KEYS)[:2]})

    page = Client().get(reverse("account_login")).content.decode()

    assert "Sign in with Google" in page
    assert "Microsoft" not in page
    assert Client().post(reverse("microsoft_login")).status_code == 404
    assert Client().get(reverse("google_login")).status_code == 405


def connected(person: User) -> SocialAccount:
    account: SocialAccount = SocialAccount.objects.create(user=person, provider="google", uid="google-1")
    return account


def fresh(person: User) -> Client:
    """Signed in, with the password typed a moment ago."""
    person.set_password(PASSWORD)
    person.save()
    client = Client()
    client.force_login(person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_own_account_is_disconnected_after_the_password_once_more(cast: Cast, sign_in: SignIn) -> None:
    account = connected(cast.teacher)
    address = reverse("provider_disconnect", args=[account.pk])
    cast.teacher.set_password(PASSWORD)
    cast.teacher.save()
    asked = sign_in(cast.teacher).post(address)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert SocialAccount.objects.exists()
    client = fresh(cast.teacher)

    assert "Disconnect Google?" in client.get(address).content.decode()
    client.post(address)

    assert not SocialAccount.objects.exists()
    assert Message.objects.get(kind="sign_in_changed").context["what"] == "account_disconnected"


def test_only_way_in_is_not_disconnected(cast: Cast, sign_in: SignIn) -> None:
    account = connected(cast.teacher)
    cast.teacher.set_unusable_password()
    cast.teacher.save()

    page = sign_in(cast.teacher).post(reverse("provider_disconnect", args=[account.pk]), follow=True)

    assert "Set a password first" in page.content.decode()
    assert SocialAccount.objects.exists()


def test_page_shows_which_accounts_are_connected_even_when_keys_are_gone(
    cast: Cast, settings: Settings, sign_in: SignIn
) -> None:
    connected(cast.teacher)
    settings.SOCIALACCOUNT_PROVIDERS = sign_in_providers({name: KEYS[name] for name in list(KEYS)[2:]})

    page = sign_in(cast.teacher).get(reverse("mfa_index")).content.decode()

    assert "Your account at Google lets you in." in page
    assert "not connected" in page  # Microsoft


def test_reset_by_an_admin_disconnects_too(cast: Cast, sign_in: SignIn) -> None:
    connected(cast.teacher)

    sign_in(cast.admin).post(reverse("second_factor_reset", args=[cast.teacher.pk]))

    assert not SocialAccount.objects.exists()


def test_changed_address_disconnects(cast: Cast) -> None:
    connected(cast.teacher)

    change_person(
        cast.teacher,
        Particulars(given_name="Ana", family_name="Ortiz", language="en", email="ana@example.org"),
        by=cast.admin,
        now=dt.datetime.now(dt.UTC),
    )

    assert not SocialAccount.objects.exists()
