"""Pages of hats and of the end of an account."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from sessions_app.models import Booking, PlaygroundSession
from sessions_app.services import schedule_playground
from tests.cast import NOW, Cast
from tests.factories import PairingFactory, TeacherFactory

SignIn = Callable[[User], Client]
Book = Callable[..., Booking]

pytestmark = pytest.mark.usefixtures("in_november")
C, T, S, A = Role.COORDINATOR, Role.TEACHER, Role.STUDENT, Role.ADMIN


@pytest.fixture
def playground(cast: Cast) -> PlaygroundSession:
    return schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[], room=cast.library, places=5,
        adult_in_charge=cast.coordinator, mentors=[], day=cast.thursday, period=cast.periods[1], now=NOW,
    )  # fmt: skip


def url(page: str, person: User) -> str:
    return reverse(page, args=[person.pk])


def text(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


# Roles


def test_roles_page_says_what_ends_and_saves(cast: Cast, sign_in: SignIn, book: Book) -> None:
    book()
    client = sign_in(cast.admin)

    before = text(client.get(url("person_roles", cast.teacher)))
    after = text(client.post(url("person_roles", cast.teacher), {"roles": ["admin"]}, follow=True))

    cast.teacher.refresh_from_db()
    assert "1 booking as a teacher is cancelled" in before
    assert "The roles are saved. 1 booking is cancelled." in after
    assert cast.teacher.roles == [A]


def test_roles_page_says_nothing_of_bookings_where_none_ends(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.admin)

    before = text(client.get(url("person_roles", cast.teacher)))
    after = text(client.post(url("person_roles", cast.teacher), {"roles": ["teacher", "admin"]}, follow=True))

    assert "is taken away" not in before
    assert "The roles are saved." in after
    assert "cancelled" not in after


@pytest.mark.parametrize(
    ("who", "roles", "words"),
    [
        ("admin", ["admin", "coordinator"], "Nobody makes themselves coordinator."),
        ("admin", ["teacher"], "The last admin keeps this role."),
        ("teacher", [], "This field is required."),
        ("teacher", ["owner"], "Select a valid choice."),
    ],
)
def test_roles_page_refuses_with_a_sentence(
    cast: Cast, sign_in: SignIn, who: str, roles: list[str], words: str
) -> None:
    person = getattr(cast, who)

    answer = sign_in(cast.admin).post(url("person_roles", person), {"roles": roles})

    before = person.roles
    person.refresh_from_db()
    assert answer.status_code == 422
    assert words in text(answer)
    assert person.roles == before


def test_rights_follow_the_hats_at_once(cast: Cast, sign_in: SignIn) -> None:
    theirs = sign_in(cast.teacher)
    before = theirs.get("/people/").status_code

    sign_in(cast.admin).post(url("person_roles", cast.teacher), {"roles": ["teacher", "admin"]})
    between = theirs.get("/people/").status_code
    sign_in(cast.admin).post(url("person_roles", cast.teacher), {"roles": ["teacher"]})

    assert (before, between, theirs.get("/people/").status_code) == (403, 200, 403)


# The end of an account


def test_end_page_says_what_ends_and_does_it(cast: Cast, sign_in: SignIn, book: Book) -> None:
    book()
    PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    client = sign_in(cast.admin)

    before = text(client.get(url("person_end", cast.mentor)))
    answer = client.post(url("person_end", cast.mentor))
    after = text(client.get(answer["Location"]))

    cast.mentor.refresh_from_db()
    assert "1 booking as a mentor is cancelled" in before
    assert "1 pair as a student is closed" in before
    assert "in charge" not in before
    assert "The account of Maya Rahman has ended. 1 booking is cancelled." in after
    assert not cast.mentor.is_active


def test_end_page_asks_who_is_in_charge_then(cast: Cast, sign_in: SignIn, playground: PlaygroundSession) -> None:
    client = sign_in(cast.admin)

    before = text(client.get(url("person_end", cast.coordinator)))
    client.post(url("person_end", cast.coordinator), {"in_charge": cast.teacher.pk})

    playground.refresh_from_db()
    assert "1 playground to come has this person in charge." in before
    assert "Nobody else is coordinator." in before
    assert "Ana Ortiz" in before
    assert "Maya Rahman" not in before
    assert playground.adult_in_charge == cast.teacher


@pytest.mark.parametrize("who", ["mentor", "stranger", "coordinator"])
def test_end_page_takes_no_other_choice(cast: Cast, sign_in: SignIn, playground: PlaygroundSession, who: str) -> None:
    answer = sign_in(cast.admin).post(url("person_end", cast.coordinator), {"in_charge": getattr(cast, who).pk})

    cast.coordinator.refresh_from_db()
    assert answer.status_code == 422
    assert cast.coordinator.is_active


def test_end_page_lists_the_playgrounds_in_the_way(
    cast: Cast, sign_in: SignIn, book: Book, playground: PlaygroundSession
) -> None:
    book(period=cast.periods[1])

    answer = sign_in(cast.admin).post(url("person_end", cast.coordinator), {"in_charge": cast.teacher.pk})

    cast.coordinator.refresh_from_db()
    assert answer.status_code == 422
    assert "Ana Ortiz is taken at that time." in text(answer)
    assert "Thursday 3 December" in text(answer)
    assert cast.coordinator.is_active


def test_end_page_of_oneself_refuses(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.admin).post(url("person_end", cast.admin))

    assert answer.status_code == 422
    assert "Nobody ends their own account." in text(answer)


def test_end_page_says_that_calls_for_help_lose_their_reader(cast: Cast, sign_in: SignIn) -> None:
    cast.school.second_adult = cast.teacher
    cast.school.save()

    page = text(sign_in(cast.admin).get(url("person_end", cast.teacher)))

    assert "no second adult for calls for help any more" in page
    assert "Nobody else is coordinator." not in page


def test_account_is_taken_back_from_the_same_page(cast: Cast, sign_in: SignIn) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(is_active=False)
    client = sign_in(cast.admin)

    before = text(client.get(url("person_end", cast.teacher)))
    after = text(client.post(url("person_take_back", cast.teacher), follow=True))

    cast.teacher.refresh_from_db()
    assert "Take the account of Ana Ortiz back?" in before
    assert "Ana Ortiz can sign in again." in after
    assert cast.teacher.is_active


def test_account_that_never_ended_is_not_taken_back(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.admin).post(url("person_take_back", cast.teacher), follow=True)

    assert "Ana Ortiz has not left." in text(answer)


@pytest.mark.parametrize("page", ["person_roles", "person_end"])
@pytest.mark.parametrize("count", [1, 30])
def test_pages_of_one_person_take_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, page: str, count: int, django_assert_num_queries
) -> None:
    for _ in range(count):
        PairingFactory(program=cast.program, teacher=cast.teacher)
        TeacherFactory(school=cast.school)
    client = sign_in(cast.admin)

    with django_assert_num_queries(2 + (1 if page == "person_roles" else 2)):  # session and person
        assert f"{count} pair" in text(client.get(url(page, cast.teacher)))
