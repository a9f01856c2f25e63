"""The pages of learner flags."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse
from pytest_django import Settings as SettingsWrapper

from accounts.models import FlagGrant, FlagRead, Flags, User
from accounts.permissions import Role
from accounts.services.learner_flags import grant_flags, own_flags, read_flags, write_flags
from tests import factories
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]
NOTED = Flags(eb=True, dyslexic=False, languages="Canarian")


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    """The clock of the cast."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def noted(cast: Cast) -> FlagGrant:
    """The coordinator may read flags, and wrote the mentor's; no look was written down yet."""
    grant = grant_flags(cast.coordinator, by=cast.admin, now=NOW)
    write_flags(cast.mentor, NOTED, by=cast.coordinator, now=NOW)
    FlagRead.objects.all().delete()
    return grant


def page_of(person: User) -> str:
    return reverse("flags_edit", args=[person.pk])


@pytest.mark.parametrize("name", ["flags_own", "flag_read_list", "flags_edit", "flag_grant", "flag_grant_end"])
def test_anonymous_is_sent_to_sign_in(cast: Cast, client: Client, name: str) -> None:
    address = reverse(name, args=[cast.mentor.pk] if name in {"flags_edit", "flag_grant_end"} else [])

    assert client.post(address).url.startswith(reverse("account_login"))


def test_a_granted_coordinator_reads_and_each_look_is_written_down(
    cast: Cast, sign_in: SignIn, noted: FlagGrant
) -> None:
    client = sign_in(cast.coordinator)

    page = client.get(page_of(cast.mentor)).content.decode()
    client.head(page_of(cast.mentor))

    assert 'value="Canarian"' in page
    assert re.search(r'name="eb"[^>]* checked', page)
    assert not re.search(r'name="dyslexic"[^>]* checked', page)
    assert "Each look is written down" in page
    assert [(read.reader, read.student, read.act) for read in FlagRead.objects.all()] == [
        (cast.coordinator, cast.mentor, "read")
    ] * 2


def test_a_change_is_kept_and_written_down(cast: Cast, sign_in: SignIn, noted: FlagGrant) -> None:
    answer = sign_in(cast.coordinator).post(
        page_of(cast.mentor), {"dyslexic": "on", "languages": " Dari "}, follow=True
    )

    assert own_flags(cast.mentor) == Flags(dyslexic=True, languages="Dari")
    assert [read.act for read in FlagRead.objects.all()] == ["changed"]
    assert "Saved." in answer.content.decode()
    assert "Dari" not in answer.content.decode()


def test_what_does_not_fit_is_said_and_kept_without_showing_what_is_stored(
    cast: Cast, sign_in: SignIn, noted: FlagGrant
) -> None:
    answer = sign_in(cast.coordinator).post(page_of(cast.mentor), {"languages": "x" * 201})

    assert answer.status_code == 422
    assert "x" * 201 in answer.content.decode()
    assert "Canarian" not in answer.content.decode()
    assert own_flags(cast.mentor) == NOTED
    assert not FlagRead.objects.exists()


