"""A visit ends: by itself, by a click, and everywhere at once."""

import logging

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.passwords import SchoolWordsValidator
from accounts.permissions import Role
from accounts.services import Refused
from accounts.services.session import end_sessions
from tests.cast import NOW, Cast

pytestmark = pytest.mark.visits_end


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("home")).status_code == 200


@pytest.mark.parametrize(("who", "hours"), [("admin", 2), ("coordinator", 4), ("mentor", 4), ("teacher", 7 * 24)])
def test_visit_that_rests_too_long_is_over(cast: Cast, who: str, hours: int) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(getattr(cast, who))
        clock.shift(hours * 3600 - 60)
        assert is_in(client)
        clock.shift(hours * 3600 + 60)

        assert not is_in(client)
        assert "_auth_user_id" not in client.session


def test_visit_that_lasts_too_long_is_over_however_busy(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(cast.mentor)
        for _hour in range(12):
            clock.shift(3600)
            assert is_in(client)
        clock.shift(3600)

        assert not is_in(client)


def test_two_hats_have_the_shorter_visit(cast: Cast) -> None:
    cast.teacher.roles = [Role.TEACHER, Role.ADMIN]
    cast.teacher.save()
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(cast.teacher)
        clock.shift(3 * 3600)

        assert not is_in(client)


def test_person_without_a_hat_has_the_shortest_visit(cast: Cast) -> None:
    cast.teacher.roles = []
    cast.teacher.save()
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(cast.teacher)
        clock.shift(3 * 3600)

        answer = client.post(reverse("reading_edit"), {"language": "es"})

    assert "_auth_user_id" not in client.session
    assert answer["Location"] == f"{reverse('account_login')}?next=/"


def test_page_that_was_asked_for_comes_after_signing_in_again(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(cast.coordinator)
        clock.shift(5 * 3600)

        answer = client.get(reverse("person_list"), {"q": "maya"})

    assert answer["Location"] == f"{reverse('account_login')}?next=/people/%3Fq%3Dmaya"


@pytest.mark.parametrize(
    ("stood_on", "back"),
    [
        ("http://testserver/people/?q=tran", "%3Fq%3Dtran"),
        ("http://evil.example/people/", "/people/invite/"),
        ("", "/people/invite/"),
    ],
)
def test_form_sent_after_the_visit_leads_back_to_its_page(client: Client, stood_on: str, back: str) -> None:
    answer = client.post(reverse("invite_many"), headers={"referer": stood_on})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/people/")
    assert answer["Location"].endswith(back)


def test_signing_out_elsewhere_keeps_this_visit(cast: Cast) -> None:
    here, there = signed_in(cast.teacher), signed_in(cast.teacher)

    here.post(reverse("my_sessions_end"))

    assert is_in(here)
    assert not is_in(there)


@pytest.mark.parametrize(("by", "whom"), [("coordinator", "mentor"), ("coordinator", "teacher"), ("admin", "teacher")])
def test_person_is_signed_out_by_staff(cast: Cast, by: str, whom: str) -> None:
    client = signed_in(getattr(cast, whom))

    signed_in(getattr(cast, by)).post(reverse("person_sessions_end", args=[getattr(cast, whom).pk]))

    assert not is_in(client)


@pytest.mark.parametrize(
    ("by", "whom"), [("coordinator", "admin"), ("teacher", "mentor"), ("stranger_coordinator", "mentor")]
)
def test_nobody_else_signs_a_person_out(cast: Cast, by: str, whom: str) -> None:
    client = signed_in(getattr(cast, whom))

    with pytest.raises(Refused):
        end_sessions(getattr(cast, whom), by=getattr(cast, by))

    assert is_in(client)


def test_coordinator_is_told_that_only_an_admin_signs_an_admin_out(cast: Cast) -> None:
    client = signed_in(cast.coordinator)

    answer = client.post(reverse("person_sessions_end", args=[cast.admin.pk]), follow=True)

    assert "Only an admin can sign this person out." in answer.content.decode()


def test_who_came_in_and_who_did_not_is_logged_without_names(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    cast.teacher.set_password("a-long-enough-word")
    cast.teacher.save()
    client = Client()

    with caplog.at_level(logging.INFO, logger="flipside.security"):
        client.post(reverse("account_login"), {"login": "ortiz", "password": "wrong-wrong-wrong"})
        client.post(reverse("account_login"), {"login": "ortiz", "password": "a-long-enough-word"})
        client.get(reverse("person_list"))
        client.post(reverse("account_logout"))

    said = [record.getMessage() for record in caplog.records if record.name == "flipside.security"]
    assert said == [
        "sign-in failed: by account_login",
        f"signed in: user {cast.teacher.pk}, school {cast.school.pk}, by account_login",
        f"refused: user {cast.teacher.pk}, page person_list",
        f"signed out: user {cast.teacher.pk}",
    ]


@pytest.mark.parametrize("password", ["playground", "Flipside1!", "lincoln22", "mentorteacher", "SCHOOLlincoln"])
def test_word_of_the_school_is_no_password(cast: Cast, password: str) -> None:
    with pytest.raises(ValidationError):
        SchoolWordsValidator().validate(password, cast.teacher)


@pytest.mark.parametrize("password", ["playground-and-nine-otters", "nine otters swim", "a-long-enough-word"])
def test_other_words_are_fine(cast: Cast, password: str) -> None:
    SchoolWordsValidator().validate(password, cast.teacher)
    SchoolWordsValidator().validate(password)


def test_words_are_named_beside_the_field() -> None:
    assert "school" in SchoolWordsValidator().get_help_text()
