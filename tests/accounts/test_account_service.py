"""Hats given and taken, accounts ended and taken back."""

import datetime as dt

import pytest
from django.test import Client

from accounts.models import FlagGrant, Guardian, Message, SecretLink, User
from accounts.permissions import Role
from accounts.services import Refused, mint_link
from accounts.services.account import end_account, keep_person, pass_coordination, set_roles, take_account_back
from tests.accounts.outbox_rows import make_message
from tests.cast import NOW, Cast
from tests.factories import TeacherFactory, UserFactory

C, T, S, A = Role.COORDINATOR, Role.TEACHER, Role.STUDENT, Role.ADMIN


@pytest.fixture
def second_admin(cast: Cast) -> User:
    person: User = UserFactory(school=cast.school, roles=[A])
    return person


def roles_of(person: User) -> list[str]:
    return list(User.objects.values_list("roles", flat=True).get(pk=person.pk))


def grant(cast: Cast, person: User) -> FlagGrant:
    return FlagGrant.objects.create(user=person, granted_by=cast.admin, granted_at=NOW)


# Hats


def test_set_roles_saves_them_in_the_order_of_the_policy_and_tells_what_is_gone(cast: Cast) -> None:
    gone = set_roles(cast.teacher, [A, C], by=cast.admin)

    assert gone == {T}
    assert roles_of(cast.teacher) == [C, A]


@pytest.mark.parametrize(
    ("who", "roles", "words"),
    [
        ("teacher", [], "at least one role"),
        ("teacher", ["owner"], "at least one role"),
        ("teacher", [S, T], "A student mentor has no other role."),
        ("admin", [A, C], "Nobody makes themselves coordinator."),
        ("admin", [T], "The last admin keeps this role."),
        ("coordinator", [T], "Name the next coordinator first."),
    ],
)
def test_set_roles_refuses(cast: Cast, who: str, roles: list[str], words: str) -> None:
    person = getattr(cast, who)
    before = roles_of(person)

    with pytest.raises(Refused, match=words):
        set_roles(person, roles, by=cast.admin)

    assert roles_of(person) == before


def test_set_roles_of_one_of_two_admins_and_of_two_coordinators(cast: Cast, second_admin: User) -> None:
    UserFactory(school=cast.school, roles=[C])

    set_roles(cast.admin, [T], by=cast.admin)
    set_roles(cast.coordinator, [T], by=second_admin)

    assert (roles_of(cast.admin), roles_of(cast.coordinator)) == ([T], [T])


def test_set_roles_counts_no_admin_who_left_or_is_of_another_school(cast: Cast, second_admin: User) -> None:
    User.objects.filter(pk=second_admin.pk).update(is_active=False)
    UserFactory(school=cast.stranger.school, roles=[A])

    with pytest.raises(Refused, match="last admin"):
        set_roles(cast.admin, [T], by=cast.admin)


def test_own_coordinators_hat_may_be_kept(cast: Cast) -> None:
    User.objects.filter(pk=cast.admin.pk).update(roles=[C, A])
    cast.admin.refresh_from_db()

    set_roles(cast.admin, [C, A, T], by=cast.admin)

    assert roles_of(cast.admin) == [C, T, A]


def test_second_adult_can_not_become_a_student(cast: Cast) -> None:
    cast.school.second_adult = cast.teacher
    cast.school.save()

    with pytest.raises(Refused, match="second adult"):
        set_roles(cast.teacher, [S], by=cast.admin)


def test_set_roles_of_somebody_who_left_is_refused(cast: Cast) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(is_active=False)

    with pytest.raises(Refused, match="has left"):
        set_roles(cast.teacher, [C], by=cast.admin)


def test_coordinator_no_more_reads_no_flags_even_when_named_again(cast: Cast) -> None:
    other = UserFactory(school=cast.school, roles=[C])
    granted, kept = grant(cast, other), grant(cast, cast.coordinator)

    set_roles(other, [T], by=cast.admin)
    set_roles(other, [C], by=cast.admin)

    granted.refresh_from_db(), kept.refresh_from_db()
    assert [grant.ended_at is None for grant in (granted, kept)] == [False, True]


ACTS = {
    "set_roles": lambda person, by: set_roles(person, [A], by=by),
    "pass_coordination": lambda person, by: pass_coordination(person, leaving=None, keeps_role=True, by=by),
    "end_account": lambda person, by: end_account(person, by=by, now=NOW),
    "take_account_back": lambda person, by: take_account_back(person, by=by),
    "keep_person": lambda person, by: keep_person(person, by=by),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["coordinator", "teacher", "mentor", "stranger_admin"])
def test_acts_on_accounts_are_for_admins_of_the_school(cast: Cast, act: str, who: str) -> None:
    stranger = UserFactory(school=cast.stranger.school, roles=list(Role))
    by = stranger if who == "stranger_admin" else getattr(cast, who)
    before = User.objects.filter(pk=cast.other_teacher.pk).values().get()

    with pytest.raises(Refused):
        ACTS[act](cast.other_teacher, by)

    assert User.objects.filter(pk=cast.other_teacher.pk).values().get() == before


# The next coordinator


def test_pass_coordination_gives_the_hat_and_takes_it(cast: Cast) -> None:
    granted = grant(cast, cast.coordinator)
    cast.school.second_adult = cast.coordinator
    cast.school.save()

    pass_coordination(cast.teacher, leaving=cast.coordinator, keeps_role=False, by=cast.admin)

    cast.school.refresh_from_db(), granted.refresh_from_db()
    assert (roles_of(cast.teacher), roles_of(cast.coordinator)) == ([C, T], [])
    assert cast.school.second_adult == cast.teacher
    assert not FlagGrant.objects.standing().exists()  # rights to read flags pass to nobody


