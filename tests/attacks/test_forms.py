"""Every form that a visitor can reach, filled in so that it is taken, and then sent in the ways of attackers."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.forms import BaseForm, DateField

from accounts.forms.day import DayField
from tests.canary import FIELD, Farm
from tests.paper_forms import Field, PaperForm
from tests.policy import APART, changed_since, fingerprint, visit, written, written_since
from tests.walk import Walk

pytestmark = pytest.mark.django_db
LABELS = ["C", "T", "S", "A"]

# Why a form that was filled in is not taken: each of these asks for what no page can hand over.
NOT_TAKEN = {
    "account_change_password": "the password of now",
    "account_reauthenticate": "the password of now",
    "card_open": "the code of a printed card",
    "roster_upload": "a file",
    "help_entry_change": "another number of minutes",
    "booking_move": "a period or a time, not both",
    "booking_clock": "a time at which both are free",
    "playground_create": "an adult who is free",
    "playground_change": "a period or times, not both",
    "playground_series_create": "a period or times, not both",
    "my_messages": "two different times",
    "school_reminders": "quiet hours that end at another time than they begin",
    "school_bell_edit": "no grades, for the only schedule",
    "school_calendar_import": "a file",
    "school_day_close": "a tick, where something is booked",
    "timetable_import": "a file",
    "refusal_list": "a teacher and a student",
    "coordinator_name": "two people",
    "class_create": "one who teaches it and another who attends it",
}
NASTY = {
    "formula": '=HYPERLINK("//evil.example"; A1) @SUM(1) +1 -1',
    "line breaks": "one\r\nBcc: everybody@evil.example\r\n\r\ntwo",
    "braces": "{{ settings.SECRET_KEY }} {% debug %} ${7*7} #{7*7} %(name)s {0.__class__}",
    "right to left": "abc\u202egnp.exe\u202c \u2066x\u2069",
    "emoji": "👩🏽‍🏫🧑‍💻 é ﷽ \U0001f9d1\u200d\U0001f4bb",
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>",
    "quotes": "' OR 1=1; DROP TABLE accounts_user; -- \\ \" ` %00 %27",
}
FAR_DAYS = ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"]
UNESCAPED = re.compile(r"<script>alert|<img src=x|<svg/onload", re.IGNORECASE)


@pytest.fixture(params=LABELS)
def label(request: pytest.FixtureRequest) -> str:
    return request.param


def test_forms_are_filled_in_so_that_they_are_taken(label: str, walk: Walk) -> None:
    not_taken = []

    for name, form in walk.forms(label):
        if name not in NOT_TAKEN and label in {"C", "A"} or name not in {*NOT_TAKEN, "help_entry_verify_many"}:
            with transaction.atomic():
                response = walk.send(label, form)
                if response.status_code not in {200, 302}:
                    not_taken.append(f"{label} {name}: {response.status_code} {form.filled()}")
                transaction.set_rollback(True)

    assert not not_taken, "\n".join(not_taken)


@pytest.mark.parametrize("kind", NASTY)
def test_nasty_text_in_any_field_breaks_nothing_and_comes_back_escaped(kind: str, label: str, walk: Walk) -> None:
    surprises = []

    for name, form in walk.forms(label):
        together = {field.name: [NASTY[kind]] for field in form.texts()}
        tries = [together] if together else []
        for fields in tries:
            with transaction.atomic():
                response = walk.send(label, form, **fields)
                if response.status_code >= 400 and fields is together and len(together) > 1:
                    tries += [{field: values} for field, values in together.items()]  # one text after the other
                pages = [response]
                if leads_to := response.get("Location"):
                    pages += [visit(walk.clients[label], "get", address) for address in (leads_to, form.page)]
                for page in pages:
                    if page.status_code >= 500 or UNESCAPED.search(page.content.decode(errors="replace")):
                        surprises.append(f"{label} {name} {list(fields)}: {page.status_code}")
                    if "evil.example" in str(page.headers) + str(page.cookies):
                        surprises.append(f"{label} {name} {list(fields)}: in a header")
                transaction.set_rollback(True)

    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize(
    ("kind", "value"), [("NUL", "one\x00two"), ("a million letters", "x" * 1_000_000)], ids=["NUL", "1 MB"]
)
def test_text_that_no_row_can_hold_is_refused_and_writes_nothing(kind: str, value: str, label: str, walk: Walk) -> None:
    forms, before, surprises = walk.forms(label), fingerprint(), []

    for name, form in forms:
        for field in form.texts():
            with transaction.atomic():
                start = written()
                response = walk.send(label, form, **{field.name: [value]})
                changed = changed_since(before, since=start)
                if response.status_code not in refusals(field, name) or changed:
                    surprises.append(f"{label} {name}, {field.name}: {response.status_code}, changed {changed}")
                transaction.set_rollback(True)

    assert not surprises, "\n".join(surprises)


# Nobody meets on these: they say what was left out, and one that fits no date leaves nothing out.
ONLY_COMPARED = {"left_out", "known"}


def test_far_day_in_any_form_is_refused_and_writes_nothing(label: str, walk: Walk) -> None:
    before, surprises, tried = fingerprint(), [], set()

    for name, form in walk.forms(label):
        for field in form.days():
            tried.add((name, field.name))
            for fields, day in itertools.product(form.ways_to_fill(), FAR_DAYS):
                with transaction.atomic():
                    response = walk.post(label, form.action, {**fields, field.name: [day]})
                    is_refused = response.status_code == 422 and not changed_since(before)
                    if response.status_code >= 500 or not (is_refused or field.name in ONLY_COMPARED):
                        surprises.append(f"{label} {name} {field.name}={day}: {response.status_code}")
                    transaction.set_rollback(True)

    assert not surprises, "\n".join(surprises)
    assert tried


def test_every_day_that_people_write_is_read_by_the_one_field() -> None:
    found = {
        (form, name): field
        for form in all_forms(BaseForm)
        if form.__module__.split(".")[0] in {"accounts", "mentorship", "sessions_app", "surveys"}
        for name, field in form.base_fields.items()
        if isinstance(field, DateField)
    }

    assert [place for place, field in found.items() if not isinstance(field, DayField)] == []
    assert len(found) > 15


def all_forms(form: type[BaseForm]) -> Iterator[Any]:
    """Every form below this one that has fields of its own."""
    for each in form.__subclasses__():
        if hasattr(each, "base_fields"):
            yield each
        yield from all_forms(each)


def refusals(field: Field, name: str) -> set[int]:
    """How a page says that it does not take a text: 422 with the form again; allauth's pages answer 200 with it."""
    return {200, 422} if name.startswith(("account_", "mfa_")) else {422}


