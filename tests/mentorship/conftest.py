"""Rows that the tests of several pages need."""

import pytest

from mentorship.models import Pairing
from tests import factories
from tests.cast import Cast


@pytest.fixture
def pairing(cast: Cast) -> Pairing:
    """A started pair of the cast."""
    return factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
