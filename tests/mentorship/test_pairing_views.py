"""Pages on which a pair begins and ends."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import User
from mentorship.models import Pairing
from tests import factories
from tests.cast import Cast

SignIn = Callable[[User], Client]


def test_pairing_create_starts_a_pair(cast: Cast, sign_in: SignIn) -> None:
    data = {"teacher": cast.teacher.pk, "student": cast.mentor.pk, "both_said_yes": "on"}

    response = sign_in(cast.coordinator).post(reverse("pairing_create", args=[cast.program.pk]), data, follow=True)

    assert "Ana Ortiz and Maya Rahman are a pair now." in response.content.decode()
    pairing = Pairing.objects.get()
    assert (pairing.teacher, pairing.student, pairing.state) == (cast.teacher, cast.mentor, "started")


def test_pairing_create_needs_both_to_have_said_yes(cast: Cast, sign_in: SignIn) -> None:
    data = {"teacher": cast.teacher.pk, "student": cast.mentor.pk}

    response = sign_in(cast.coordinator).post(reverse("pairing_create", args=[cast.program.pk]), data)

    assert response.status_code == 422
    assert "Ask both first" in response.content.decode()
    assert f'value="{cast.mentor.pk}" selected' in response.content.decode()
    assert not Pairing.objects.exists()


def test_pairing_create_refuses_a_second_pair_and_foreign_people(cast: Cast, pairing: Pairing, sign_in: SignIn) -> None:
    client, url = sign_in(cast.coordinator), reverse("pairing_create", args=[cast.program.pk])
    data = {"teacher": cast.teacher.pk, "student": cast.mentor.pk, "both_said_yes": "on"}

    again = client.post(url, data)
    foreign = client.post(url, data | {"teacher": cast.stranger.pk})
    compared = cast.program.participants.filter(person=cast.other_teacher)
    compared.update(arm="comparison")
    comparison = client.post(url, data | {"teacher": cast.other_teacher.pk})

    assert (again.status_code, foreign.status_code, comparison.status_code) == (422, 422, 422)
    assert "These two are a pair already." in again.content.decode()
    assert Pairing.objects.get() == pairing


def test_pairing_create_without_people_points_to_adding_them(cast: Cast, sign_in: SignIn) -> None:
    program = factories.ProgramFactory(school=cast.school)

    page = sign_in(cast.coordinator).get(reverse("pairing_create", args=[program.pk])).content.decode()

    assert "A pair needs a teacher and a student" in page
    assert reverse("participant_add", args=[program.pk]) in page


def test_pairing_close_closes_with_the_reason(cast: Cast, pairing: Pairing, sign_in: SignIn) -> None:
    url = reverse("pairing_close", args=[pairing.pk])

    response = sign_in(cast.coordinator).post(url, {"reason": "The term is over"}, follow=True)

    pairing.refresh_from_db()
    assert (pairing.state, pairing.close_reason) == ("closed", "The term is over")
    assert "The term is over" in response.content.decode()


def test_pairing_close_without_reason_or_twice_is_refused(cast: Cast, pairing: Pairing, sign_in: SignIn) -> None:
    client, url = sign_in(cast.coordinator), reverse("pairing_close", args=[pairing.pk])

    blank = client.post(url, {"reason": " "})
    pairing.refresh_from_db()
    assert (blank.status_code, pairing.state) == (422, "started")
    assert "Say why the pair ends." in blank.content.decode()

    client.post(url, {"reason": "First"})
    second = client.post(url, {"reason": "Second"})
    pairing.refresh_from_db()
    assert second.status_code == 422
    assert pairing.close_reason == "First"
    assert "closed already" in client.get(url).content.decode()
