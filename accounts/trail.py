"""Telling the trail who acts, and from where. Every front door does so before it writes.

- A page: `TrailMiddleware` does it for each request that may write, with the page's URL name (never its address).
- A task: the class of all tasks (config/celery.py) does it. One that works for a person then says `act_as(job.by)`.
- A command: `with writing("command:NAME"):` around what it writes, or as a decorator of `handle`.
- A page for people who are not signed in (a guardian's link, an invitation, a sign-in card): nothing, or
  `act_as(person)` once the page knows whose act it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory
from django.http import HttpRequest

from accounts import clock
from accounts.models import User

# What follows from a call for help is told as the program's doing: the trail says nothing of concerns.
OF_CONCERNS = frozenset({"concern_raise"})
PROGRAM = "program"


@contextmanager
def writing(origin: str, *, user: User | None = None) -> Iterator[None]:
    """Whatever is written inside stands in the trail as done now, by `user` (or by nobody), from `origin`.

    It costs no statement: two settings go along with each one that writes.
    """
    with pghistory.context(at=clock.now().isoformat(), user=user.pk if user else None, origin=origin):
        yield


def act_as(person: User) -> None:
    """From here on, what this request or task writes is this person's act. Outside of both it does nothing."""
    pghistory.context(user=person.pk)


def tell_page(request: HttpRequest) -> None:
    """Name the page of this request, once it is known which one it is."""
    page = (request.resolver_match and request.resolver_match.url_name) or ""
    if page in OF_CONCERNS:
        pghistory.context(user=None, origin=PROGRAM)
    else:
        pghistory.context(origin=page)
