"""The machinery of the policy's table: who visits, what a row expects of each, and what a visit changed."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from accounts.permissions import Role
from tests import factories
from tests.world import World

# The two last ones wear two hats; what they are answered is computed from the single hats, never listed.
VISITORS = ["C", "T", "S", "A", "T2", "S2", "X", "Z", "TC", "CA"]
HATS = {"TC": ("T2", "C"), "CA": ("C", "A")}
FOUND, WRONG_ROLE, NOT_YOURS, WRONG_METHOD = 302, 403, 404, 405
NEVER_ANSWERED = ("put", "patch", "delete", "options")
Arguments = Callable[[World], dict[str, Any]]


@dataclass
class Page:
    """What each visitor of one address is answered. Who is not named is refused (403).

    `get` and `post` read like "C200 T302 T2=404"; none at all means a wrong method (405).
    `of` gives the arguments of the address; `is_open` says that nobody needs to sign in.
    """

    get: str = ""
    post: str = ""
    of: Arguments | None = None
    is_open: bool = False

    def address(self, name: str, world: World) -> str:
        """Where this page stands in the world."""
        return reverse(name, kwargs=self.of(world) if self.of else None)

    def says(self, method: str) -> dict[str, int]:
        """The statuses that the row names, by visitor."""
        words = (self.post if method == "post" else self.get if method in {"get", "head"} else "").split()
        return {label: int(status) for label, status in (read(word) for word in words)}

    def expected(self, method: str, visitor: str) -> set[int]:
        """The status that this visitor is answered; two for two hats that are both let in, each in its own way."""
        if method in NEVER_ANSWERED:
            return {WRONG_METHOD}
        if visitor == "X" and not self.is_open:
            return {FOUND}
        said = self.says(method)
        if not said:
            return {WRONG_METHOD}
        if visitor in said:
            return {said[visitor]}
        if visitor in HATS:
            return union(*(self.expected(method, hat) for hat in HATS[visitor]))
        if visitor == "Z":
            return {NOT_YOURS} if self.of else union(*(self.expected(method, hat) for hat in "CTSA")) - {NOT_YOURS}
        if visitor in {"T2", "S2"} and visitor[0] in said:
            return {said[visitor[0]]}
        return {WRONG_ROLE}

    def is_refused(self, method: str, visitor: str) -> bool:
        """Whether nothing at all may have happened."""
        sent_to_sign_in = visitor == "X" and not self.is_open
        return sent_to_sign_in or all(status >= 400 for status in self.expected(method, visitor))


def read(word: str) -> tuple[str, int]:
    """One word of a row: "T302" or, where the visitor ends in a digit, "T2=404"."""
    match = re.fullmatch(r"(TC|CA|[CTSAXZ]|[TS]2=)=?(\d{3})", word)
    assert match, f"{word} is no word of the table"
    return match[1].rstrip("="), int(match[2])


def union(*answers: set[int]) -> set[int]:
    """What a person with several hats is answered: let in where one hat is; a missing row before a wrong role."""
    together = set().union(*answers)
    if let_in := together - {WRONG_ROLE, NOT_YOURS}:
        return let_in
    return {NOT_YOURS} if NOT_YOURS in together else {WRONG_ROLE}


def a(name: str, **more: str) -> Arguments:
    """The address of one row of the world: its primary key, or what else the address takes."""
    return lambda world: {"pk": getattr(world, name).pk, **more}


def person(name: str) -> Arguments:
    """The address of a person of the cast."""
    return lambda world: {"pk": getattr(world.cast, name).pk}


def of_cast(name: str) -> Arguments:
    """The address of another row of the cast: its program, its room."""
    return person(name)


def addresses(resolver: URLResolver | None = None) -> Iterator[str]:
    """The names of all addresses of the program."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            assert entry.name, f"{entry.pattern} has no name"
            yield entry.name
        else:
            yield from addresses(entry)


def people_of(world: World) -> dict[str, User]:
    """Who visits, but for X, who is nobody."""
    cast = world.cast
    two_hats = factories.UserFactory(school=cast.school, roles=[Role.TEACHER, Role.COORDINATOR])
    factories.ParticipantFactory(program=cast.program, person=two_hats, role="teacher")
    return {
        "C": cast.coordinator,
        "T": cast.teacher,
        "S": cast.mentor,
        "A": cast.admin,
        "T2": cast.other_teacher,
        "S2": cast.other_mentor,
        "Z": factories.UserFactory(school=cast.stranger.school, roles=list(Role)),
        "TC": two_hats,
        "CA": factories.UserFactory(school=cast.school, roles=[Role.COORDINATOR, Role.ADMIN]),
    }


def sign_in_all(people: dict[str, User]) -> dict[str, Client]:
    """A client for each visitor, signed in but for X."""
    clients = {label: Client() for label in VISITORS}
    for label, visitor in people.items():
        clients[label].force_login(visitor)
    return clients


def visit(
    client: Client, method: str, address: str, *, data: dict[str, list[str]] | None = None, **headers: str
) -> HttpResponse:
    """One request, without following where it leads; the client keeps the cookies that it came with."""
    cookies = copy.deepcopy(client.cookies)
    response = getattr(client, method)(address, data or {}, headers=headers)
    client.cookies = cookies
    return response


# Sessions and the cache are no data of anybody; migrations and content types are not written by pages.
APART = {"django_session", "cache_entry", "django_migrations", "django_content_type"}


class Fingerprint(dict[str, str]):
    """A hash of all rows of each table, and how far each had been written when it was taken."""

    def __init__(self, tables: Iterable[str]) -> None:
        self.written = written()
        super().__init__(hashes(tables))


def fingerprint() -> Fingerprint:
    """A hash of all rows of every table of the database, to see whether a visit changed anything."""
    return Fingerprint(sorted(set(connection.introspection.table_names()) - APART))


def changed_since(before: Fingerprint, *, since: dict[str, str] | None = None) -> list[str]:
    """The tables whose rows differ from `before`.

    Only those are read again that were written after `before`, or after `since` where a rollback brought `before` back.
    """
    now = hashes(written_since(since or before.written) & before.keys())
    return [table for table in sorted(now) if now[table] != before[table]]


def written() -> dict[str, str]:
    """How far each table has been written in this transaction, whatever was rolled back: rows in, changed, out, cut.

    Another transaction's numbers differ in every table.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, concat_ws(' ', pg_current_xact_id(), pg_relation_filenode(oid), "
            "pg_stat_get_xact_tuples_inserted(oid), pg_stat_get_xact_tuples_updated(oid), "
            "pg_stat_get_xact_tuples_deleted(oid)) "
            "FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        return dict(cursor.fetchall())


def written_since(start: dict[str, str]) -> set[str]:
    """The tables that somebody wrote into since then, even if it was taken back or changed nothing."""
    return {table for table, how_far in written().items() if how_far != start.get(table)}


def hashes(tables: Iterable[str]) -> dict[str, str]:
    """A hash of all rows of these tables, by table."""
    queries = [
        f"SELECT '{table}', coalesce(sum(hashtextextended(t::text, 0)), 0)::text || ' ' || count(*) FROM \"{table}\" t"
        for table in tables
    ]
    if not queries:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(queries))
        return dict(cursor.fetchall())
