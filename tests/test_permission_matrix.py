"""Every address of the resolver, as every kind of visitor, with GET and POST. The table below is the policy, read back.

C coordinator, T the teacher and S the student mentor whose row it is, T2 and S2 another teacher and another student,
A admin, X nobody (not signed in), Z somebody of another school who wears all four hats.
An address without a row fails; so does a refusal that changed the database, and a GET that did.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.permissions import Role
from tests import factories
from tests.cast import NOW, Cast
from tests.world import World, make_world

VISITORS = ["C", "T", "S", "A", "T2", "S2", "X", "Z"]
SIGN_IN, WRONG_ROLE, NOT_YOURS, WRONG_METHOD = 302, 403, 404, 405
Arguments = Callable[[World], dict[str, Any]]


@dataclass
class Page:
    """What each visitor is answered. A role that is not named is refused (403).

    `get` and `post` read like "C200 T200"; several answers stand as "C200 T302"; none at all means a wrong method.
    """

    get: str = ""
    post: str = ""
    of: Arguments | None = None
    is_open: bool = False

    def expected(self, method: str, visitor: str) -> int:
        """The status that this visitor is answered."""
        if visitor == "X" and not self.is_open:
            return SIGN_IN
        said = dict(re.fullmatch(r"([CTSAXZ]2?)=?(\d{3})", word).groups() for word in getattr(self, method).split())
        if not said:
            return WRONG_METHOD
        if visitor in said:
            return int(said[visitor])
        if visitor == "Z":
            return NOT_YOURS if self.of else max(int(status) for status in said.values() if int(status) != 404)
        if visitor in {"T2", "S2"} and visitor[0] in said:
            return int(said[visitor[0]])
        return WRONG_ROLE


def a(name: str, **more: str) -> Arguments:
    """The address of one row: its primary key, or what else the address takes."""
    return lambda world: {"pk": getattr(world, name).pk, **more}


def person(name: str) -> Arguments:
    """The address of a person of the cast."""
    return lambda world: {"pk": getattr(world.cast, name).pk}


EVERYBODY = "C200 T200 S200 A200 X200 Z200"
SIGNED_IN = "C200 T200 S200 A200"

PAGES: dict[str, Page] = {
    # config and sign-in
    "home": Page(get=SIGNED_IN),
    "healthz": Page(get=EVERYBODY, is_open=True),
    "account_login": Page(get="C302 T302 S302 A302 X200 Z302", post="C302 T302 S302 A302 X200 Z302", is_open=True),
    "account_logout": Page(get="C200 T200 S200 A200 X302 Z200", post="C302 T302 S302 A302 X302", is_open=True),
    "account_inactive": Page(get=EVERYBODY, is_open=True),
    "account_change_password": Page(get=SIGNED_IN, post=SIGNED_IN),
    "account_reset_password": Page(get=EVERYBODY, post=EVERYBODY, is_open=True),
    "account_reset_password_done": Page(get=EVERYBODY, is_open=True),
    "account_reset_password_from_key": Page(
        get=EVERYBODY, post=EVERYBODY, is_open=True, of=lambda _world: {"uidb36": "1", "key": "no-such-key"}
    ),
    "account_reset_password_from_key_done": Page(get=EVERYBODY, is_open=True),
    # accounts
    "reading_edit": Page(get=EVERYBODY, post="C422 T422 S422 A422 X422", is_open=True),
    "person_list": Page(get="C200 A200"),
    "roster_upload": Page(get="C200 A200", post="C422 A422"),
    "roster_template": Page(get="C200 A200"),
    "roster_preview": Page(get="C200 A200", post="C302 A302", of=a("upload")),
    "roster_discard": Page(post="C302 A302", of=a("upload")),
    "message_list": Page(get="C200"),
    "message_resend": Page(post="C302", of=a("message")),
    "message_cancel": Page(post="C302", of=a("message")),
    "consent_record": Page(get="C200", post="C422", of=person("mentor")),
    "person_sessions_end": Page(post="C302 A302", of=person("teacher")),
    "my_sessions_end": Page(post="C302 T302 S302 A302"),
    "my_consent_list": Page(get=SIGNED_IN),
    "my_consent_withdraw": Page(get="T200 C404 S404 A404 T2=404", post="T302 C404 S404 A404 T2=404", of=a("consent")),
    "school_time": Page(get="C200 A200", post="C422 A422"),
    "school_day_fill": Page(get="C200 A200 Z302", post="C422 A422 Z302"),
    "school_day_close": Page(post="C422 A422 Z302"),
    "room_list": Page(get="C200 A200"),
    "room_create": Page(get="C200 A200", post="C422 A422"),
    "room_edit": Page(get="C200 A200", post="C422 A422", of=lambda world: {"pk": world.cast.room.pk}),
    "school_settings": Page(get="C200 A200", post="C422 A422"),
    "school_thresholds": Page(post="A422"),
    "concern_list": Page(get=SIGNED_IN),
    # The mentor raised it, about the teacher: the one reads it, the other never learns of it.
    "concern_detail": Page(get="C200 S200 T404 A404 S2=404", post="C422 S403 T404 A404 S2=404", of=a("concern")),
    # mentorship
    "program_list": Page(get="C200"),
    "program_create": Page(get="C200", post="C422"),
    "program_detail": Page(get="C200", of=lambda world: {"pk": world.cast.program.pk}),
    "participant_add": Page(get="C200", post="C422", of=lambda world: {"pk": world.cast.program.pk}),
    "participant_remove": Page(post="C302", of=a("participant")),
    "pairing_create": Page(get="C200", post="C422", of=lambda world: {"pk": world.cast.program.pk}),
    "pairing_close": Page(get="C200", post="C422", of=a("pairing")),
    "availability_edit": Page(
        get="C200 T200 S404 T2=404 S2=404", post="C302 T302 S404 T2=404 S2=404", of=person("teacher")
    ),
    "mentor_edit": Page(get="C200 S200 S2=404", post="C302 S302 S2=404", of=person("mentor")),
    "tool_list": Page(get="C200", post="C422"),
    "tool_install": Page(post="C302"),
    "help_entry_list": Page(get="C200 T200 S200"),
    "help_entry_verify_many": Page(post="C302"),
    "help_entry_detail": Page(get="C200 T200 S200 T2=404 S2=404", of=a("entry")),
    "help_entry_edit": Page(get="S200 S2=404", post="S422 S2=404", of=a("entry")),
    "help_entry_verify": Page(post="C302", of=a("entry")),
    "help_entry_change": Page(post="C422", of=a("entry")),
    "help_entry_deny": Page(post="C422", of=a("entry")),
    # sessions_app
    "calendar": Page(get="C200 T200 S200"),
    "calendar_events": Page(get="C400 T400 S400"),  # asked without a week; what it shows has tests of its own
    "playground_create": Page(get="C200", post="C422"),
    "playground_detail": Page(get="C200 T200 S200 S2=404", of=a("playground")),
    "playground_cancel": Page(post="C302", of=a("playground")),
    "playground_sign_up": Page(post="T302", of=a("playground")),
    "playground_leave": Page(post="T302", of=a("playground")),
    "booking_find": Page(get="T200"),
    "booking_create": Page(post="T422"),
    "booking_detail": Page(get="C200 T200 S200 T2=404 S2=404", of=a("booking")),
    "booking_move": Page(get="C200 T200 T2=404", post="C422 T422 T2=404", of=a("booking")),
    "booking_cancel": Page(post="C302 T302 T2=404", of=a("booking")),
    "booking_decline": Page(post="S302 S2=404", of=a("booking")),
    "booking_log": Page(get="S200 S2=404", post="S422 S2=404", of=a("past_booking")),
    "consent_withdraw": Page(get="C200 S200 S2=404", post="C302 S302 S2=404", of=person("mentor")),
    "concern_raise": Page(get=SIGNED_IN, post="C302 T302 S302 A302"),
    # surveys
    "survey_list": Page(get="C200 T200 A200"),
    "study_create": Page(get="C200", post="C422"),
    "study_detail": Page(get="C200 A200", of=a("study")),
    "study_export": Page(get="A200", of=a("study")),
    "study_export_csv": Page(get="A409", of=a("study")),
    "study_codebook_csv": Page(get="A200", of=a("study")),
    "survey_begin": Page(get="T200", post="T302", of=a("wave")),
    "survey_answer": Page(get="T302", post="T302", of=a("wave")),
    "survey_decline": Page(post="T302", of=a("wave")),
    "survey_done": Page(get="T302", of=a("wave")),
}


def addresses(resolver: URLResolver | None = None) -> Iterator[str]:
    """The names of all addresses of the program."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            assert entry.name, f"{entry.pattern} has no name"
            yield entry.name
        else:
            yield from addresses(entry)