ADDED = {
    "role": "admin", "roles": ["admin", "coordinator"], "is_staff": "on", "is_superuser": "on", "is_active": "",
    "school": "", "school_id": "", "owner": "", "by": "", "user": "", "person": "", "teacher": "", "student": "",
    "mentor": "", "raised_by": "", "recorded_by": "", "verified_by": "", "status": "verified", "state": "verified",
    "approved_at": "2026-11-22", "verified_at": "2026-11-22", "closed_at": "2026-11-22", "password": "Passw0rd!2345",
    "username": "root", "is_demo": "on", "id": "", "pk": "", "counts": "{}", "minimum_group_size": "5",
}  # fmt: skip

# What the same address takes from another of its forms.
TAKEN_ELSEWHERE = {"consent_chase": {"student"}}


def test_added_fields_change_nothing(label: str, walk: Walk) -> None:
    other, foreign = str(walk.people["T2"].pk), str(walk.farm.foreign.cast.school.pk)
    values = {name: value or (foreign if "school" in name else other) for name, value in ADDED.items()}
    forms, before, surprises = walk.forms(label), rows_of(walk.farm, all_tables()), []

    for name, form in forms:
        known = {*form.fields, *TAKEN_ELSEWHERE.get(name, ())}
        added = {field: value for field, value in values.items() if field not in known}
        plain, more = (Counter(after(walk, label, form, before, **fields)) for fields in ({}, added))
        if plain != more:
            surprises.append(f"{label} {name}: {list((more - plain) + (plain - more))[:2]}")

    assert not surprises, "\n".join(surprises)


Rows = dict[str, list[str]]


def after(walk: Walk, label: str, form: PaperForm, before: Rows, **added: str | list[str]) -> Iterator[str]:
    """All rows of the database as they are after a form was sent; what is random or numbered anew is left out.

    Tables into which nobody wrote are as they were before.
    """
    with transaction.atomic():
        start = written()
        walk.send(label, form, **added)
        now = before | rows_of(walk.farm, written_since(start) & before.keys())
        transaction.set_rollback(True)
    for rows in now.values():
        yield from rows


def all_tables() -> set[str]:
    return set(connection.introspection.table_names()) - APART


def rows_of(farm: Farm, tables: set[str]) -> Rows:
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found[table] = [f"{table} {without_chance(row, farm)}" for (row,) in cursor.fetchall()]
    return found


def without_chance(row: str, farm: Farm) -> str:
    """A row without new ids, random words and hashes."""
    new = range(farm.first_foreign_id - FIELD // 2, farm.first_foreign_id)
    row = re.sub(r"![A-Za-z0-9]{40}", "~", row)
    row = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|(?:argon2|md5|gAAAA)[^,)\"]*", "~", row)
    row = re.sub(r"\d{8,}", lambda match: "new" if int(match[0]) in new else match[0], row)
    return re.sub(r"(?<=[(,])[A-Za-z0-9+/_-]{22,}(?=[,)])", "~", row)


def test_a_form_sent_as_a_get_changes_nothing(label: str, walk: Walk) -> None:
    forms, before, surprises = walk.forms(label), fingerprint(), []

    for name, form in forms:
        with transaction.atomic():
            start = written()
            response = visit(walk.clients[label], "get", form.action, data=form.filled())
            changed = changed_since(before, since=start)
            if response.status_code >= 500 or changed:
                surprises.append(f"{label} {name}: {response.status_code}, changed {changed}")
            transaction.set_rollback(True)

    assert not surprises, "\n".join(surprises)


def test_a_form_without_its_token_is_refused_and_writes_nothing(label: str, walk: Walk) -> None:
    forms, before, surprises = walk.forms(label), fingerprint(), []
    walk.clients[label].handler.enforce_csrf_checks = True

    for name, form in forms:
        with transaction.atomic():
            start = written()
            response = walk.send(label, form)
            changed = changed_since(before, since=start)
            if response.status_code != 403 or changed:
                surprises.append(f"{label} {name}: {response.status_code}, changed {changed}")
            transaction.set_rollback(True)

    walk.clients[label].handler.enforce_csrf_checks = False
    assert not surprises, "\n".join(surprises)
