"""Who gets in, by name or by mail, and who does not."""

import re
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import clock
from accounts.models import Message
from accounts.services.delivery import deliver_due
from tests.cast import Cast


@pytest.fixture
def teacher_with_password(cast: Cast) -> Cast:
    cast.teacher.set_password("a-long-enough-word")
    cast.teacher.save()
    return cast


def sign_in(name: str, password: str = "a-long-enough-word") -> bool:
    """Whether the sign-in page lets this name in."""
    client = Client()
    client.post(reverse("account_login"), {"login": name, "password": password})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("name", ["ortiz", "ORTIZ", "ortiz@example.org", "Ortiz@Example.org"])
def test_sign_in_by_user_name_or_mail_in_any_case(teacher_with_password: Cast, name: str) -> None:
    assert sign_in(name)


def test_wrong_password_stays_out(teacher_with_password: Cast) -> None:
    assert not sign_in("ortiz", "another-long-word")


def test_deactivated_person_stays_out_and_is_put_out(teacher_with_password: Cast) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": "ortiz", "password": "a-long-enough-word"})
    teacher_with_password.teacher.is_active = False
    teacher_with_password.teacher.save()

    assert client.get(reverse("home")).status_code == 302
    assert not sign_in("ortiz")


def test_person_without_a_password_stays_out(cast: Cast) -> None:
    cast.teacher.set_unusable_password()
    cast.teacher.save()

    assert not sign_in("ortiz", "")


def test_demo_people_stay_out_with_debug_off(teacher_with_password: Cast, settings: Settings) -> None:
    teacher_with_password.school.is_demo = True
    teacher_with_password.school.save()
    settings.DEBUG = True
    assert sign_in("ortiz")

    settings.DEBUG = False
    settings.SECURE_SSL_REDIRECT = False

    assert not sign_in("ortiz")


def test_nobody_signs_up_alone(db: None) -> None:
    assert Client().get("/accounts/signup/").status_code in {302, 404}


def test_imported_person_sets_a_first_password_by_mail(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    cast.teacher.set_unusable_password()
    cast.teacher.save()
    client = Client()

    client.post(reverse("account_reset_password"), {"email": "ortiz@example.org"})
    deliver_due(now=clock.now)
    address = urlsplit(re.findall(r"https?://[^\s]+", str(mailoutbox[0].body))[0]).path
    form = client.get(address, follow=True)
    answer = client.post(form.request["PATH_INFO"], {"password1": "quiet-river-41", "password2": "quiet-river-41"})

    assert answer.status_code == 302
    assert sign_in("ortiz", "quiet-river-41")


def test_password_mail_is_ours_and_in_the_readers_language(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    cast.teacher.language = "es"
    cast.teacher.save()

    Client(headers={"accept-language": "ar"}).post(reverse("account_reset_password"), {"email": "ortiz@example.org"})
    deliver_due(now=clock.now)

    assert mailoutbox[0].subject == "Elija su contraseña de Flipside"
    assert "Su nombre de usuario es ortiz." in str(mailoutbox[0].body)


def test_link_of_a_password_mail_rests_nowhere(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    Client().post(reverse("account_reset_password"), {"email": "ORTIZ@example.org"})
    deliver_due(now=clock.now)

    (message,) = Message.objects.filter(kind="password_link")
    (link,) = re.findall(r"https?://[^\s]+/accounts/[^\s]+", str(mailoutbox[0].body))
    assert mailoutbox[0].to == ["ortiz@example.org"]
    assert link.rpartition("-")[2].strip("/") not in str(message.context)
    assert message.context["path"] == "/accounts/password/reset/key/{secret}/"