def fingerprint() -> str:
    """One hash over all rows of our tables, to see whether anything changed. Sessions and the cache are not ours."""
    ours = ("accounts", "mentorship", "sessions_app", "surveys")
    tables = sorted(
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.app_label in ours
    )
    sums = " || ".join(
        f"'/' || (SELECT coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t)" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5({sums})")
        return str(cursor.fetchone()[0])


@pytest.fixture
def world(cast: Cast) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield make_world(cast)


@pytest.fixture
def visitors(world: World) -> dict[str, Client]:
    """A signed-in client for each kind of visitor."""
    cast = world.cast
    people = {
        "C": cast.coordinator,
        "T": cast.teacher,
        "S": cast.mentor,
        "A": cast.admin,
        "T2": cast.other_teacher,
        "S2": cast.other_mentor,
        "Z": factories.UserFactory(school=cast.stranger.school, roles=list(Role)),
    }
    clients = {label: Client() for label in VISITORS}
    for label, person_ in people.items():
        clients[label].force_login(person_)
    return clients


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(addresses()) == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_policy(name: str, world: World, visitors: dict[str, Client]) -> None:
    page = PAGES[name]
    address = reverse(name, kwargs=page.of(world) if page.of else None)
    surprises = []

    for method in ("get", "post"):
        for label, client in visitors.items():
            with transaction.atomic():
                before = fingerprint()
                response = getattr(client, method)(address)
                expected = page.expected(method, label)
                if response.status_code != expected:
                    surprises.append(f"{label} {method}: {response.status_code}, not {expected}")
                if label == "X" and not page.is_open and not response["Location"].startswith("/accounts/login/"):
                    surprises.append(f"{label} {method}: sent to {response['Location']}")
                is_refused = expected >= 400 or (label == "X" and not page.is_open)
                if (is_refused or method == "get") and fingerprint() != before:
                    surprises.append(f"{label} {method}: the database changed")
                transaction.set_rollback(True)

    assert not surprises, "\n".join([name, *surprises])


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.get])
def test_head_answers_like_get_and_changes_nothing(name: str, world: World, visitors: dict[str, Client]) -> None:
    page = PAGES[name]
    address = reverse(name, kwargs=page.of(world) if page.of else None)
    before = fingerprint()

    surprises = [
        f"{label}: {status}, not {page.expected('get', label)}"
        for label, client in visitors.items()
        if (status := client.head(address).status_code) != page.expected("get", label)
    ]

    assert not surprises, "\n".join([name, *surprises])
    assert fingerprint() == before


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.of and not page.is_open])
def test_foreign_row_answers_like_a_missing_one(name: str, world: World, visitors: dict[str, Client]) -> None:
    page = PAGES[name]
    method = "get" if page.get else "post"

    ask = getattr(visitors["Z"], method)

    foreign = ask(reverse(name, kwargs=page.of(world)))
    missing = ask(reverse(name, kwargs={"pk": 999_999_999}))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_secrets(foreign) == without_secrets(missing)


def without_secrets(response: HttpResponse) -> str:
    """The page without what differs at each request: the nonce and the form's token."""
    text = re.sub(r'nonce="[^"]*"', "", response.content.decode())
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", text)
