"""Connected accounts: shown, disconnected, and gone with the keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from accounts.adapter import AccountAdapter, ProviderAdapter
from accounts.models import Message, User
from accounts.services import Refused
from accounts.services.person import Particulars, change_person
from accounts.services.sign_in import disconnect_account
from config.sign_in_providers import sign_in_providers
from tests.cast import NOW, Cast
from tests.fake_provider import KEYS

SignIn = Callable[[User], Client]
PASSWORD = "a-long-enough-word"


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


def test_account_of_somebody_else_is_not_disconnected(cast: Cast) -> None:
    account = connected(cast.teacher)

    with pytest.raises(Refused):
        disconnect_account(account, by=cast.other_teacher, now=NOW)

    assert SocialAccount.objects.filter(pk=account.pk).exists()


def test_sign_up_is_closed_on_every_path() -> None:
    request = RequestFactory().get("/")

    assert not AccountAdapter(request).is_open_for_signup(request)
    assert not ProviderAdapter(request).is_open_for_signup(request, SocialLogin())