def test_pass_coordination_by_a_tick_leaves_the_hat_and_others_second_adult(cast: Cast) -> None:
    cast.school.second_adult = cast.admin
    cast.school.save()

    pass_coordination(cast.teacher, leaving=cast.coordinator, keeps_role=True, by=cast.admin)

    cast.school.refresh_from_db()
    assert (roles_of(cast.teacher), roles_of(cast.coordinator)) == ([C, T], [C])
    assert cast.school.second_adult == cast.admin


def test_pass_coordination_in_nobodys_place_adds_one(cast: Cast) -> None:
    pass_coordination(cast.teacher, leaving=None, keeps_role=False, by=cast.admin)

    assert (roles_of(cast.teacher), roles_of(cast.coordinator)) == ([C, T], [C])


@pytest.mark.parametrize(
    ("successor", "leaving", "words"),
    [
        ("admin", "coordinator", "Nobody makes themselves coordinator."),
        ("mentor", "coordinator", "can't be coordinator"),
        ("gone", "coordinator", "can't be coordinator"),
        ("coordinator", "coordinator", "Choose two people"),
        ("teacher", "other_teacher", "Choose two people"),
        ("coordinator", None, "is coordinator already"),
    ],
)
def test_pass_coordination_refuses(cast: Cast, successor: str, leaving: str | None, words: str) -> None:
    people = vars(cast) | {"gone": TeacherFactory(school=cast.school, is_active=False)}

    with pytest.raises(Refused, match=words):
        pass_coordination(
            people[successor], leaving=people[leaving] if leaving else None, keeps_role=False, by=cast.admin
        )

    assert roles_of(cast.coordinator) == [C]


def test_pass_coordination_from_a_stranger_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused):
        pass_coordination(cast.teacher, leaving=cast.stranger_coordinator, keeps_role=False, by=cast.admin)

    assert roles_of(cast.teacher) == [T]


# The end of an account


def test_end_account_ends_session_sign_in_links_mail_and_rights_at_once(cast: Cast) -> None:
    guardian = Guardian.objects.create(student=cast.mentor, name="Sara", email="sara@example.org")
    messages = [make_message(cast.mentor), make_message(guardian), make_message(cast.teacher)]
    mint_link("sign_in_card", holder=cast.mentor, by=None, now=NOW)
    mint_link("guardian_consent", holder=guardian, by=None, now=NOW)
    mint_link("invitation", holder=cast.teacher, by=None, now=NOW)
    client = Client()
    client.force_login(cast.mentor)

    end_account(cast.mentor, by=cast.admin, now=NOW)

    assert client.get("/").status_code == 302
    assert [Message.objects.get(pk=message.pk).state for message in messages] == ["cancelled", "cancelled", "waiting"]
    assert [link.user for link in SecretLink.objects.filter(revoked_at=None)] == [cast.teacher]


def test_ended_session_stays_ended_when_the_account_is_taken_back(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.teacher)

    end_account(cast.teacher, by=cast.admin, now=NOW)
    take_account_back(cast.teacher, by=cast.admin)

    assert client.get("/").status_code == 302
    assert User.objects.get(pk=cast.teacher.pk).is_active


def test_end_account_frees_the_second_adult_and_the_grant(cast: Cast) -> None:
    granted = grant(cast, cast.coordinator)
    cast.school.second_adult = cast.coordinator
    cast.school.save()

    end_account(cast.coordinator, by=cast.admin, now=NOW)

    cast.school.refresh_from_db(), granted.refresh_from_db()
    assert cast.school.second_adult is None
    assert granted.ended_at is not None


def test_end_account_refuses_oneself_the_last_admin_and_twice(cast: Cast, second_admin: User) -> None:
    with pytest.raises(Refused, match="their own account"):
        end_account(cast.admin, by=cast.admin, now=NOW)
    end_account(cast.admin, by=second_admin, now=NOW)
    with pytest.raises(Refused, match="has left"):
        end_account(cast.admin, by=second_admin, now=NOW)

    assert User.objects.active().filter(pk=second_admin.pk).exists()


def test_last_admin_can_not_be_ended_by_an_account_that_is_no_admin_any_more(cast: Cast, second_admin: User) -> None:
    """Two admins end each other in one moment: who comes second acts with a hat that counts for nobody."""
    User.objects.filter(pk=second_admin.pk).update(roles=[T])

    with pytest.raises(Refused, match="last admin"):
        end_account(cast.admin, by=second_admin, now=NOW)

    assert User.objects.get(pk=cast.admin.pk).is_active


def test_take_back_forgets_that_the_roster_missed_somebody(cast: Cast) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(is_active=False, missing_since=NOW.date())

    take_account_back(cast.teacher, by=cast.admin)

    cast.teacher.refresh_from_db()
    assert (cast.teacher.is_active, cast.teacher.missing_since) == (True, None)


def test_take_back_refuses_who_never_left_and_who_was_erased(cast: Cast) -> None:
    User.objects.filter(pk=cast.mentor.pk).update(is_active=False, erased_at=NOW + dt.timedelta(), source_id=None)

    with pytest.raises(Refused, match="has not left"):
        take_account_back(cast.teacher, by=cast.admin)
    with pytest.raises(Refused, match="erased"):
        take_account_back(cast.mentor, by=cast.admin)

    assert not User.objects.get(pk=cast.mentor.pk).is_active


def test_keep_person_settles_a_missing_one(cast: Cast) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(missing_since=NOW.date())

    keep_person(cast.teacher, by=cast.admin)

    assert not User.objects.missing().exists()
    assert User.objects.get(pk=cast.teacher.pk).is_active
