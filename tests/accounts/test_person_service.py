"""Adding and changing one person."""

import dataclasses
import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage

from accounts.models import Message, SecretLink, User
from accounts.permissions import Role
from accounts.services import Particulars, Refused, add_person, change_person, invite, mint_link, roles_offered
from accounts.services.delivery import deliver_due
from tests.cast import NOW, Cast
from tests.factories import TeacherFactory

NOOR = Particulars(given_name="Noor", family_name="Saab", language="ar", title="Ms", email="noor@example.org")
LATER = NOW + dt.timedelta(days=1)


def particulars(person: User, **changes: str) -> Particulars:
    names = ("given_name", "family_name", "language", "title", "grade", "email")
    return dataclasses.replace(Particulars(**{name: getattr(person, name) or "" for name in names}), **changes)


@pytest.fixture
def invited(cast: Cast) -> User:
    """A teacher who was invited and never came in."""
    person = add_person(NOOR, roles=[Role.TEACHER], is_invited=True, by=cast.coordinator, now=NOW)
    mint_link("invitation", holder=person, by=None, now=NOW)
    return person


def test_add_person_makes_a_user_name_and_invites(cast: Cast) -> None:
    TeacherFactory(school=cast.stranger.school, username="noor.saab")

    person = add_person(NOOR, roles=[Role.TEACHER], is_invited=True, by=cast.coordinator, now=NOW)

    person.refresh_from_db()
    assert (person.full_name, person.username, person.roles) == ("Noor Saab", "noor.saab2", [Role.TEACHER])
    assert (person.school, person.language, person.title) == (cast.school, "ar", "Ms")
    assert not person.has_usable_password()
    assert Message.objects.get().user == person


@pytest.mark.parametrize(("is_invited", "email"), [(False, "noor@example.org"), (True, "")])
def test_add_person_without_invitation(cast: Cast, is_invited: bool, email: str) -> None:
    person = add_person(
        dataclasses.replace(NOOR, email=email), roles=["student"], is_invited=is_invited, by=cast.admin, now=NOW
    )

    person.refresh_from_db()
    assert person.email == (email or None)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("who", "roles"),
    [
        ("coordinator", [Role.COORDINATOR]),
        ("coordinator", [Role.TEACHER, Role.ADMIN]),
        ("coordinator", []),
        ("admin", []),
        ("admin", ["owner"]),
        ("teacher", [Role.STUDENT]),
        ("mentor", [Role.STUDENT]),
    ],
)
def test_add_person_with_a_role_that_is_not_theirs_to_give_is_refused(cast: Cast, who: str, roles: list[str]) -> None:
    before = User.objects.count()

    with pytest.raises(Refused):
        add_person(NOOR, roles=roles, is_invited=True, by=getattr(cast, who), now=NOW)

    assert (User.objects.count(), Message.objects.count()) == (before, 0)


def test_admin_offers_every_role_and_a_coordinator_two(cast: Cast) -> None:
    assert set(roles_offered(cast.admin)) == set(Role.values)
    assert set(roles_offered(cast.coordinator)) == {"teacher", "student"}


@pytest.mark.parametrize("taken", ["ORTIZ@example.org", "stranger@example.org"])
def test_taken_address_is_refused_without_saying_whose(cast: Cast, taken: str) -> None:
    before = User.objects.count()

    with pytest.raises(Refused, match=r"^This e-mail can't be used\.$"):
        add_person(dataclasses.replace(NOOR, email=taken), roles=["teacher"], is_invited=True, by=cast.admin, now=NOW)
    with pytest.raises(Refused, match=r"^This e-mail can't be used\.$"):
        change_person(cast.mentor, particulars(cast.mentor, email=taken), by=cast.admin, now=NOW)

    cast.mentor.refresh_from_db()
    assert (User.objects.count(), cast.mentor.email) == (before, None)


