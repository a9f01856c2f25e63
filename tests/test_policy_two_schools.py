"""Two schools on one installation never meet: every form of every visitor is sent with ids of the other school.

That no page offers such an id is tried in tests/test_policy_canary.py, over all that each visitor receives.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, transaction

from mentorship.models import Pairing
from tests.canary import OURS, Farm
from tests.paper_forms import PaperForm
from tests.policy import changed_since, fingerprint, written, written_since
from tests.walk import Walk

pytestmark = pytest.mark.django_db


def with_a_foreign_id(form: PaperForm, farm: Farm) -> Iterator[tuple[str, dict[str, list[str]], str]]:
    """The form filled in, each time with one id put out for the other school's: what, the fields, the address."""
    filled = form.filled()
    if farm.own_ids_in(form.action):
        yield "address", filled, farm.swapped(form.action)
    for name, field in form.fields.items():
        held = filled[name] or [option for option in field.options if option][:1]
        if farm.own_ids_in(" ".join(held)):
            yield name, {**filled, name: [farm.swapped(value) for value in held]}, form.action
            yield f"{name}, beside an own one", {**filled, name: [*held, *map(farm.swapped, held)]}, form.action
        if farm.own_ids_in(name):  # a field for each row of a list: tool_12
            others = {other: values for other, values in filled.items() if other != name}
            yield f"name {name}", {**others, farm.swapped(name): held}, form.action


@pytest.mark.parametrize("label", ["C", "T", "S", "A", "TC"])
def test_posted_ids_of_the_other_school_are_refused_and_write_nothing(label: str, walk: Walk) -> None:
    forms = walk.forms(label)  # found by visits, of which the finder's counts a wish
    before, theirs, surprises, tried = fingerprint(), foreign_rows(walk.farm), [], 0
    assert crossings(walk.farm) == []

    for name, form in forms:
        for what, data, address in with_a_foreign_id(form, walk.farm):
            tried += 1
            with transaction.atomic():
                start = written()
                response = walk.post(label, address, data)
                touched = written_since(start)
                if response.status_code >= 500:
                    surprises.append(f"{label} {name}, {what}: {response.status_code}")
                was = {table: theirs[table] for table in touched & theirs.keys()}
                if (crossing := crossings(walk.farm, touched)) or foreign_rows(walk.farm, touched) != was:
                    surprises.append(f"{label} {name}, {what}: {response.status_code}, {crossing} between schools")
                is_refused = response.status_code >= 400 or what == "address"
                if is_refused and (changed := changed_since(before, since=start)):
                    surprises.append(f"{label} {name}, {what}: {response.status_code}, changed {changed}")
                if what == "address" and response.status_code != 404:
                    surprises.append(f"{label} {name}, {what}: {response.status_code}")
                transaction.set_rollback(True)

    assert not surprises, "\n".join(surprises)
    assert tried > 3


def tables_of_ours(only: set[str] | None) -> Iterator[tuple[str, list[str]]]:
    """Each table, or each of these, with the columns that hold ids, its own and others'."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OURS and (only is None or model._meta.db_table in only):
            columns = [field.column for field in model._meta.concrete_fields if field.is_relation]
            if model._meta.pk.get_internal_type() != "UUIDField":
                columns.append(model._meta.pk.column)
            yield model._meta.db_table, columns


def counted(queries: list[str]) -> dict[str, str]:
    if not queries:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(queries))
        return {table: answer for table, answer in cursor.fetchall() if answer != "0"}


def crossings(farm: Farm, only: set[str] | None = None) -> list[str]:
    """The tables in which a row of one school leads to a row of the other one: never, whatever was sent."""
    first, queries = farm.first_foreign_id, []
    for table, columns in tables_of_ours(only):
        foreign = " OR ".join(f'"{column}" > {first}' for column in columns)
        own = " OR ".join(f'"{column}" < {first}' for column in columns)
        queries.append(f"SELECT '{table}', count(*)::text FROM \"{table}\" WHERE ({foreign}) AND ({own})")
    return list(counted(queries))


def foreign_rows(farm: Farm, only: set[str] | None = None) -> dict[str, str]:
    """A hash of the rows of the other school, by table."""
    queries = []
    for table, columns in tables_of_ours(only):
        foreign = " OR ".join(f'"{column}" > {farm.first_foreign_id}' for column in columns)
        queries.append(
            f"SELECT '{table}', coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM \"{table}\" t WHERE {foreign}"
        )
    return counted(queries)


def test_a_row_between_two_schools_is_noticed(farm: Farm) -> None:
    Pairing.objects.filter(pk=farm.own.pairing.pk).update(student=farm.foreign.cast.mentor)

    assert crossings(farm) == ["mentorship_pairing"]
