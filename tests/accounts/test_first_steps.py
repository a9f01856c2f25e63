"""What the home page says is missing."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import SchoolDay, User
from accounts.permissions import Role
from tests.cast import NOW, Cast
from tests.factories import SchoolFactory, StudentFactory, UserFactory

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_home_of_a_new_school_names_each_first_step(db: None, sign_in: SignIn) -> None:
    founder = UserFactory(school=SchoolFactory(), roles=[Role.COORDINATOR, Role.ADMIN])

    page = sign_in(founder).get("/").content.decode()

    for url in ("/school/time/", "/school/days/", "/school/rooms/", "/people/roster/", "/school/settings/"):
        assert f'class="btn btn-soft" href="{url}"' in page


def test_home_of_a_school_that_has_all_says_nothing(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.coordinator).get("/").content.decode()

    assert "What is missing" not in page


def test_home_counts_missing_consents(cast: Cast, sign_in: SignIn) -> None:
    StudentFactory.create_batch(2, school=cast.school)
    StudentFactory(school=cast.school, is_active=False)

    page = sign_in(cast.coordinator).get("/").content.decode()

    assert "2 consents are missing" in page
    assert 'href="/people/?show=missing"' in page


def test_home_says_when_the_school_days_have_run_out(cast: Cast, sign_in: SignIn) -> None:
    SchoolDay.objects.filter(school=cast.school, date__gte=NOW.date()).delete()

    page = sign_in(cast.coordinator).get("/").content.decode()

    assert "There are no school days from today on." in page


@pytest.mark.parametrize("who", ["teacher", "mentor"])
def test_home_of_others_names_no_steps(cast: Cast, sign_in: SignIn, who: str) -> None:
    StudentFactory(school=cast.school)

    page = sign_in(getattr(cast, who)).get("/").content.decode()

    assert "missing" not in page