def test_change_person_changes_what_stands_there_and_tells_nobody(cast: Cast) -> None:
    changed = particulars(cast.teacher, family_name="Ortiz-Vega", language="es", email="ORTIZ@example.org")

    change_person(cast.teacher, changed, by=cast.admin, now=NOW)

    cast.teacher.refresh_from_db()
    assert (cast.teacher.family_name, cast.teacher.language, cast.teacher.email) == (
        "Ortiz-Vega", "es", "ORTIZ@example.org",
    )  # fmt: skip
    assert not Message.objects.exists()


def test_changed_address_tells_the_old_one_and_not_the_new_one(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    change_person(cast.teacher, particulars(cast.teacher, email="ana@example.org"), by=cast.admin, now=NOW)

    deliver_due(now=lambda: NOW)

    (mail,) = mailoutbox
    assert mail.to == ["ortiz@example.org"]
    assert "ana@example.org" not in str(mail.message())


def test_changed_address_ends_links_and_the_librarys_record_of_the_old_one(cast: Cast, invited: User) -> None:
    EmailAddress.objects.create(user=invited, email="noor@example.org", verified=True)

    change_person(invited, particulars(invited, email="saab@example.org"), by=cast.admin, now=LATER)

    assert [link.revoked_at for link in SecretLink.objects.all()] == [LATER]
    assert not EmailAddress.objects.exists()


def test_changed_address_invites_again_whom_the_old_one_was_invited(
    cast: Cast, invited: User, mailoutbox: list[EmailMessage]
) -> None:
    deliver_due(now=lambda: NOW)

    change_person(invited, particulars(invited, email="saab@example.org"), by=cast.admin, now=LATER)
    deliver_due(now=lambda: LATER)

    assert [mail.to[0] for mail in mailoutbox] == ["noor@example.org", "noor@example.org", "saab@example.org"]
    assert "/join/" not in str(mailoutbox[1].body)
    assert "/join/" in str(mailoutbox[2].body)


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "pbkdf2$x"}])
def test_changed_address_invites_nobody_who_left_or_is_in(cast: Cast, invited: User, change: dict) -> None:
    User.objects.filter(pk=invited.pk).update(**change)
    before = Message.objects.filter(kind="invitation").count()

    change_person(invited, particulars(invited, email="saab@example.org"), by=cast.admin, now=LATER)

    assert Message.objects.filter(kind="invitation").count() == before


def test_address_taken_away_is_told_there_and_one_given_first_is_told_nowhere(cast: Cast) -> None:
    change_person(cast.teacher, particulars(cast.teacher, email=""), by=cast.admin, now=NOW)
    change_person(cast.mentor, particulars(cast.mentor, email="maya@example.org"), by=cast.admin, now=NOW)

    cast.teacher.refresh_from_db()
    assert cast.teacher.email is None
    assert [message.user for message in Message.objects.all()] == [cast.teacher]


def test_address_changed_twice_tells_both_old_ones(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    for email in ("one@example.org", "two@example.org"):
        change_person(cast.teacher, particulars(cast.teacher, email=email), by=cast.admin, now=NOW)

    deliver_due(now=lambda: NOW)

    assert [mail.to for mail in mailoutbox] == [["ortiz@example.org"], ["one@example.org"]]


@pytest.mark.parametrize("who", ["coordinator", "teacher", "mentor", "stranger_coordinator"])
def test_change_person_is_for_admins(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        change_person(cast.teacher, particulars(cast.teacher, given_name="Eve"), by=getattr(cast, who), now=NOW)

    cast.teacher.refresh_from_db()
    assert cast.teacher.given_name == "Ana"


def test_change_person_never_fills_somebody_erased(cast: Cast) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(erased_at=NOW, is_active=False, email=None)

    with pytest.raises(Refused, match="erased"):
        change_person(cast.teacher, particulars(cast.teacher), by=cast.admin, now=NOW)


def test_news_to_a_former_address_waits_for_no_present_one(cast: Cast, invited: User) -> None:
    change_person(invited, particulars(invited, email=""), by=cast.admin, now=LATER)

    deliver_due(now=lambda: LATER)

    message = Message.objects.get(kind="address_changed")
    assert (message.state, message.channel) == ("sent", "mail")
    with pytest.raises(Refused):
        invite(invited, by=cast.admin, now=LATER)
