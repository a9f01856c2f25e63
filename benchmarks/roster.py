"""Work "roster": a file of 20,000 rows in, beside a plain COPY of the same rows into the same table.

Ours reads the file, finds each row's fate, keeps the rows for the preview, and confirms: two transactions with all
constraints, user names made, the trail written. The limit is one COPY of the finished rows of people, in a transaction
of its own, with the same constraints and triggers. A second import of the same file must change nothing.
"""

from __future__ import annotations

import io
import statistics
import time
from typing import Any

from django.db import connection, transaction

from accounts import clock
from accounts.models import RosterUpload, School, User
from accounts.permissions import Role
from accounts.roster import read_roster
from accounts.services import roster as service
from accounts.trail import writing
from benchmarks.measure import own_memory_mib, remark, report, statements_of
from benchmarks.place import Place

ROWS = 20_000
TEACHERS = 1_000
ROUNDS = 3
LIMIT = "plain COPY of the same people"
HEADER = "role,givenName,familyName,email,grade,title,language,sourcedId\n"


def run(place: Place) -> None:
    """Three new schools, each with a file of its own; then the last file once more."""
    times: list[dict[str, float]] = []
    limits: list[float] = []
    most_memory = own_memory_mib()
    service.IMMEDIATE_ROWS = ROWS  # here, and not by a worker
    statements = 0
    for number in range(ROUNDS):
        coordinator = make_school(f"roster{number}")
        content = make_file(number)
        before = own_memory_mib()
        took: dict[str, float] = {}
        with writing("command:bench"):
            if number:
                import_file(content, coordinator, took)
            else:
                statements = statements_of(lambda: import_file(content, coordinator, took))  # noqa: B023  # at once
        times.append(took)
        most_memory = max(most_memory, own_memory_mib())
        remark("roster", what="memory of one import", added_mib=round(own_memory_mib() - before, 1))
        limits.append(copy_the_same(coordinator.school))
    for phase in times[0]:
        remark("roster", what=phase, n=ROWS, ours_ms=round(statistics.median(took[phase] for took in times) * 1000))
    again = import_file(content, coordinator, {})
    if again["same"] != ROWS or again["new"] or again["changed"]:
        raise AssertionError(f"The second import changed something: {again}")
    report(
        "roster",
        "read, preview and confirm a file",
        n=ROWS,
        ours_ms=statistics.median(sum(took.values()) for took in times) * 1000,
        limit=LIMIT,
        limit_ms=statistics.median(limits) * 1000,
        statements=statements,
        rss_mib=most_memory,
        second_import_changed=again["new"] + again["changed"],
    )


def make_school(name: str) -> User:
    """A new school, and its coordinator."""
    school = School.objects.create(name=name, time_zone="America/Chicago")
    return User.objects.create(
        school=school, username=f"coordinator.{name}", given_name="June", family_name="Lane", roles=[Role.COORDINATOR]
    )


def make_file(number: int) -> bytes:
    """The roster of one school: every twentieth row is a teacher, nobody has a user name."""
    lines = [HEADER]
    for row in range(ROWS):
        name = f"Given{row % 700},Family{row}"
        if row % (ROWS // TEACHERS) == 0:
            lines.append(f"teacher,{name},t{row}.{number}@example.org,,Ms,en,t-{row}\n")
        else:
            lines.append(f"student,{name},s{row}.{number}@example.org,{row % 6 + 6},,es,s-{row}\n")
    return "".join(lines).encode()


def import_file(content: bytes, coordinator: User, took: dict[str, float]) -> dict[str, int]:
    """What the upload and the confirmation do, each phase timed in seconds."""
    start = time.perf_counter()
    read = read_roster(content)
    took["read the file"] = time.perf_counter() - start
    start = time.perf_counter()
    upload: RosterUpload = service.stage_roster(read, by=coordinator, now=clock.now())
    took["make the preview"] = time.perf_counter() - start
    start = time.perf_counter()
    counts = service.confirm_roster(upload, all_students=True, by=coordinator, now=clock.now())
    took["confirm"] = time.perf_counter() - start
    return counts


def copy_the_same(school: School) -> float:
    """Seconds that PostgreSQL takes to write the same rows from a buffer that is ready; they are rolled back."""
    fields = [field.column for field in User._meta.concrete_fields if field.column != "id"]
    columns = ", ".join(fields)
    # The rows as they are, but for what is unique.
    other: dict[str, Any] = {
        "username": "username || '.copy'", "email": "email || '.copy'", "source_id": "source_id || '.copy'",
        "random_id": "gen_random_uuid()",
    }  # fmt: skip
    chosen = ", ".join(other.get(field, field) for field in fields)
    buffer = io.StringIO()
    with connection.cursor() as cursor:
        rows = f"SELECT {chosen} FROM accounts_user WHERE school_id = {school.pk:d} AND source_id IS NOT NULL"
        cursor.copy_expert(f"COPY ({rows}) TO STDOUT", buffer)
    buffer.seek(0)
    with writing("command:bench"), transaction.atomic(), connection.cursor() as cursor:
        start = time.perf_counter()
        cursor.copy_expert(f"COPY accounts_user ({columns}) FROM STDIN", buffer)
        took = time.perf_counter() - start
        transaction.set_rollback(True)
    return took
