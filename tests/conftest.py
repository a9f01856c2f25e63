"""What every test may ask for: the cast, and a browserless client signed in as one of them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from tests import machine
from tests.canary import Farm, make_farm
from tests.cast import NOW, Cast, make_cast
from tests.policy import people_of, sign_in_all
from tests.walk import Walk
from tests.world import World, make_world

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's sync API keeps a loop running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are left out where there is no browser."""
    if machine.chromium() is None:
        for item in items:
            if item.get_closest_marker("e2e"):
                item.add_marker(pytest.mark.skip(reason=machine.NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, at the end, what this machine lacks."""
    for line in machine.what_is_missing():
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared rosters; a test that needs it is left out where it is absent."""
    folder = machine.shared_dir()
    if folder is None:
        pytest.skip("no shared rosters (SHARED_DIR)")
    return folder


@pytest.fixture(autouse=True)
def endless_visits(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Tests wind the clock by weeks while one person stays signed in; those of visits themselves are marked."""
    if not request.node.get_closest_marker("visits_end"):
        settings.SESSION_HOURS = dict.fromkeys(settings.SESSION_HOURS, (10**9, 10**9))
        settings.SESSION_SEEN_SECONDS = 10**12


@pytest.fixture
def cast(db: None) -> Cast:
    """One school with its people, periods, rooms and a running program; see tests/cast.py."""
    return make_cast()


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A client that is signed in as this person."""

    def client_of(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return client_of


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A school in which every kind of row exists once, made once for a module: roll back what a test does to it."""
    whole = transaction.atomic()
    whole._from_testcase = True  # as Django's own tests mark theirs, so that nothing inside takes it for a request's
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), whole:
        yield make_world(make_cast())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def farm(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Farm]:
    """Two schools whose every free text is a canary, made once for a module: roll back what a test does to them."""
    whole = transaction.atomic()
    whole._from_testcase = True
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), whole:
        yield make_farm()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def walk(farm: Farm) -> Walk:
    """The visitors of the policy's table, signed in at the farm, with the forms that they can reach."""
    return Walk(farm)


@pytest.fixture(scope="module")
def visitors(world: World) -> dict[str, Client]:
    """A signed-in client for each kind of visitor of the policy's table."""
    return sign_in_all(people_of(world))
