"""Google and Microsoft sign-in: what is stolen, changed on the way, or used twice."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.cast import Cast
from tests.fake_provider import (
    NOT_LET_IN,
    Provider,
    come_from,
    is_in,
    refused_page,
    there_and_back,
)

SignIn = Callable[[User], Client]


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
