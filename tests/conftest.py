"""What every test may ask for: the cast, and a browserless client signed in as one of them."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.cast import Cast, make_cast


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
