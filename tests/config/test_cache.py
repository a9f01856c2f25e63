"""Counting tries while many count at once: nobody is refused for waiting, and no lock is left behind."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.db import connection, connections, transaction

KEY = "a-test"


def count_one() -> bool:
    """Whether one more try is let through, of a thousand in a minute."""
    try:
        return bool(
            ratelimit.consume(None, app="tests", action="try", config={"try": "1000/m/key"}, key=KEY, limit_get=True)
        )
    finally:
        if threading.current_thread() is not threading.main_thread():
            connections.close_all()


def counter() -> str:
    """Where the tries are counted."""
    rate = ratelimit.parse_rates("1000/m/key")[0]
    return str(ratelimit.get_cache_key(None, app="tests", action="try", rate=rate, key=KEY))


def locks_held() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND objsubid = 2 AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def hold_for(seconds: float, began: threading.Event) -> Callable[[], None]:
    """Have the lock of the counter for a while, as a stalled process would."""

    def hold() -> None:
        cache.add(f"{counter()}:lock", True)
        began.set()
        time.sleep(seconds)
        cache.delete(f"{counter()}:lock")
        connections.close_all()

    return hold


@pytest.mark.django_db(transaction=True)
def test_who_waits_longer_than_a_second_is_let_in_and_counted() -> None:
    began = threading.Event()

    with ThreadPoolExecutor(20) as pool:
        pool.submit(hold_for(1.5, began))
        began.wait()
        answers = [pool.submit(count_one) for _number in range(40)]
    counted = cache.get(counter())

    assert all(answer.result() for answer in answers)
    assert len(counted) == 40
    assert locks_held() == 0
    cache.clear()


@pytest.mark.django_db(transaction=True)
def test_lock_of_a_transaction_ends_with_it() -> None:
    with transaction.atomic():
        assert count_one()
        held = locks_held()

    assert held == 1
    assert locks_held() == 0
    cache.clear()


@pytest.mark.django_db
def test_what_is_no_lock_is_kept_and_forgotten_as_ever() -> None:
    assert cache.add("word", "one")
    assert not cache.add("word", "two")
    assert cache.get("word") == "one"
    assert cache.delete("word")
    assert cache.get("word") is None