def test_without_a_grant_the_page_is_closed_and_nothing_is_written(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)

    answers = [client.get(page_of(cast.mentor)), client.post(page_of(cast.mentor), {"eb": "on"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert not FlagRead.objects.exists()
    assert own_flags(cast.mentor) == Flags()


def test_an_adult_a_stranger_and_oneself_have_no_such_page(cast: Cast, sign_in: SignIn, noted: FlagGrant) -> None:
    client = sign_in(cast.coordinator)
    foreign = factories.StudentFactory(school=cast.stranger.school)
    statuses = [client.get(page_of(person)).status_code for person in (cast.teacher, foreign)]
    User.objects.filter(pk=cast.coordinator.pk).update(roles=[Role.COORDINATOR, Role.STUDENT])

    own = client.get(page_of(cast.coordinator)).status_code

    assert (statuses, own) == ([404, 404], 403)


def test_a_missing_key_is_a_sentence_and_no_error(
    cast: Cast, sign_in: SignIn, noted: FlagGrant, settings: SettingsWrapper
) -> None:
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    staff = sign_in(cast.coordinator).get(page_of(cast.mentor)).content.decode()
    student = sign_in(cast.mentor).get(reverse("flags_own")).content.decode()

    assert "The key for it is missing" in staff
    assert 'name="languages"' not in staff
    assert "be read at the moment" in student


def test_students_read_their_own_and_nobody_elses(cast: Cast, sign_in: SignIn, noted: FlagGrant) -> None:
    own = sign_in(cast.mentor).get(reverse("flags_own")).content.decode()
    other = sign_in(cast.other_mentor).get(reverse("flags_own")).content.decode()

    assert "Canarian" in own
    assert "Canarian" not in other
    assert other.count("not noted") == 3
    assert not FlagRead.objects.exists()


def test_the_admin_sees_who_looked_at_whose_flags_and_no_flag(cast: Cast, sign_in: SignIn, noted: FlagGrant) -> None:
    read_flags(cast.mentor, by=cast.coordinator, now=NOW)

    page = sign_in(cast.admin).get(reverse("flag_read_list")).content.decode()

    assert "<bdi>Ms Lane</bdi>, about <bdi>Maya R.</bdi>" in page
    assert "22 November 2026" in page
    assert "Rahman" not in page
    assert "Canarian" not in page


def test_the_admin_gives_the_right_and_takes_it_back(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.admin)

    given = client.post(reverse("flag_grant"), {"user": cast.coordinator.pk}, follow=True).content.decode()
    grant = FlagGrant.objects.get()
    taken = client.post(reverse("flag_grant_end", args=[grant.pk]), follow=True).content.decode()

    assert "June Lane may read learner flags now" in given
    assert "June Lane can&#x27;t read learner flags any more" in taken
    assert not FlagGrant.objects.standing().exists()


def test_the_right_can_be_given_to_coordinators_of_the_school_alone(cast: Cast, sign_in: SignIn) -> None:
    User.objects.filter(pk=cast.admin.pk).update(roles=[Role.ADMIN, Role.COORDINATOR])
    client = sign_in(cast.admin)

    page = client.get(reverse("flag_read_list")).content.decode()
    answers = [
        client.post(reverse("flag_grant"), {"user": person.pk})
        for person in (cast.admin, cast.teacher, cast.stranger_coordinator)
    ]

    assert set(re.findall(r'<option value="(\d+)"', page)) == {str(cast.coordinator.pk), str(cast.admin.pk)}
    assert [answer.status_code for answer in answers] == [422] * 3
    assert "Nobody lets themselves read learner flags." in answers[0].content.decode()
    assert not FlagGrant.objects.exists()


def test_a_grant_of_another_school_is_not_found(cast: Cast, sign_in: SignIn, noted: FlagGrant) -> None:
    admin = factories.UserFactory(school=cast.stranger.school, roles=[Role.ADMIN])

    answer = sign_in(admin).post(reverse("flag_grant_end", args=[noted.pk]))

    assert answer.status_code == 404
    assert FlagGrant.objects.standing().exists()


@pytest.mark.parametrize("name", ["person_list", "person_detail", "trail_list"])
def test_no_other_page_shows_a_flag(cast: Cast, sign_in: SignIn, noted: FlagGrant, name: str) -> None:
    args = [cast.mentor.pk] if name == "person_detail" else []

    page = sign_in(cast.coordinator).get(reverse(name, args=args)).content.decode()

    assert "Maya" in page
    assert "Canarian" not in page


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_for_1_and_30_rows(
    cast: Cast, sign_in: SignIn, noted: FlagGrant, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for number in range(count):
        student = factories.StudentFactory(school=cast.school)
        FlagRead.objects.create(school=cast.school, reader=cast.coordinator, student=student, read_at=NOW)
        if number:
            other = factories.UserFactory(school=cast.school, roles=[Role.COORDINATOR])
            FlagGrant.objects.create(user=other, granted_by=cast.admin, granted_at=NOW)
    client = sign_in(cast.admin)

    with django_assert_num_queries(6):  # session and user, rights, choices, count, looks
        client.get(reverse("flag_read_list"))
