"""Links with a secret: of another purpose, person, school and time, and in the hands of somebody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse

from accounts.models import Guardian, SecretLink, User
from accounts.permissions import Role
from accounts.services.secret_link import LASTS, mint_link, revoke_links
from tests.cast import NOW, Cast
from tests.policy import addresses, changed_since, fingerprint

Purpose = SecretLink.Purpose
# The address that a secret opens, and the page that it leads to.
DOORS = {
    Purpose.INVITATION: ("join_link", "join"),
    Purpose.SIGN_IN_CARD: ("card_link", "card_password"),
    Purpose.GUARDIAN_CONSENT: ("guardian_link", "guardian_consent"),
}
PASSWORDS = {"password1": "a walk along the river 9", "password2": "a walk along the river 9"}


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """People who have not been in: without a password."""
    for person in (cast.mentor, cast.other_teacher):
        person.set_unusable_password()
        person.save()
    return cast


def holder_for(purpose: str, cast: Cast) -> User | Guardian:
    if purpose == Purpose.GUARDIAN_CONSENT:
        return Guardian.objects.create(student=cast.mentor, name="Rosa Rahman", email="rosa@example.org")
    return cast.mentor if purpose == Purpose.SIGN_IN_CARD else cast.other_teacher


def minted(purpose: str, cast: Cast) -> str:
    return mint_link(purpose, holder=holder_for(purpose, cast), by=cast.coordinator, now=NOW)[1]


def tried(client: Client, purpose: str, secret: str) -> str:
    """Open a door with a secret, look, and send what its form would take; answers the page."""
    link, page = DOORS[purpose]
    response = client.get(reverse(link, args=[secret]))
    assert response.status_code == 302
    assert secret not in response["Location"]
    seen = client.get(reverse(page)).content.decode()
    client.post(reverse(page), {**PASSWORDS, "take_part": "yes", "answer": "yes", "signature": "Rosa"})
    return seen


def opens_nothing(client: Client, purpose: str, secret: str, cast: Cast) -> bool:
    """Whether a secret shows no name of anybody, signs nobody in and writes nothing."""
    before = fingerprint()
    seen = tried(client, purpose, secret)
    shown = [name for name in ("Rahman", "Maya", "Haddad", "Omar") if name in seen]
    return not shown and changed_since(before) == [] and "_auth_user_id" not in client.session


def test_every_purpose_has_its_door_and_every_door_its_purpose() -> None:
    # The square at a playground is no secret of a person: it changes every minute, see test_playground_presence.py.
    doors = {name for name in addresses() if name.endswith("_link")} - {"check_in_link"}

    assert doors == {link for link, _page in DOORS.values()}
    # A calendar's address is no door: it is asked again and again, see tests/sessions_app/test_feed.py.
    assert set(DOORS) == set(Purpose) - {Purpose.CALENDAR_FEED}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("purpose", Purpose)
def test_secret_opens_the_door_of_its_purpose_alone(purpose: str, door: str, cast: Cast) -> None:
    secret = minted(purpose, cast)

    assert opens_nothing(Client(), door, secret, cast) == (purpose != door)


@pytest.mark.parametrize("purpose", DOORS)
def test_secret_that_is_over_used_or_taken_back_opens_nothing(purpose: str, cast: Cast) -> None:
    old, used, revoked = (minted(purpose, cast) for _n in range(3))
    SecretLink.objects.with_secret(used, purpose=purpose).update(used_at=NOW)
    SecretLink.objects.with_secret(revoked, purpose=purpose).update(revoked_at=NOW)

    assert opens_nothing(Client(), purpose, used, cast)
    assert opens_nothing(Client(), purpose, revoked, cast)
    with time_machine.travel(NOW + LASTS[purpose], tick=False):
        assert opens_nothing(Client(), purpose, old, cast)


@pytest.mark.parametrize("purpose", DOORS)
def test_secret_of_somebody_who_left_opens_nothing(purpose: str, cast: Cast) -> None:
    secret = minted(purpose, cast)
    User.objects.filter(pk__in=[cast.mentor.pk, cast.other_teacher.pk]).update(is_active=False)

    assert opens_nothing(Client(), purpose, secret, cast)


@pytest.mark.parametrize("purpose", DOORS)
@pytest.mark.parametrize("guess", ["", "x", "%00", "A" * 5000, "../../etc/passwd", "' OR 1=1 --", "null", "0"])
def test_guessed_secret_opens_nothing(purpose: str, guess: str, cast: Cast) -> None:
    minted(purpose, cast)
    link = reverse(DOORS[purpose][0], args=["SECRET"])

    response = Client().get(link.replace("SECRET", guess or "-"))

    assert response.status_code in {302, 404}


@pytest.mark.parametrize("purpose", DOORS)
def test_page_behind_a_door_shows_nothing_to_who_came_by_no_link(purpose: str, cast: Cast) -> None:
    minted(purpose, cast)
    before, client = fingerprint(), Client()

    seen = client.get(reverse(DOORS[purpose][1])).content.decode()
    client.post(reverse(DOORS[purpose][1]), PASSWORDS)

    assert "Rahman" not in seen
    assert "Haddad" not in seen
    assert changed_since(before) == []


@pytest.mark.parametrize("purpose", DOORS)
def test_stored_secret_is_a_hash_and_the_hash_is_no_secret(purpose: str, cast: Cast) -> None:
    secret = minted(purpose, cast)
    row = SecretLink.objects.with_secret(secret, purpose=purpose).get()

    assert secret not in str(row.__dict__)
    assert opens_nothing(Client(), purpose, row.secret_hash, cast)


def test_invitation_does_not_turn_into_the_account_of_who_is_signed_in(cast: Cast) -> None:
    secret, client = minted(Purpose.INVITATION, cast), Client()
    client.force_login(cast.teacher)
    before = fingerprint()

    seen = tried(client, Purpose.INVITATION, secret)

    assert "Haddad" not in seen
    assert client.session["_auth_user_id"] == str(cast.teacher.pk)
    assert changed_since(before) == []


def test_invitation_opens_no_account_that_is_in_use(cast: Cast) -> None:
    secret, client = minted(Purpose.INVITATION, cast), Client()
    cast.other_teacher.set_password("the password that she has")
    cast.other_teacher.save()

    tried(client, Purpose.INVITATION, secret)

    cast.other_teacher.refresh_from_db()
    assert "_auth_user_id" not in client.session
    assert cast.other_teacher.check_password("the password that she has")


def test_invitation_gives_no_role_and_no_school_that_was_asked_for(cast: Cast) -> None:
    secret, client = minted(Purpose.INVITATION, cast), Client()
    client.get(reverse("join_link", args=[secret]))

    client.post(
        reverse("join"),
        {**PASSWORDS, "roles": ["admin"], "role": "admin", "school": cast.stranger.school_id, "is_staff": "on",
         "username": "root", "email": "evil@evil.example", "user": cast.admin.pk, "person": cast.admin.pk},
    )  # fmt: skip

    person = User.objects.get(pk=client.session["_auth_user_id"])
    assert person == cast.other_teacher
    assert (person.roles, person.school_id, person.username) == ([Role.TEACHER], cast.school.pk, "haddad")


def test_used_invitation_opens_nothing_to_who_reads_the_mail_later(cast: Cast) -> None:
    secret = minted(Purpose.INVITATION, cast)
    tried(Client(), Purpose.INVITATION, secret)
    cast.other_teacher.refresh_from_db()
    assert cast.other_teacher.has_usable_password()

    assert opens_nothing(Client(), Purpose.INVITATION, secret, cast)


def test_all_links_of_a_person_can_be_taken_back_at_once(cast: Cast) -> None:
    secret = minted(Purpose.INVITATION, cast)
    revoke_links(cast.other_teacher, now=NOW)

    assert opens_nothing(Client(), Purpose.INVITATION, secret, cast)


def test_password_link_is_dead_after_use_after_a_new_password_and_after_its_time(cast: Cast) -> None:
    from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
    from allauth.account.utils import user_pk_to_url_str

    person = cast.teacher
    person.set_password("the password of before 1")
    person.save()
    token = EmailAwarePasswordResetTokenGenerator().make_token(person)
    link = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), token])
    of_another = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(cast.admin), token])

    def works(address: str) -> bool:
        client = Client()
        return "password1" in client.get(address, follow=True).content.decode()

    assert works(link)
    assert not works(of_another)
    with time_machine.travel(NOW + dt.timedelta(days=4), tick=False):
        assert not works(link)
    person.set_password("the password of after 2")
    person.save()
    assert not works(link)


def test_password_link_of_an_invitation_or_the_other_way_opens_nothing(cast: Cast) -> None:
    token = default_token_generator.make_token(cast.other_teacher)

    assert opens_nothing(Client(), Purpose.INVITATION, token, cast)


def test_no_address_with_a_secret_takes_a_post() -> None:
    for link, _page in DOORS.values():
        assert Client().post(reverse(link, args=["secret"])).status_code == 405
