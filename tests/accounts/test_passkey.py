"""Passkeys: who gets in with them, and who does not."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Message, User
from tests.cast import Cast
from tests.software_passkey import SoftwarePasskey, add_passkey, options_on, signed_in_freshly

PASSWORD = "a-long-enough-word"
Type = Authenticator.Type


def type_password(client: Client, person: User) -> str:
    """Sign in by password; answers where it leads."""
    response = client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    return str(response["Location"])


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def kinds_of(person: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def told(person: User) -> list[str]:
    """What the person was told about how she signs in, the newest last."""
    rows = Message.objects.filter(user=person, kind="sign_in_changed").order_by("pk")
    return [row.context["what"] for row in rows]


def test_passkey_is_added_and_is_the_second_step(cast: Cast) -> None:
    passkey = add_passkey(signed_in_freshly(cast.coordinator, PASSWORD))
    assert kinds_of(cast.coordinator) == ["recovery_codes", "webauthn"]
    assert told(cast.coordinator) == ["webauthn_added"]
    client = Client()
    type_password(client, cast.coordinator)

    page = client.get(reverse("mfa_authenticate")).content.decode()
    client.post(reverse("mfa_authenticate"), {"credential": passkey.sign(options_on(page))})

    assert is_in(client)


def passkey_sign_in(client: Client, passkey: SoftwarePasskey) -> None:
    """Sign in by the button of the sign-in page."""
    asked = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    client.post(reverse("mfa_login_webauthn"), {"credential": passkey.sign(asked["request_options"])})


def test_passkey_alone_signs_in(cast: Cast) -> None:
    passkey = add_passkey(signed_in_freshly(cast.coordinator, PASSWORD))
    client = Client()

    passkey_sign_in(client, passkey)

    assert is_in(client)


def test_passkey_that_asks_for_no_pin_is_not_taken(cast: Cast) -> None:
    add_passkey(signed_in_freshly(cast.coordinator, PASSWORD), verifies=False)

    assert kinds_of(cast.coordinator) == []


def test_passkey_that_asks_for_no_pin_any_more_does_not_let_in(cast: Cast) -> None:
    passkey = add_passkey(signed_in_freshly(cast.coordinator, PASSWORD))
    passkey.flags = SoftwarePasskey(verifies=False).flags
    client = Client()

    passkey_sign_in(client, passkey)

    assert not is_in(client)


@pytest.mark.parametrize("how", ["stranger's passkey", "deactivated", "demo with DEBUG off"])
def test_passkey_of_somebody_who_may_not_come_in(cast: Cast, settings: Settings, how: str) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    passkey = add_passkey(signed_in_freshly(cast.coordinator, PASSWORD))
    if how == "stranger's passkey":
        passkey.key = SoftwarePasskey().key
    elif how == "deactivated":
        User.objects.filter(pk=cast.coordinator.pk).update(is_active=False)
    else:
        settings.DEBUG = False
        cast.school.is_demo = True
        cast.school.save()
    client = Client()

    passkey_sign_in(client, passkey)

    assert not is_in(client)


def test_passkey_is_renamed_and_removed_by_its_owner_only(cast: Cast) -> None:
    client = signed_in_freshly(cast.coordinator, PASSWORD)
    add_passkey(client)
    pk = Authenticator.objects.get(type=Type.WEBAUTHN).pk
    other = signed_in_freshly(cast.admin, PASSWORD)
    assert other.post(reverse("mfa_remove_webauthn", args=[pk])).status_code == 404
    assert other.post(reverse("mfa_edit_webauthn", args=[pk]), {"name": "Mine"}).status_code == 404

    client.post(reverse("mfa_edit_webauthn", args=[pk]), {"name": "<b>Tablet</b>"})
    page = client.get(reverse("mfa_list_webauthn")).content.decode()
    assert "&lt;b&gt;Tablet&lt;/b&gt;" in page
    client.post(reverse("mfa_remove_webauthn", args=[pk]))

    assert not Authenticator.objects.filter(type=Type.WEBAUTHN).exists()
    assert told(cast.coordinator) == ["webauthn_added", "webauthn_removed"]
