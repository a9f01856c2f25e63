"""Walking through the program as one visitor: every page that a link leads to, and all that an answer says."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client

FRAGMENT = {"HX-Request": "true"}
# More pages than a visitor of one small school can have: a calendar would go on for ever.
MOST_PAGES = 600


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
    """Each address that can be reached from these, as page and as fragment, with all that was answered."""
    waiting, known = list(starts), set()
    while waiting:
        address = waiting.pop()
        parts = urlsplit(address)
        is_ours = parts.scheme in {"", "http"} and parts.netloc in {"", "testserver"} and parts.path.startswith("/")
        if not is_ours or parts.path.startswith("/static/") or shape(address) in known:
            continue
        known.add(shape(address))
        assert len(known) < MOST_PAGES, f"no end of pages: {address}"
        for headers in ({}, FRAGMENT):
            response = client.get(address, headers=headers)
            said = everything_in(response)
            if response.get("Content-Type", "").startswith("text/html"):
                waiting += [urljoin(address, link) for link in Links(said).found]
            if leads_to := response.get("Location"):
                waiting.append(urljoin(address, leads_to))
            yield address, said
