"""The pages of one person: looking, adding, changing, inviting."""

from collections.abc import Callable, Iterator
from html import unescape

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import FlagGrant, Message, User
from accounts.permissions import Role
from accounts.services import invite
from accounts.services.delivery import deliver_due
from tests.cast import NOW, Cast
from tests.factories import TeacherFactory, UserFactory

SignIn = Callable[[User], Client]
NEW = {
    "roles": ["teacher"], "given_name": "Noor", "family_name": "Saab", "title": "Ms", "grade": "",
    "email": "noor@example.org", "language": "ar", "is_invited": "on",
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A teacher who never came in."""
    person: User = TeacherFactory(school=cast.school, username="noor", given_name="Noor", family_name="Saab")
    person.set_unusable_password()
    person.save()
    return person


def detail(person: User) -> str:
    return reverse("person_detail", args=[person.pk])


# One person


def test_detail_shows_the_facts_and_to_each_what_they_may_do(cast: Cast, sign_in: SignIn) -> None:
    coordinators = sign_in(cast.coordinator).get(detail(cast.mentor)).content.decode()
    admins = sign_in(cast.admin).get(detail(cast.mentor)).content.decode()

    for page in (coordinators, admins):
        assert "Maya Rahman" in page
        assert "Consent on record" in page
        assert "<dd>active</dd>" in page
    assert reverse("consent_record", args=[cast.mentor.pk]) in coordinators
    assert reverse("mentor_edit", args=[cast.mentor.pk]) in coordinators
    assert reverse("person_edit", args=[cast.mentor.pk]) not in coordinators
    assert reverse("person_edit", args=[cast.mentor.pk]) in admins
    assert reverse("consent_record", args=[cast.mentor.pk]) not in admins
    assert reverse("mentor_edit", args=[cast.mentor.pk]) not in admins


@pytest.mark.parametrize(("who", "may"), [("coordinator", False), ("admin", True)])
def test_detail_offers_a_coordinator_no_act_on_an_admin(cast: Cast, sign_in: SignIn, who: str, may: bool) -> None:
    boss = UserFactory(school=cast.school, roles=[Role.ADMIN])
    boss.set_unusable_password()
    boss.save()

    page = sign_in(getattr(cast, who)).get(detail(boss)).content.decode()

    assert (reverse("person_invite", args=[boss.pk]) in page) is may
    assert (reverse("person_sessions_end", args=[boss.pk]) in page) is may


def test_detail_tells_each_state(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    client = sign_in(cast.coordinator)
    seen = [client.get(detail(newcomer)).content.decode()]
    invite(newcomer, by=cast.coordinator, now=NOW)
    seen.append(client.get(detail(newcomer)).content.decode())
    with time_machine.travel(NOW.replace(month=12, day=6), tick=False):
        seen.append(sign_in(cast.coordinator).get(detail(newcomer)).content.decode())
    User.objects.filter(pk=newcomer.pk).update(last_login=NOW)
    seen.append(client.get(detail(newcomer)).content.decode())
    User.objects.filter(pk=newcomer.pk).update(is_active=False)
    seen.append(client.get(detail(newcomer)).content.decode())

    states = ["never signed in", "invited on 22 Nov", "the invitation has expired", "<dd>active</dd>", "has left"]
    assert [state in page for state, page in zip(states, seen, strict=True)] == [True] * 5
    assert "Send the invitation" in seen[0]
    assert "Invite again" in seen[1]
    assert "person_invite" not in seen[4]


def test_detail_says_that_the_roster_no_longer_names_somebody(cast: Cast, sign_in: SignIn) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(missing_since=NOW.date())

    page = sign_in(cast.coordinator).get(detail(cast.teacher)).content.decode()

    assert "The roster has not named this person since" in page


def test_detail_escapes_names(cast: Cast, sign_in: SignIn) -> None:
    person = TeacherFactory(school=cast.school, given_name="<script>alert(1)</script>")

    page = sign_in(cast.coordinator).get(detail(person)).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("page", ["person_detail", "person_edit"])
def test_pages_of_strangers_are_not_there(cast: Cast, sign_in: SignIn, page: str) -> None:
    assert sign_in(cast.admin).get(reverse(page, args=[cast.stranger.pk])).status_code == 404


def test_detail_takes_a_fixed_number_of_statements(cast: Cast, sign_in: SignIn, django_assert_num_queries) -> None:
    FlagGrant.objects.create(user=cast.coordinator, granted_by=cast.admin, granted_at=NOW)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(2 + 3):  # session and person; the person looked at, a grant, wrong passwords
        client.get(detail(cast.mentor))


# Adding


def test_create_adds_and_invites(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.coordinator).post("/people/new/", NEW)

    person = User.objects.get(email="noor@example.org")
    assert answer["Location"] == detail(person)
    assert (person.full_name, person.roles, person.language) == ("Noor Saab", ["teacher"], "ar")
    assert Message.objects.get().user == person


def test_create_cleans_what_a_paste_brings_along(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.coordinator).post(
        "/people/new/", {**NEW, "given_name": " \u202eNoor \n  Ann ", "family_name": "Mu\u0308ller"}
    )

    assert User.objects.get(email="noor@example.org").full_name == "Noor Ann M\u00fcller"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"given_name": ""}, "This field is required."),
        ({"family_name": "..."}, "There is no name here."),
        ({"given_name": "No\x07or"}, "There are signs here that can't be printed."),
        ({"email": "noor"}, "Enter a valid email address."),
        ({"email": "Ortiz@example.org"}, "This e-mail can't be used."),
        ({"language": "xx"}, "Select a valid choice."),
        ({"roles": ["admin"]}, "Select a valid choice."),
        ({"roles": []}, "This field is required."),
    ],
)
def test_create_with_a_bad_form_keeps_what_was_typed_and_writes_nothing(
    cast: Cast, sign_in: SignIn, changes: dict[str, object], words: str
) -> None:
    before = User.objects.count()

    answer = sign_in(cast.coordinator).post("/people/new/", {**NEW, **changes})

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert words in page
    assert 'value="Ms"' in page
    assert (User.objects.count(), Message.objects.count()) == (before, 0)


def test_create_offers_an_admin_every_role_and_ignores_added_fields(cast: Cast, sign_in: SignIn) -> None:
    form = {**NEW, "roles": ["admin", "teacher"], "school": cast.stranger.school_id, "is_staff": "1", "password": "x"}

    sign_in(cast.admin).post("/people/new/", form)

    person = User.objects.get(email="noor@example.org")
    assert (set(person.roles), person.school) == ({"admin", "teacher"}, cast.school)
    assert not person.has_usable_password()


# Changing


def test_edit_shows_what_stands_there_and_saves(cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in(cast.admin), reverse("person_edit", args=[cast.teacher.pk])

    before = client.get(url).content.decode()
    answer = client.post(
        url,
        {"given_name": "Ana", "family_name": "Vega", "language": "es", "email": "ana@example.org", "roles": ["admin"]},
    )

    cast.teacher.refresh_from_db()
    assert 'value="ortiz@example.org"' in before
    assert answer["Location"] == detail(cast.teacher)
    assert (cast.teacher.family_name, cast.teacher.email, cast.teacher.title) == ("Vega", "ana@example.org", "")
    assert cast.teacher.roles == [Role.TEACHER]
    assert Message.objects.get().kind == "address_changed"


def test_edit_with_a_taken_address_writes_nothing(cast: Cast, sign_in: SignIn) -> None:
    url = reverse("person_edit", args=[cast.teacher.pk])

    answer = sign_in(cast.admin).post(
        url, {"given_name": "Eve", "family_name": "Vega", "language": "es", "email": "leo@example.org"}
    )

    cast.teacher.refresh_from_db()
    assert answer.status_code == 422
    assert "This e-mail can't be used." in unescape(answer.content.decode())
    assert 'value="Eve"' in answer.content.decode()
    assert cast.teacher.given_name == "Ana"


# Inviting


def test_invite_says_where_it_goes(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    answer = sign_in(cast.coordinator).post(reverse("person_invite", args=[newcomer.pk]), follow=True)

    assert "The invitation is on its way to noor@example.org." in answer.content.decode()
    assert Message.objects.get().user == newcomer


def test_invite_of_somebody_who_is_in_says_why_not(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.coordinator).post(reverse("person_invite", args=[cast.teacher.pk]), follow=True)

    assert "Ana Ortiz has a password already." in answer.content.decode()
    assert not Message.objects.exists()


def test_host_of_a_request_stands_in_no_link(
    cast: Cast, sign_in: SignIn, newcomer: User, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = sign_in(cast.coordinator)

    client.post(reverse("person_invite", args=[newcomer.pk]), headers={"host": "evil.example"})
    deliver_due(now=lambda: NOW)

    body = str(mailoutbox[0].body)
    assert f"{settings.SITE_URL}/join/" in body
    assert "evil.example" not in body
