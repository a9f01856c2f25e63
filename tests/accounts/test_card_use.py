"""A student comes in with a printed card, and others do not."""

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from accounts.reports.sign_in_card import NewCard
from accounts.services.sign_in_card import print_cards
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]
PASSWORD = "quiet-river-41"
BOTH = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture(autouse=True)
def at_now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def card(cast: Cast) -> NewCard:
    """A card of the cast's mentor."""
    return print_cards([cast.mentor], by=cast.coordinator, now=NOW)[0]


def type_code(client: Client, user_name: str, code: str) -> HttpResponse:
    return client.post(reverse("card_open"), {"user_name": user_name, "code": code})


def is_in(client: Client, person: User) -> bool:
    return client.session.get("_auth_user_id") == str(person.pk)


def shown(response: HttpResponse) -> str:
    """The page without what differs at each request."""
    return re.sub(r'(nonce|value)="[^"]*"', "", response.content.decode())


class ReplacesTheCard:
    """A rule for passwords during which somebody prints a new card."""

    def validate(self, _password: str, user: User) -> None:
        coordinator = User.objects.with_role(Role.COORDINATOR).get(school=user.school)
        print_cards([user], by=coordinator, now=NOW)


class TestComingIn:
    def test_code_leads_to_a_password_and_home(self, cast: Cast, card: NewCard, client: Client) -> None:
        typed = type_code(client, "maya", card.code)
        page = client.get(typed["Location"])
        answer = client.post(reverse("card_password"), BOTH)

        assert "Maya" in page.content.decode()
        assert answer["Location"] == reverse("home")
        assert is_in(client, cast.mentor)
        assert client.get(reverse("home")).status_code == 200

    def test_square_leads_to_the_same_page_without_its_secret(self, card: NewCard, client: Client) -> None:
        response = client.get(reverse("card_link", args=[card.secret]))

        assert response["Location"] == reverse("card_password")
        assert "Maya" in client.get(response["Location"]).content.decode()
        page = client.get(reverse("card_password"))
        assert (response["Referrer-Policy"], response["Cache-Control"]) == ("no-referrer", "no-store")
        # With "no-referrer" a browser would send the page's form with `Origin: null`, and it would be refused.
        assert (page["Referrer-Policy"], page["Cache-Control"]) == ("same-origin", "no-store")

    def test_looking_uses_nothing_up(self, cast: Cast, card: NewCard, client: Client) -> None:
        for _time in range(3):
            client.get(reverse("card_link", args=[card.secret]))
            client.get(reverse("card_password"))

        assert client.post(reverse("card_password"), BOTH).status_code == 302

    def test_no_secret_rests_in_the_session(self, card: NewCard, client: Client) -> None:
        client.get(reverse("card_link", args=[card.secret]))
        by_link = dict(client.session)
        type_code(client, "maya", card.code)

        assert by_link
        for session in (by_link, dict(client.session)):
            assert card.secret not in str(session)
            assert card.code not in str(session)

    def test_page_is_in_the_students_language(self, cast: Cast, card: NewCard, client: Client) -> None:
        User.objects.filter(pk=cast.mentor.pk).update(language="ar")
        client.get(reverse("card_link", args=[card.secret]))

        assert '<html lang="ar" dir="rtl"' in client.get(reverse("card_password")).content.decode()

    def test_used_card_is_dead(self, card: NewCard, client: Client) -> None:
        client.get(reverse("card_link", args=[card.secret]))
        client.post(reverse("card_password"), BOTH)
        other = Client()

        other.get(reverse("card_link", args=[card.secret]))

        assert "can't be used" in other.get(reverse("card_password")).content.decode()
        assert other.post(reverse("card_password"), BOTH).status_code == 422
        assert type_code(other, "maya", card.code).status_code == 422
        assert "_auth_user_id" not in other.session

    def test_garbage_in_the_link_leaves_no_session_behind(self, cast: Cast, client: Client) -> None:
        response = client.get(reverse("card_link", args=["no-such-secret"]))

        assert response["Location"] == reverse("card_password")
        assert not Session.objects.exists()

    def test_card_replaces_the_password_and_ends_sessions_elsewhere(
        self, cast: Cast, card: NewCard, client: Client
    ) -> None:
        cast.mentor.set_password("forgotten-long-ago")
        cast.mentor.save()
        elsewhere = Client()
        elsewhere.force_login(cast.mentor)
        assert elsewhere.get(reverse("home")).status_code == 200

        client.get(reverse("card_link", args=[card.secret]))
        client.post(reverse("card_password"), BOTH)

        assert elsewhere.get(reverse("home")).status_code == 302
        cast.mentor.refresh_from_db()
        assert cast.mentor.check_password(PASSWORD)
        assert not cast.mentor.check_password("forgotten-long-ago")

    def test_second_factor_is_asked_for_after_the_card_too(self, cast: Cast, card: NewCard, client: Client) -> None:
        TOTP.activate(cast.mentor, generate_totp_secret())
        client.get(reverse("card_link", args=[card.secret]))

        answer = client.post(reverse("card_password"), BOTH)

        assert answer["Location"].startswith(reverse("mfa_authenticate"))
        assert "_auth_user_id" not in client.session

    def test_whoever_sat_at_the_computer_is_signed_out(self, cast: Cast, card: NewCard, sign_in: SignIn) -> None:
        client = sign_in(cast.other_mentor)
        client.get(reverse("card_link", args=[card.secret]))

        client.post(reverse("card_password"), BOTH)

        assert is_in(client, cast.mentor)

    def test_opened_card_that_was_replaced_sets_nothing(self, cast: Cast, card: NewCard, client: Client) -> None:
        client.get(reverse("card_link", args=[card.secret]))
        print_cards([cast.mentor], by=cast.coordinator, now=NOW)

        assert client.post(reverse("card_password"), BOTH).status_code == 422
        cast.mentor.refresh_from_db()
        assert not cast.mentor.check_password(PASSWORD)

    def test_card_of_a_student_who_became_staff_is_dead(self, cast: Cast, card: NewCard, client: Client) -> None:
        client.get(reverse("card_link", args=[card.secret]))
        User.objects.filter(pk=cast.mentor.pk).update(roles=[Role.STUDENT, Role.TEACHER])

        assert client.post(reverse("card_password"), BOTH).status_code == 422
        assert type_code(client, "maya", card.code).status_code == 422

    def test_card_that_is_replaced_in_that_very_moment_sets_nothing(
        self, cast: Cast, card: NewCard, client: Client, settings
    ) -> None:
        settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"{__name__}.ReplacesTheCard"}]
        client.get(reverse("card_link", args=[card.secret]))

        answer = client.post(reverse("card_password"), BOTH)

        assert answer["Location"] == reverse("card_password")
        assert "can't be used" in client.get(answer["Location"]).content.decode()
        assert "_auth_user_id" not in client.session

    def test_student_of_the_demo_school_stays_out_with_debug_off(
        self, cast: Cast, card: NewCard, client: Client, settings
    ) -> None:
        cast.school.is_demo = True
        cast.school.save()
        settings.DEBUG = False
        settings.SECURE_SSL_REDIRECT = False
        client.get(reverse("card_link", args=[card.secret]))

        client.post(reverse("card_password"), BOTH)

        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("xy-3z", "xy-3z"), "too short"),
            (("letmein123", "letmein123"), "Many people use this one"),
            (("rahman-maya", "rahman-maya"), "too much like your name"),
            (("playground1", "playground1"), "Others at your school would guess this"),
            ((PASSWORD, PASSWORD + "x"), "not the same"),
            (("", ""), "This field is required"),
        ],
    )
    def test_weak_password_is_refused_in_plain_words_and_uses_nothing_up(
        self, cast: Cast, card: NewCard, client: Client, words: tuple[str, str], said: str
    ) -> None:
        client.get(reverse("card_link", args=[card.secret]))

        response = client.post(reverse("card_password"), {"password1": words[0], "password2": words[1]})

        assert response.status_code == 422
        assert said in response.content.decode()
        assert not words[0] or words[0] not in response.content.decode()
        assert client.post(reverse("card_password"), BOTH).status_code == 302


