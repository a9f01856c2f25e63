"""A class at the bell, and somebody who tries one password after another, against the web process of a school."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache

from accounts.models import User
from benchmarks.place import Place
from benchmarks.signin import CLASS, PASSWORD, Visitor, give_password, sign_in
from tests.cast import Cast
from tests.factories import StudentFactory
from tests.faults.conftest import database_url

CLOSED = "Sign-in with this name is closed."


@pytest.fixture
def web(committed_cast: Cast) -> Iterator[Place]:
    """gunicorn as in `make run`, on the database of the test. Its broker is away, and nobody misses it here."""
    place = Place(debug=True, DATABASE_URL=database_url(), REDIS_URL="redis://127.0.0.1:1/0")
    try:
        place.start("web")
        yield place
    finally:
        place.close()
        cache.clear()  # what was counted is in no table that a test empties


def test_a_class_signs_in_at_once_from_one_address(
    committed_cast: Cast, web: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    students = StudentFactory.create_batch(CLASS, school=committed_cast.school)
    give_password(students)

    rush = sign_in(web, [student.username for student in students])

    with capsys.disabled():
        sys.stdout.write(f"\n{CLASS} sign-ins from one address: {rush.whole_ms / 1000:.1f} s\n")
    assert rush.statuses == {302: CLASS}
    assert rush.at_home == CLASS


def test_two_hundred_wrong_passwords_lock_one_account_until_a_coordinator_clears_it(
    committed_cast: Cast, web: Place
) -> None:
    give_password([committed_cast.teacher, committed_cast.coordinator])

    def guess(number: int) -> bool:
        """Whether the password was looked at."""
        visitor = Visitor(web)
        visitor.sign_in("ortiz", f"guess-number-{number}")
        return CLOSED not in visitor.text

    with ThreadPoolExecutor(8) as pool:
        looked_at = sum(pool.map(guess, range(200)))
    teacher, coordinator = Visitor(web), Visitor(web)
    refused = teacher.sign_in("ortiz", PASSWORD)
    refusal = teacher.text
    came_in = coordinator.sign_in("lane", PASSWORD)
    coordinator.get(f"/people/{committed_cast.teacher.pk}/")
    cleared = coordinator.post(f"/people/{committed_cast.teacher.pk}/unlock/", {})

    assert looked_at == 5
    assert refused == 200
    assert CLOSED in refusal
    assert came_in == 302  # from the same address: one name tried on and on closes no other
    assert cleared == 302
    assert Visitor(web).sign_in("ortiz", PASSWORD) == 302
    assert User.objects.get(username="ortiz").last_login is not None
