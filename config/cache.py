"""The cache, and with it the counting of wrong passwords."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

LOCK = ":lock"
# PostgreSQL keeps locks of two numbers apart from those of one, which bookings take.
FIRST_NUMBER = 1


class WaitingDatabaseCache(DatabaseCache):
    """Django's cache in a table, in which a lock is waited for until it is free.

    allauth counts tries under a lock that it takes by `add` and gives back by `delete`. In a plain cache it looks again
    and again for a second and then refuses the sign-in: on a busy machine that met a class that came in at the bell. A
    lock of the database lets everybody in by turns, and one that was held by a process that died is free at once.
    """

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Take a lock, however long it takes; anything else is Django's."""
        if not key.endswith(LOCK):
            return super().add(key, value, timeout, version)
        # Inside a transaction the lock ends with it: after an error nothing could give it back.
        kind = "pg_advisory_xact_lock" if connection.in_atomic_block else "pg_advisory_lock"
        _ask(kind, key)
        return True

    def delete(self, key: str, version: int | None = None) -> bool:
        """Give a lock back; anything else is Django's."""
        if not key.endswith(LOCK):
            return super().delete(key, version)
        if not connection.in_atomic_block:
            _ask("pg_advisory_unlock", key)
        return True


def _ask(function: str, key: str) -> None:
    second_number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], signed=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [FIRST_NUMBER, second_number])
