"""Several hats: what is shown follows the chosen one, what is allowed does not."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Concern, User
from accounts.permissions import Role
from tests.cast import NOW, Cast
from tests.config.test_home import links
from tests.factories import HelpEntryFactory

SignIn = Callable[[User], Client]
C, T, A = Role.COORDINATOR, Role.TEACHER, Role.ADMIN


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def both(cast: Cast) -> User:
    """Ms Ortiz, who is teacher and coordinator."""
    User.objects.filter(pk=cast.teacher.pk).update(roles=[C, T])
    cast.teacher.refresh_from_db()
    return cast.teacher


def choose(client: Client, hat: str) -> str:
    answer = client.post("/me/hat/", {"hat": hat}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    return answer.content.decode()


def test_switch_chooses_navigation_and_home_page(cast: Cast, both: User, sign_in: SignIn) -> None:
    HelpEntryFactory(program=cast.program, teacher=cast.other_teacher, student=cast.mentor)
    client = sign_in(both)

    teachers, coordinators, all_of_them = choose(client, T), choose(client, C), choose(client, "")

    assert links(teachers, "site-nav") == ["Home", "Calendar", "Book", "Log", "Surveys"]
    assert links(coordinators, "site-nav") == ["Today", "Calendar", "Pairs", "Help log", "Surveys", "People"]
    assert links(all_of_them, "site-nav") == ["Today", "Calendar", "Book", "Pairs", "Help log", "Surveys", "People"]
    assert ["This week" in page for page in (teachers, coordinators, all_of_them)] == [False, True, True]
    assert [reverse("help_entry_verify_many") in page for page in (teachers, coordinators, all_of_them)] == [
        False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize("hat", [T, C, ""])
def test_rights_stay_the_union(cast: Cast, both: User, sign_in: SignIn, hat: str) -> None:
    client = sign_in(both)

    choose(client, hat)

    assert [client.get(address).status_code for address in ("/people/", "/book/", "/programs/")] == [200, 200, 200]
    assert client.get("/people/roster/").status_code == 200
    assert client.get("/people/coordinator/").status_code == 403  # an admin's
    assert User.objects.get(pk=both.pk).roles == [C, T]


def test_hat_of_somebody_else_changes_nothing(cast: Cast, both: User, sign_in: SignIn) -> None:
    client = sign_in(both)
    choose(client, T)

    page = choose(client, A)

    assert "This is not a role of yours." in page
    assert links(page, "site-nav") == ["Home", "Calendar", "Book", "Log", "Surveys"]
    assert client.get(reverse("person_edit", args=[cast.mentor.pk])).status_code == 403


def test_hat_that_was_taken_away_is_forgotten(cast: Cast, both: User, sign_in: SignIn) -> None:
    client = sign_in(both)
    choose(client, C)

    User.objects.filter(pk=both.pk).update(roles=[T, A])
    page = client.get("/").content.decode()

    assert links(page, "site-nav") == ["Home", "Calendar", "Book", "Log", "Surveys", "People", "School settings"]


def test_calls_for_help_are_shown_under_every_hat(cast: Cast, both: User, sign_in: SignIn) -> None:
    Concern.objects.create(school=cast.school, raised_by=cast.mentor, raised_at=NOW)

    assert "1 person asks for help" in choose(sign_in(both), T)


def test_menu_offers_the_choice_to_people_with_two_hats_only(cast: Cast, both: User, sign_in: SignIn) -> None:
    two = sign_in(both).get("/").content.decode()
    one = sign_in(cast.coordinator).get("/").content.decode()

    assert two.count('name="hat"') == 3
    assert "/me/hat/" not in one


def test_one_hat_can_be_chosen_and_shows_all_the_same(cast: Cast, sign_in: SignIn) -> None:
    page = choose(sign_in(cast.other_teacher), T)

    assert links(page, "site-nav") == ["Home", "Calendar", "Book", "Log", "Surveys"]


def test_choice_ends_with_the_visit(cast: Cast, both: User, sign_in: SignIn) -> None:
    client = sign_in(both)
    choose(client, T)

    client.post(reverse("account_logout"))
    client.force_login(both)

    assert "People" in links(client.get("/").content.decode(), "site-nav")
