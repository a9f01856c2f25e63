"""Codes from an app, passkeys and spare codes: who gets in with them, and who does not."""

import json
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from accounts.models import Message, User
from tests.cast import Cast
from tests.software_passkey import signed_in_freshly

PASSWORD = "a-long-enough-word"
Type = Authenticator.Type


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, on a phone whose clock is some steps of 30 s ahead."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def with_app(person: User) -> str:
    """Give a person a password, an app for codes and spare codes; answers the app's secret."""
    person.set_password(PASSWORD)
    person.save()
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


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


def test_app_is_set_up_by_a_code_and_brings_spare_codes(cast: Cast, django_capture_on_commit_callbacks: object) -> None:
    client = signed_in_freshly(cast.coordinator, PASSWORD)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'class="secret" dir="ltr">(\w+)<', page)[1]

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        response = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})

    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert kinds_of(cast.coordinator) == ["recovery_codes", "totp"]
    assert told(cast.coordinator) == ["totp_activated"]
    assert len(re.findall(r"<code>\d{8}</code>", client.get(response["Location"]).content.decode())) == 10


def test_app_is_not_set_up_by_a_wrong_code(cast: Cast) -> None:
    client = signed_in_freshly(cast.coordinator, PASSWORD)
    client.get(reverse("mfa_activate_totp"))

    page = client.post(reverse("mfa_activate_totp"), {"code": "000000"}).content.decode()

    assert "This code is not right" in page
    assert kinds_of(cast.coordinator) == []


def test_secrets_of_the_second_factor_are_encrypted_in_the_database(cast: Cast) -> None:
    secret = with_app(cast.coordinator)

    app, spare = (Authenticator.objects.get(user=cast.coordinator, type=kind) for kind in (Type.TOTP, "recovery_codes"))

    assert secret not in json.dumps(app.data)
    assert app.data["secret"].startswith("gAAAA")  # Fernet
    assert spare.data["seed"].startswith("gAAAA")
    assert app.wrap().validate_code(code_of(secret))


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"])
def test_second_factor_is_shown_or_changed_only_after_the_password_once_more(cast: Cast, name: str) -> None:
    with_app(cast.coordinator)
    Authenticator.objects.filter(type=Type.TOTP).delete()
    client = Client()
    type_password(client, cast.coordinator)

    response = client.get(reverse(name))

    assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_password_alone_does_not_let_in_who_has_a_second_factor(cast: Cast) -> None:
    with_app(cast.coordinator)
    client = Client()

    leads_to = type_password(client, cast.coordinator)

    assert leads_to == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.get(reverse("home")).status_code == 302


def test_page_of_the_second_factor_without_the_first_leads_back_to_sign_in(cast: Cast) -> None:
    with_app(cast.coordinator)

    responses = [Client().get(reverse("mfa_authenticate")), Client().post(reverse("mfa_authenticate"), {"code": "1"})]

    assert [response["Location"] for response in responses] == [reverse("account_login")] * 2


def test_code_of_the_app_lets_in_once(cast: Cast) -> None:
    secret = with_app(cast.coordinator)
    first, second = Client(), Client()
    for client in (first, second):
        type_password(client, cast.coordinator)

    for client in (first, second):
        client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert (is_in(first), is_in(second)) == (True, False)


@pytest.mark.parametrize("steps", [-1, 1])
def test_phone_that_is_half_a_minute_off_lets_in_once(cast: Cast, steps: int) -> None:
    secret = with_app(cast.coordinator)
    clients = [Client(), Client()]
    code = code_of(secret, steps=steps)

    for client, minute in zip(clients, (0, -steps), strict=True):  # the second time at the other end of its life
        with time_machine.travel(time.time() + 30 * minute):
            type_password(client, cast.coordinator)
            client.post(reverse("mfa_authenticate"), {"code": code})

    assert [is_in(client) for client in clients] == [True, False]


def test_code_that_set_the_app_up_signs_nobody_in(cast: Cast) -> None:
    client, other = signed_in_freshly(cast.coordinator, PASSWORD), Client()
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'class="secret" dir="ltr">(\w+)<', page)[1]
    code = code_of(secret)
    client.post(reverse("mfa_activate_totp"), {"code": code})
    type_password(other, cast.coordinator)

    again = other.post(reverse("mfa_authenticate"), {"code": f"{code[:3]} {code[3:]}"})

    assert "This code is not right" in again.content.decode()
    assert not is_in(other)
    other.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps=1)})
    assert is_in(other)


def test_wrong_code_and_old_code_stay_out(cast: Cast) -> None:
    secret = with_app(cast.coordinator)
    client = Client()
    type_password(client, cast.coordinator)
    with time_machine.travel(time.time() - 90):
        old = code_of(secret)

    pages = [client.post(reverse("mfa_authenticate"), {"code": code}) for code in ("000000", old)]

    assert all("This code is not right" in page.content.decode() for page in pages)
    assert not is_in(client)


def test_six_wrong_codes_lock_the_second_step_even_for_the_right_one(cast: Cast) -> None:
    secret = with_app(cast.coordinator)
    client = Client()
    type_password(client, cast.coordinator)
    for number in range(6):
        client.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})

    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert not is_in(client)


def test_spare_code_lets_in_once(cast: Cast) -> None:
    with_app(cast.coordinator)
    code = Authenticator.objects.get(user=cast.coordinator, type=Type.RECOVERY_CODES).wrap().get_unused_codes()[0]
    first, second = Client(), Client()
    for client in (first, second):
        type_password(client, cast.coordinator)
        client.post(reverse("mfa_authenticate"), {"code": code})

    assert (is_in(first), is_in(second)) == (True, False)


def test_new_spare_codes_end_the_old_ones(cast: Cast, django_capture_on_commit_callbacks: object) -> None:
    client = signed_in_freshly(cast.teacher, PASSWORD)
    with_app(cast.teacher)
    client.force_login(cast.teacher)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    old = Authenticator.objects.get(user=cast.teacher, type=Type.RECOVERY_CODES).wrap().get_unused_codes()

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post(reverse("mfa_generate_recovery_codes"))

    new = Authenticator.objects.get(user=cast.teacher, type=Type.RECOVERY_CODES).wrap().get_unused_codes()
    assert set(old).isdisjoint(new)
    assert told(cast.teacher) == ["recovery_codes_generated"]
    file = client.get(reverse("mfa_download_recovery_codes")).content.decode()
    assert all(code in file for code in new)


def test_app_can_be_removed_and_the_person_is_told(cast: Cast) -> None:
    with_app(cast.teacher)
    client = Client()
    client.force_login(cast.teacher)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    client.post(reverse("mfa_deactivate_totp"))

    assert kinds_of(cast.teacher) == []
    assert told(cast.teacher) == ["totp_deactivated"]


def test_code_of_the_app_stands_for_the_password_once_more_and_counts_once(cast: Cast) -> None:
    code = code_of(with_app(cast.teacher))
    first, second = Client(), Client()

    answers = []
    for client in (first, second):
        client.force_login(cast.teacher)
        client.post(reverse("mfa_reauthenticate"), {"code": code})
        answers.append(client.get(reverse("mfa_view_recovery_codes")).status_code)

    assert answers == [200, 302]


def test_changed_password_is_told(cast: Cast) -> None:
    client = signed_in_freshly(cast.teacher, PASSWORD)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "another-long-word", "password2": "another-long-word"},
    )

    assert told(cast.teacher) == ["password_changed"]
