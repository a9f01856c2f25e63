"""What is asked in an address: ORM lookups, orders and nonsense in every parameter of every page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from tests.crawl import Links, crawl
from tests.policy import visit
from tests.walk import Walk, starts

pytestmark = pytest.mark.django_db

# Names that a page would hear if it handed its parameters to the database.
LOOKUPS = {
    "password__startswith": "md5", "person__password__startswith": "a", "school__isnull": "", "school": "1",
    "school_id__gte": "0", "_connector": "OR", "_negated": "1", "order_by": "password", "ordering": "-password",
    "pk__gte": "0", "id__in": "1,2,3", "q__regex": ".*", "state__contains": "e", "values": "password",
    "fields": "password", "select_related": "school", "limit": "100000", "is_active": "0", "user": "1", "all": "1",
}  # fmt: skip
NONSENSE = ["", "\x00", "' OR 1=1 --", "-1", "99999999999999999999", "1e9", "None", "__class__", "password__startswith",
            "?" * 3000, "{{7*7}}", "<script>alert(1)</script>", "\u202e", "1,2", "2026-02-31", "9999-12-31",
            "0001-01-01", "2026-W99", "-password", "pk__in", "school__name"]  # fmt: skip
DAYS = ["day", "week", "start", "end", "until"]
FAR = [
    {**dict.fromkeys(DAYS, "0001-01-01"), "month": "0001-01", "before": "0001-01-01T00:00:00+14:00_5"},
    {**dict.fromkeys(DAYS, "9999-12-31"), "month": "9999-12", "before": "9999-12-31T23:59:59-14:00_5"},
    # The ends of what a school can mean, whose next week lies beyond.
    {**dict.fromkeys(DAYS, "2000-01-01"), "month": "2000-01", "end": "2000-01-02"},
    {**dict.fromkeys(DAYS, "2099-12-31"), "month": "2099-12", "start": "2099-12-30"},
]


def words_of(page: str) -> str:
    """What stands on a page but for what differs each time, and for links that repeat what was asked."""
    text = re.sub(r'nonce="[^"]*"|value="(?:[A-Za-z0-9]{64}|[0-9a-f-]{36})"|CSRF-Token[^}]*', "", page)
    text = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    text = re.sub(r'<input type="hidden" name="next"[^>]*>', "", text)
    return re.sub(r'(?:href|hx-get|action|content|value)="[^"]*\?[^"]*"', "", text)


@pytest.mark.parametrize("label", ["C", "T", "S", "A"])
def test_lookups_in_an_address_are_not_heard(label: str, walk: Walk) -> None:
    client, surprises, heard = walk.clients[label], [], set()

    for address in {urlsplit(start).path for start in starts(walk.farm.own)}:
        plain = visit(client, "get", address)
        if plain.status_code != 200 or not plain["Content-Type"].startswith("text/html"):
            continue
        heard.add(address)
        asked = visit(client, "get", address, data={name: [value] for name, value in LOOKUPS.items()})
        if asked.status_code != 200 or words_of(asked.content.decode()) != words_of(plain.content.decode()):
            surprises.append(f"{label} {address}: {asked.status_code}")

    assert not surprises, "\n".join(sorted(surprises))
    assert len(heard) > 5


def parameters_of(client: Client, walk: Walk) -> dict[str, set[str]]:
    """Each page of a visitor with the names that its links and its searches ask by."""
    asked: dict[str, set[str]] = {}
    for where, said in crawl(client, starts(walk.farm.own)):
        for address in [where, *Links(said).found]:
            parts = urlsplit(address)
            if parts.query and (parts.path or where).startswith("/"):
                names = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
                asked.setdefault(parts.path or urlsplit(where).path, set()).update(names)
        for form in re.findall(r'<form[^>]*method="get".*?</form>', said, re.DOTALL):
            action = re.search(r'action="([^"?]*)', form)
            path = action[1] if action and action[1] else urlsplit(where).path
            asked.setdefault(path, set()).update(re.findall(r'name="([^"]+)"', form))
    return asked


@pytest.mark.parametrize("label", ["C", "T", "S", "A"])
def test_nonsense_in_a_parameter_breaks_no_page_and_comes_back_escaped(label: str, walk: Walk) -> None:
    client, surprises = walk.clients[label], []
    asked = parameters_of(client, walk)

    for path, names in asked.items():
        for name in names:
            for nonsense in NONSENSE:
                response = visit(client, "get", path, data={name: [nonsense]})
                if response.status_code >= 500 or b"<script>alert" in response.content:
                    surprises.append(f"{label} {path}?{name}={nonsense[:30]!r}: {response.status_code}")

    assert not surprises, "\n".join(sorted(surprises))
    assert sum(map(len, asked.values())) > 2


@pytest.mark.parametrize("label", ["C", "T", "S", "A"])
def test_far_day_in_an_address_breaks_no_page(label: str, walk: Walk) -> None:
    client, surprises = walk.clients[label], []

    for path in {urlsplit(start).path for start in starts(walk.farm.own)}:
        for asked in FAR:
            response = visit(client, "get", path, data={name: [value] for name, value in asked.items()})
            if response.status_code >= 500:
                surprises.append(f"{label} {path} {asked}: {response.status_code}")

    assert not surprises, "\n".join(sorted(surprises))