class TestGuessing:
    def test_answers_do_not_tell_what_was_wrong(
        self, cast: Cast, card: NewCard, at_now: time_machine.Traveller
    ) -> None:
        tries = [("maya", "2" * 12), ("nobody", card.code), ("leo", card.code)]
        answers = [type_code(Client(), *one) for one in tries]
        at_now.shift(dt.timedelta(days=15))
        answers.append(type_code(Client(), "maya", card.code))

        assert {answer.status_code for answer in answers} == {422}
        pages = {shown(answer).replace(card.code, "") for answer in answers}
        assert len({re.sub(r"maya|leo|nobody", "", page) for page in pages}) == 1

    @pytest.mark.parametrize("user_name", ["maya", "nobody"])
    def test_ten_wrong_codes_close_a_name_even_for_the_right_one(self, card: NewCard, user_name: str) -> None:
        answers = [type_code(Client(), user_name, "2" * 12).status_code for _time in range(11)]

        last = type_code(Client(), user_name.upper(), card.code)

        assert answers == [422] * 10 + [429]
        assert last.status_code == 429
        assert "Ask your coordinator" in last.content.decode() or "ask your coordinator" in last.content.decode()

    def test_no_code_and_no_secret_reach_a_log(
        self, cast: Cast, card: NewCard, sign_in: SignIn, caplog: pytest.LogCaptureFixture
    ) -> None:
        client = Client()
        with caplog.at_level(logging.DEBUG):
            sign_in(cast.coordinator).post(reverse("card_print"), {"student": [cast.other_mentor.pk], "size": "a4"})
            type_code(client, "maya", "2" * 12)
            client.get(reverse("card_link", args=[card.secret]))
            client.get(reverse("card_link", args=[card.secret + "x"]))
            client.post(reverse("card_password"), {"password1": "short", "password2": "short"})

        written = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
        assert written
        assert not [line for line in written if card.secret in line or card.code in line or "2" * 12 in line]
