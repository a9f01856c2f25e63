"""Inviting people: who, whom, and what dies with a new invitation."""

import datetime as dt
import re

import pytest
from django.core.mail import EmailMessage

from accounts.models import Message, SecretLink, User
from accounts.permissions import Role
from accounts.services import Refused, invite, invite_many, join_school, mint_link
from accounts.services.delivery import deliver_due
from tests.cast import NOW, Cast
from tests.factories import StudentFactory, TeacherFactory, UserFactory

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A teacher who has never signed in."""
    person: User = TeacherFactory(school=cast.school, username="noor", given_name="Noor", email="noor@example.org")
    person.set_unusable_password()
    person.save()
    return person


def without_password(person: User) -> User:
    person.set_unusable_password()
    person.save()
    return person


def secrets_in(mails: list[EmailMessage]) -> list[str]:
    return [re.findall(r"/join/([\w-]+)/", str(mail.body))[0] for mail in mails]


def test_invite_mails_a_link_that_rests_nowhere(cast: Cast, newcomer: User, mailoutbox: list[EmailMessage]) -> None:
    invite(newcomer, by=cast.coordinator, now=NOW)

    deliver_due(now=lambda: NOW)

    (mail,) = mailoutbox
    (secret,) = secrets_in(mailoutbox)
    link = SecretLink.objects.get()
    assert mail.to == ["noor@example.org"]
    assert "Your user name is noor." in str(mail.body)
    assert link == SecretLink.objects.with_secret(secret, purpose="invitation").get()
    assert (link.user, link.expires_at) == (newcomer, NOW + dt.timedelta(days=14))
    assert secret not in str(list(Message.objects.values())) + str(list(SecretLink.objects.values()))


def test_invite_again_ends_the_first_link_and_the_first_mail(cast: Cast, newcomer: User) -> None:
    invite(newcomer, by=cast.coordinator, now=NOW)
    first, _secret = mint_link("invitation", holder=newcomer, by=None, now=NOW)

    invite(newcomer, by=cast.coordinator, now=LATER)

    first.refresh_from_db()
    states = list(Message.objects.order_by("revision").values_list("revision", "state"))
    assert first.revoked_at == LATER
    assert states == [(0, "cancelled"), (1, "waiting")]


@pytest.mark.parametrize("roles", [[Role.ADMIN], [Role.COORDINATOR], [Role.TEACHER, Role.ADMIN], []])
def test_coordinator_invites_teachers_and_students_only(cast: Cast, newcomer: User, roles: list[Role]) -> None:
    newcomer.roles = roles
    newcomer.save()

    with pytest.raises(Refused, match="Only an admin"):
        invite(newcomer, by=cast.coordinator, now=NOW)

    assert not Message.objects.exists()


def test_admin_invites_everybody(cast: Cast, newcomer: User) -> None:
    newcomer.roles = [Role.COORDINATOR]
    newcomer.save()

    invite(newcomer, by=cast.admin, now=NOW)

    assert Message.objects.get().user == newcomer


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"is_active": False}, "Noor Family has left."),
        ({"password": "pbkdf2$x"}, "Noor Family has a password already."),
        ({"email": None}, "Noor Family has no e-mail address. Print a sign-in card instead."),
    ],
)
def test_invite_refuses_whom_it_can_not_help(cast: Cast, newcomer: User, change: dict[str, object], words: str) -> None:
    User.objects.filter(pk=newcomer.pk).update(family_name="Family", **change)

    with pytest.raises(Refused, match=re.escape(words)):
        invite(newcomer, by=cast.coordinator, now=NOW)

    assert not Message.objects.exists()


@pytest.mark.parametrize("who", ["teacher", "mentor", "stranger_coordinator"])
def test_invite_by_others_is_refused(cast: Cast, newcomer: User, who: str) -> None:
    with pytest.raises(Refused):
        invite(newcomer, by=getattr(cast, who), now=NOW)

    assert not Message.objects.exists()


def test_invite_many_invites_whom_it_can_and_passes_over_the_rest(cast: Cast, newcomer: User) -> None:
    pupil = without_password(StudentFactory(school=cast.school))
    by_card = without_password(StudentFactory(school=cast.school, email=None))
    boss = without_password(UserFactory(school=cast.school, roles=[Role.ADMIN]))
    stranger = without_password(cast.stranger)

    count = invite_many([newcomer, pupil, by_card, boss, stranger], by=cast.coordinator, now=NOW)

    assert count == 2
    assert {message.user for message in Message.objects.all()} == {newcomer, pupil}


def test_invite_many_by_others_invites_nobody(cast: Cast, newcomer: User) -> None:
    assert invite_many([newcomer], by=cast.teacher, now=NOW) == 0
    assert not Message.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_invite_many_costs_the_same_for_1_and_30(cast: Cast, count: int, django_assert_num_queries) -> None:
    people = [without_password(TeacherFactory(school=cast.school)) for _ in range(count)]

    with django_assert_num_queries(7):  # two of them a savepoint
        assert invite_many(people, by=cast.coordinator, now=NOW) == count


def test_join_school_sets_the_password_and_ends_every_link(cast: Cast, newcomer: User) -> None:
    link, _secret = mint_link("invitation", holder=newcomer, by=None, now=NOW)
    card, _secret = mint_link("sign_in_card", holder=newcomer, by=None, now=NOW, code="1234")

    joined = join_school(link, password="quiet-river-41", now=LATER)

    link.refresh_from_db(), card.refresh_from_db(), newcomer.refresh_from_db()
    assert joined == newcomer
    assert newcomer.check_password("quiet-river-41")
    assert (link.used_at, card.revoked_at) == (LATER, LATER)


def test_join_school_never_changes_a_password(cast: Cast) -> None:
    cast.teacher.set_password("the-first-password")
    cast.teacher.save()
    link, _secret = mint_link("invitation", holder=cast.teacher, by=None, now=NOW)

    with pytest.raises(Refused, match="You have a password already"):
        join_school(link, password="quiet-river-41", now=NOW)

    cast.teacher.refresh_from_db(), link.refresh_from_db()
    assert cast.teacher.check_password("the-first-password")
    assert link.used_at is None
