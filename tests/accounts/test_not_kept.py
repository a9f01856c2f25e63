"""A visit leaves nothing behind in the browser, and ends when it is ended."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.cast import Cast

SignIn = Callable[[User], Client]
PASSWORD = "a-long-enough-word"


@pytest.mark.parametrize("page", ["home", "calendar", "account_change_password", "account_logout", "reading_edit"])
def test_page_of_somebody_signed_in_is_kept_by_nobody(cast: Cast, sign_in: SignIn, page: str) -> None:
    response = sign_in(cast.teacher).get(reverse(page))

    assert response.headers["Cache-Control"] == "private, no-store"


def test_fragment_and_refusal_are_kept_by_nobody(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.teacher)

    answers = [
        client.get(reverse("calendar_events"), {"start": "2026-11-30", "end": "2026-12-07"}),
        client.get(reverse("person_list")),
        client.get(reverse("booking_detail", args=[999_999])),
    ]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["private, no-store"] * 3


def test_answers_that_sign_in_and_out_are_kept_by_nobody(cast: Cast) -> None:
    cast.teacher.set_password(PASSWORD)
    cast.teacher.save()
    client = Client()

    answers = [
        client.post(reverse("account_login"), {"login": "ortiz", "password": PASSWORD}),
        client.post(reverse("account_logout")),
    ]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["private, no-store"] * 2


def test_page_of_a_stranger_is_left_as_it_is(client: Client, db: None) -> None:
    assert "private" not in client.get(reverse("reading_edit")).headers.get("Cache-Control", "")


def test_changed_password_ends_every_other_visit(cast: Cast) -> None:
    cast.teacher.set_password(PASSWORD)
    cast.teacher.save()
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post(reverse("account_login"), {"login": "ortiz", "password": PASSWORD})

    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "another-long-word", "password2": "another-long-word"},
    )

    assert here.get(reverse("home")).status_code == 200
    assert elsewhere.get(reverse("home")).status_code == 302


def test_copied_cookie_is_worth_nothing_after_signing_out(cast: Cast, sign_in: SignIn) -> None:
    client, thief = sign_in(cast.teacher), Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert thief.get(reverse("home")).status_code == 200

    client.post(reverse("account_logout"))

    assert thief.get(reverse("home")).status_code == 302


@pytest.mark.parametrize(
    "evil",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_sign_in_leads_to_no_other_site(cast: Cast, evil: str) -> None:
    cast.teacher.set_password(PASSWORD)
    cast.teacher.save()

    response = Client().post(reverse("account_login"), {"login": "ortiz", "password": PASSWORD, "next": evil})

    assert response["Location"] == reverse("home")


def test_sign_in_leads_to_the_page_that_was_asked_for(cast: Cast) -> None:
    cast.teacher.set_password(PASSWORD)
    cast.teacher.save()

    response = Client().post(reverse("account_login"), {"login": "ortiz", "password": PASSWORD, "next": "/calendar/"})

    assert response["Location"] == "/calendar/"
