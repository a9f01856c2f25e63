"""Two schools full of canaries, the visitors signed in, and every form that stands on a page of each of them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.urls import resolve, reverse

from tests.canary import Farm
from tests.crawl import crawl, everything_in, is_ours
from tests.paper_forms import PaperForm, forms_on
from tests.policy import people_of, sign_in_all, visit
from tests.policy_table import PAGES
from tests.world import World


class Walk:
    """What the tests of attacks start from; what they do is rolled back."""

    def __init__(self, farm: Farm) -> None:
        self.farm = farm
        self.people = {**people_of(farm.own), "Z": farm.foreign.cast.coordinator}
        self.clients = sign_in_all(self.people)
        self.forms = functools.cache(self._forms)

    def all_received(self, label: str) -> Iterator[tuple[str, str]]:
        """Everything that one visitor can get out of the pages of both schools, with the place."""
        yield from crawl(self.clients[label], starts(self.farm.own, self.farm.foreign))
        for name, page in PAGES.items():
            if page.post:
                with transaction.atomic():
                    response = visit(self.clients[label], "post", page.address(name, self.farm.own))
                    yield f"POST {name}", everything_in(response)
                    transaction.set_rollback(True)

    def _forms(self, label: str) -> list[tuple[str, PaperForm]]:
        """The forms on the pages of one visitor, one of each kind, with the name of the page that they are sent to."""
        found: dict[tuple[str, ...], tuple[str, PaperForm]] = {}
        for where, text in crawl(self.clients[label], starts(self.farm.own)):
            for form in forms_on(where, text):
                if is_ours(form.action):
                    name = str(resolve(urlsplit(form.action).path).url_name)
                    found.setdefault((name, *sorted(form.fields)), (name, form))
        return list(found.values())

    def send(self, label: str, form: PaperForm, **changed: list[str]) -> HttpResponse:
        """Send a form filled in, but for what is changed."""
        return self.post(label, form.action, {**form.filled(), **changed})

    def post(self, label: str, address: str, data: dict[str, list[str]]) -> HttpResponse:
        """Send these fields to an address."""
        return visit(self.clients[label], "post", address, data=data)


def starts(*worlds: World) -> Iterator[str]:
    """Every page of the policy's table with the rows of each world, and the pages of each person of the cast."""
    for world in worlds:
        cast = world.cast
        everybody = [cast.coordinator, cast.admin, cast.teacher, cast.other_teacher, cast.mentor, cast.other_mentor]
        numbers = {person.pk for person in everybody}
        for name, page in PAGES.items():
            if not page.get:
                continue
            yield page.address(name, world)
            arguments = page.of(world) if page.of else {}
            if arguments.get("pk") in numbers:
                yield from (reverse(name, kwargs={**arguments, "pk": person.pk}) for person in everybody)
