"""The policy of tests/policy_table.py, read back: every address, as every kind of visitor, with every method.

An address without a row fails. So does a refusal, or a safe method, after which any table of the database differs.
"""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.policy import (
    NEVER_ANSWERED,
    VISITORS,
    Fingerprint,
    addresses,
    changed_since,
    fingerprint,
    union,
    visit,
    written,
)
from tests.policy_table import PAGES
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def untouched(world: World, visitors: dict[str, Client]) -> Fingerprint:
    """The database before any visit; each visit is rolled back."""
    return fingerprint()


def surprises_of(
    name: str, method: str, world: World, visitors: dict[str, Client], before: Fingerprint, **headers: str
) -> list[str]:
    """What a method does at an address that the row does not say."""
    page = PAGES[name]
    address = page.address(name, world)
    found = []
    for label in VISITORS:
        with transaction.atomic():
            start = written()
            response = visit(visitors[label], method, address, **headers)
            expected = page.expected(method, label)
            if response.status_code not in expected:
                found.append(f"{name}: {label} {method}: {response.status_code}, not {expected}")
            leads_to = response.get("Location", "/accounts/login/")
            if label == "X" and not page.is_open and not leads_to.startswith("/accounts/login/"):
                found.append(f"{name}: {label} {method}: sent to {leads_to}")
            is_watched = method != "post" or page.is_refused(method, label)
            if is_watched and (changed := changed_since(before, since=start)):
                found.append(f"{name}: {label} {method}: changed {changed}")
            transaction.set_rollback(True)
    return found


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(addresses()) == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_policy(name: str, world: World, visitors: dict[str, Client], untouched: Fingerprint) -> None:
    surprises = [
        line for method in ("get", "head", "post") for line in surprises_of(name, method, world, visitors, untouched)
    ]

    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize("name", PAGES)
def test_other_methods_do_nothing(name: str, world: World, visitors: dict[str, Client], untouched: Fingerprint) -> None:
    surprises = [line for method in NEVER_ANSWERED for line in surprises_of(name, method, world, visitors, untouched)]

    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.get])
def test_no_header_opens_a_page_or_its_fragment(
    name: str, world: World, visitors: dict[str, Client], untouched: Fingerprint
) -> None:
    override = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}
    override |= {"HX-Request": "true", "X-Original-URL": "/healthz", "X-Rewrite-URL": "/healthz"}

    surprises = surprises_of(name, "get", world, visitors, untouched, **override)

    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.of and not page.is_open])
def test_foreign_row_answers_like_a_missing_one(name: str, world: World, visitors: dict[str, Client]) -> None:
    page = PAGES[name]
    arguments = page.of(world)
    method = "get" if page.get else "post"

    foreign = visit(visitors["Z"], method, reverse(name, kwargs=arguments))
    missing = visit(visitors["Z"], method, reverse(name, kwargs={**arguments, "pk": 999_999_999}))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_secrets(foreign) == without_secrets(missing)


def without_secrets(response: HttpResponse) -> str:
    """The page without what differs at each request: the nonce and the form's token."""
    text = re.sub(r'nonce="[^"]*"', "", response.content.decode())
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", text)


@pytest.mark.parametrize(
    ("hats", "answer"),
    [
        ([{200}, {403}], {200}),
        ([{403}, {404}], {404}),
        ([{403}, {403}], {403}),
        ([{404}, {422}], {422}),
        ([{302}, {200}], {302, 200}),
    ],
)
def test_two_hats_are_answered_the_union(hats: list[set[int]], answer: set[int]) -> None:
    assert union(*hats) == answer
