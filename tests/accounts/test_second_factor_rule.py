"""The school asks coordinators and admins for a second factor: nothing else opens before it is set up."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.middleware import WITHOUT_SECOND_FACTOR
from accounts.models import Message, TrailEntry, User
from accounts.permissions import Role
from accounts.services import Refused
from accounts.services.sign_in import require_second_factor, reset_second_factor
from tests import factories
from tests.cast import NOW, Cast
from tests.software_passkey import a_credential

SignIn = Callable[[User], Client]
SET_UP = "/accounts/second-factor/"
RULE = "/school/sign-in/"


@pytest.fixture
def strict(cast: Cast) -> Cast:
    """The school asks for a second factor."""
    cast.school.requires_second_factor = True
    cast.school.save()
    return cast


def give_app(person: User) -> None:
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")


def give_passkey(person: User) -> None:
    Authenticator.objects.create(user=person, type="webauthn", data={"name": "Laptop", "credential": a_credential()})


@pytest.mark.parametrize("who", ["coordinator", "admin"])
@pytest.mark.parametrize("page", ["home", "person_list", "school_settings", "survey_list", "sign_in_settings"])
def test_page_before_the_second_factor_leads_to_setting_it_up(
    strict: Cast, sign_in: SignIn, who: str, page: str
) -> None:
    client = sign_in(getattr(strict, who))

    response = client.get(reverse(page))

    assert (response.status_code, response["Location"]) == (302, SET_UP)


def test_form_before_the_second_factor_changes_nothing(strict: Cast, sign_in: SignIn) -> None:
    response = sign_in(strict.admin).post(RULE, {})

    strict.school.refresh_from_db()
    assert response["Location"] == SET_UP
    assert strict.school.requires_second_factor


def test_fragment_before_the_second_factor_sends_the_whole_page_away(strict: Cast, sign_in: SignIn) -> None:
    response = sign_in(strict.coordinator).get(reverse("person_list"), headers={"hx-request": "true"})

    assert response.headers["HX-Redirect"] == SET_UP
    assert strict.mentor.family_name not in response.content.decode()


def test_row_of_the_school_and_a_foreign_one_answer_alike_before_the_second_factor(
    strict: Cast, sign_in: SignIn
) -> None:
    client = sign_in(strict.coordinator)

    own, foreign = (
        client.get(reverse("consent_record", args=[person.pk])) for person in (strict.mentor, strict.stranger)
    )

    assert (own.status_code, own["Location"]) == (foreign.status_code, foreign["Location"]) == (302, SET_UP)


def test_pages_that_stay_open_before_the_second_factor(strict: Cast, sign_in: SignIn) -> None:
    client = sign_in(strict.coordinator)

    answers = {page: client.get(reverse(page)) for page in WITHOUT_SECOND_FACTOR}

    led_away = {page for page, answer in answers.items() if answer.headers.get("Location") == SET_UP}
    assert led_away == set()
    assert "Your school asks coordinators and admins" in answers["mfa_index"].content.decode()
    assert client.get("/healthz").status_code == 200


def test_signing_out_works_before_the_second_factor(strict: Cast, sign_in: SignIn) -> None:
    client = sign_in(strict.coordinator)

    client.post(reverse("account_logout"))

    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("give", [give_app, give_passkey])
def test_everything_opens_with_a_second_factor(strict: Cast, sign_in: SignIn, give: Callable[[User], None]) -> None:
    give(strict.coordinator)
    client = sign_in(strict.coordinator)

    assert client.get(reverse("home")).status_code == 200
    assert "Your school asks" not in client.get(SET_UP).content.decode()


def test_spare_codes_alone_are_no_second_factor(strict: Cast, sign_in: SignIn) -> None:
    RecoveryCodes.activate(strict.coordinator)

    assert sign_in(strict.coordinator).get(reverse("home")).status_code == 302


@pytest.mark.parametrize("who", ["teacher", "mentor"])
def test_teachers_and_students_are_not_asked(strict: Cast, sign_in: SignIn, who: str) -> None:
    assert sign_in(getattr(strict, who)).get(reverse("home")).status_code == 200


def test_teacher_who_is_admin_too_is_asked(strict: Cast, sign_in: SignIn) -> None:
    strict.teacher.roles = [Role.TEACHER, Role.ADMIN]
    strict.teacher.save()

    assert sign_in(strict.teacher).get(reverse("home")).status_code == 302


def test_other_schools_are_not_asked(strict: Cast, sign_in: SignIn) -> None:
    assert sign_in(strict.stranger_coordinator).get(reverse("home")).status_code == 200


def test_admin_with_a_second_factor_switches_the_rule_on_and_off(cast: Cast, sign_in: SignIn) -> None:
    give_app(cast.admin)
    client = sign_in(cast.admin)

    client.post(RULE, {"is_on": "on"})
    cast.school.refresh_from_db()
    was_on = cast.school.requires_second_factor
    client.post(RULE, {})

    cast.school.refresh_from_db()
    assert (was_on, cast.school.requires_second_factor) == (True, False)


def test_admin_without_a_second_factor_is_told_before_the_rule_is_on(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.admin)

    answer = client.post(RULE, {"is_on": "on"})
    cast.school.refresh_from_db()
    was_on = cast.school.requires_second_factor
    done = client.post(RULE, {"is_on": "on", "is_understood": "on"}, follow=True)

    cast.school.refresh_from_db()
    assert (answer.status_code, was_on) == (422, False)
    assert "Please tick this too" in answer.content.decode()
    assert cast.school.requires_second_factor
    assert done.redirect_chain[-1][0] == SET_UP


def test_coordinator_reads_the_rule_and_can_not_set_it(cast: Cast, sign_in: SignIn) -> None:
    give_app(cast.admin)
    client = sign_in(cast.coordinator)

    page = client.get(RULE).content.decode()

    assert "has one" in page
    assert "none yet" in page
    assert "<form class" not in page
    assert reverse("second_factor_reset", args=[cast.admin.pk]) not in page
    assert client.post(RULE, {"is_on": "on"}).status_code == 403
    cast.school.refresh_from_db()
    assert not cast.school.requires_second_factor


def test_list_shows_who_is_asked_and_who_has_one_and_nobody_of_another_school(cast: Cast, sign_in: SignIn) -> None:
    give_passkey(cast.teacher)
    give_app(cast.stranger_coordinator)

    page = sign_in(cast.admin).get(RULE).content.decode()

    listed = {person.username for person in User.objects.all() if person.full_name in page}
    assert listed == {"lane", "amin", "ortiz"}


@pytest.mark.parametrize("count", [1, 30])
def test_list_of_second_factors_is_one_query_however_long(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _number in range(count):
        give_app(factories.UserFactory(school=cast.school, roles=[Role.ADMIN]))
    client = sign_in(cast.admin)

    with django_assert_num_queries(4):
        client.get(RULE)


def test_admin_resets_a_lost_second_factor(cast: Cast, sign_in: SignIn) -> None:
    give_app(cast.coordinator)
    give_passkey(cast.coordinator)
    RecoveryCodes.activate(cast.coordinator)
    lost = sign_in(cast.coordinator)
    address = reverse("second_factor_reset", args=[cast.coordinator.pk])
    client = sign_in(cast.admin)

    assert "Reset the second step of June Lane?" in client.get(address).content.decode()
    assert Authenticator.objects.filter(user=cast.coordinator).count() == 3
    client.post(address)

    assert not Authenticator.objects.filter(user=cast.coordinator).exists()
    assert Message.objects.get(user=cast.coordinator, kind="sign_in_changed").context["what"] == "second_factor_reset"
    assert lost.get(reverse("home")).status_code == 302


def test_reset_is_refused_for_oneself_and_where_there_is_nothing(cast: Cast, sign_in: SignIn) -> None:
    give_app(cast.admin)
    client = sign_in(cast.admin)

    own = client.post(reverse("second_factor_reset", args=[cast.admin.pk]), follow=True)
    none = client.post(reverse("second_factor_reset", args=[cast.teacher.pk]), follow=True)

    assert "Another admin has to do this for you." in own.content.decode()
    assert "There is nothing to reset." in none.content.decode()
    assert Authenticator.objects.filter(user=cast.admin).exists()
    assert not Message.objects.filter(kind="sign_in_changed").exists()


@pytest.mark.parametrize("who", ["coordinator", "teacher", "mentor", "stranger_coordinator"])
def test_reset_by_anybody_else_is_refused(cast: Cast, who: str) -> None:
    give_app(cast.other_teacher)

    with pytest.raises(Refused):
        reset_second_factor(cast.other_teacher, by=getattr(cast, who), now=NOW)

    assert Authenticator.objects.filter(user=cast.other_teacher).exists()


@pytest.mark.parametrize("who", ["coordinator", "teacher", "mentor"])
def test_rule_set_by_anybody_else_is_refused(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        require_second_factor(is_on=True, by=getattr(cast, who))

    cast.school.refresh_from_db()
    assert not cast.school.requires_second_factor


def test_reset_stands_in_the_trail(cast: Cast, sign_in: SignIn) -> None:
    give_app(cast.coordinator)
    RecoveryCodes.activate(cast.coordinator)
    newest = TrailEntry.objects.order_by("pk").last()

    sign_in(cast.admin).post(reverse("second_factor_reset", args=[cast.coordinator.pk]))

    entry = TrailEntry.objects.filter(pk__gt=newest.pk if newest else 0).get(kind="accounts.SecondFactor")
    assert (entry.act, entry.made_by, entry.origin) == ("delete", cast.admin, "second_factor_reset")
    assert entry.people == [cast.coordinator.pk]
    assert "secret" not in str(entry.changes)


def test_code_and_passkey_that_are_used_leave_nothing_in_the_trail(cast: Cast) -> None:
    give_app(cast.coordinator)
    RecoveryCodes.activate(cast.coordinator)
    before = TrailEntry.objects.count()

    for factor in Authenticator.objects.filter(user=cast.coordinator):
        factor.record_usage()

    assert TrailEntry.objects.count() == before
