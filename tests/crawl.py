"""Walking through the program as one visitor: every page that a link leads to, and all that an answer says."""

from __future__ import annotations

import io
import zipfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

FRAGMENT = {"HX-Request": "true"}
# Enough pages of one kind: a page for each person of the cast; twenty texts are not read one by one.
MOST_OF_A_KIND = 8


class Links(HTMLParser):
    """The addresses that a page leads to by a link, a form that only asks, a picture, or htmx."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        names = ["href", "hx-get", "src"]
        if tag == "form" and (given.get("method") or "get").lower() == "get":
            names.append("action")
        self.found += [given[name] for name in names if given.get(name)]


def everything_in(response: HttpResponse) -> str:
    """All that an answer hands over: status line, headers, cookies and body, files inside of it unpacked."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    said = [str(response.status_code), *(f"{name}: {value}" for name, value in response.items())]
    said += [cookie.OutputString() for cookie in response.cookies.values()]
    return "\n".join([*said, *unpacked(body)])


def unpacked(body: bytes) -> Iterator[str]:
    """The text of a body; of a zip (and so of a spreadsheet), the names and texts of its files."""
    if not zipfile.is_zipfile(io.BytesIO(body)):
        yield body.decode("utf-8", errors="replace")
        return
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for name in archive.namelist():
            yield name
            yield from unpacked(archive.read(name))


def shape(address: str) -> tuple[str, tuple[str, ...]]:
    """Addresses that differ only in the values of their query are one page: weeks of a calendar, orders of a list."""
    parts = urlsplit(address)
    return parts.path, tuple(sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}))


def crawl(client: Client, starts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each address that can be reached from these, as page and as fragment, with all that was answered.

    The starts are all asked for; of what they lead to, a few of each kind.
    """
    starts = list(starts)
    waiting, known, kinds = deque(starts), set(), Counter()
    while waiting:
        address = waiting.popleft()
        if not is_ours(address) or shape(address) in known:
            continue
        kind = kind_of(address)
        if kinds[kind] >= MOST_OF_A_KIND and address not in starts:
            continue
        known.add(shape(address))
        kinds[kind] += 1
        response = client.get(address)
        yield address, (said := everything_in(response))
        if leads_to := response.get("Location"):
            waiting.append(urljoin(address, leads_to))
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            fragment = everything_in(client.get(address, headers=FRAGMENT))
            yield address, fragment
            waiting += [urljoin(address, link) for link in Links(said + fragment).found]


def is_ours(address: str) -> bool:
    """Whether an address is a page of ours, not a file and not another site's."""
    parts = urlsplit(address)
    here = parts.scheme in {"", "http"} and parts.netloc in {"", "testserver"}
    return here and parts.path.startswith("/") and not parts.path.startswith("/static/")


def kind_of(address: str) -> tuple[str, tuple[str, ...]]:
    """The name of the page and of what is asked of it: weeks of a calendar are one kind."""
    path, asked = shape(address)
    try:
        return str(resolve(path).url_name), asked
    except Resolver404:
        return path, asked
