"""The page of the trail: sentences, who reads what, and what it costs."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import School, TrailEntry, User
from accounts.permissions import Role
from accounts.reports.trail import PAGE_ROWS, trail_page
from accounts.templatetags.trail import trail_sentences
from accounts.trail import writing
from mentorship.services import verify_help_entry
from tests import factories
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def in_december() -> Iterator[None]:
    """A Thursday in the term."""
    with time_machine.travel(dt.datetime(2026, 12, 3, 16, 41, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def verified(cast: Cast) -> TrailEntry:
    """The entry that a verification leaves."""
    log = factories.HelpEntryFactory(program=cast.program, student=cast.mentor, teacher=cast.teacher)
    with writing("help_entry_verify", user=cast.coordinator):
        verify_help_entry(log, by=cast.coordinator, now=NOW)
    return TrailEntry.objects.get(kind="mentorship.HelpEntry", act="update")


def text_of(page: str) -> str:
    """The words of the list, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") :]))


def note(school: School, **more: Any) -> TrailEntry:
    """An entry as a trigger writes it."""
    values = {
        "kind": "accounts.Room", "act": "update", "origin": "room_edit", "people": [], "object_id": 1,
        "changes": {"in_view": [False, True]},
    } | more  # fmt: skip
    return TrailEntry.objects.create(at=NOW, school=school, **values)


def said(entry: TrailEntry, reader: User) -> list[str]:
    """The sentences of one entry, for this reader."""
    page = trail_page(reader)
    with timezone.override(reader.school.zone), translation.override(reader.language):
        return trail_sentences(next(one for one in page.entries if one.pk == entry.pk), page)


def test_anonymous_is_sent_to_sign_in(client: Client) -> None:
    assert client.get(reverse("trail_list")).url.startswith(reverse("account_login"))


def test_coordinator_reads_sentences_with_day_and_place(cast: Cast, sign_in: SignIn, verified: TrailEntry) -> None:
    words = text_of(sign_in(cast.coordinator).get(reverse("trail_list")).content.decode())

    assert "Ms Lane verified the log of Maya R. Thursday 3 December, 10:41 · Help log · from “Help log”" in words


@pytest.mark.parametrize(("language", "words"), [("es", "Ms Lane verificó el registro de Maya R."), ("ar", "Ms Lane")])
def test_sentences_are_in_the_readers_language(
    cast: Cast, sign_in: SignIn, verified: TrailEntry, language: str, words: str
) -> None:
    User.objects.filter(pk=cast.coordinator.pk).update(language=language)

    page = sign_in(cast.coordinator).get(reverse("trail_list")).content.decode()

    assert words in page
    assert "verified the log" not in page


def test_admin_reads_who_what_kind_and_when_without_contents_and_students(
    cast: Cast, sign_in: SignIn, verified: TrailEntry
) -> None:
    note(cast.school, made_by=cast.mentor, people=[cast.mentor.pk])

    words = text_of(sign_in(cast.admin).get(reverse("trail_list")).content.decode())

    assert "Ms Lane changed something. Thursday 3 December, 10:41 · Help log" in words
    assert "A student mentor changed something." in words
    assert "Maya" not in words
    assert "verified" not in words


def test_teacher_and_student_read_their_own_acts_only(cast: Cast, sign_in: SignIn, verified: TrailEntry) -> None:
    note(cast.school, made_by=cast.teacher)
    note(cast.school, made_by=cast.mentor, changes={"name": ["118", "119"]})

    teacher = text_of(sign_in(cast.teacher).get(reverse("trail_list")).content.decode())
    student = text_of(sign_in(cast.mentor).get(reverse("trail_list") + "?q=Lane").content.decode())

    assert "Ms Ortiz marked a room as in view." in teacher
    assert "Maya R. changed the name of a room from 118 to 119." in student
    assert "Ms Lane" not in teacher + student


def test_admin_who_teaches_reads_the_contents_of_own_acts(cast: Cast) -> None:
    User.objects.filter(pk=cast.admin.pk).update(roles=[Role.ADMIN, Role.TEACHER])
    cast.admin.refresh_from_db()
    own = note(cast.school, made_by=cast.admin, people=[cast.mentor.pk], kind="accounts.User", changes={"email": []})
    other = note(cast.school, made_by=cast.teacher, people=[cast.mentor.pk], kind="accounts.User")

    assert said(own, cast.admin) == ["Dr Amin changed the e-mail address of Maya R."]
    assert said(other, cast.admin) == ["Ms Ortiz changed something."]


def test_another_school_is_not_there(cast: Cast, sign_in: SignIn, verified: TrailEntry) -> None:
    words = text_of(sign_in(cast.stranger_coordinator).get(reverse("trail_list")).content.decode())

    assert "Maya" not in words
    assert "added" in words


def test_kind_and_person_filter(cast: Cast, sign_in: SignIn, verified: TrailEntry) -> None:
    note(cast.school, made_by=cast.teacher)
    client = sign_in(cast.coordinator)

    by_kind = text_of(client.get(reverse("trail_list"), {"kind": "accounts.Room"}).content.decode())
    by_person = text_of(client.get(reverse("trail_list"), {"q": "rahman"}).content.decode())
    nobody = text_of(client.get(reverse("trail_list"), {"q": "zzz"}).content.decode())
    wrong = text_of(client.get(reverse("trail_list"), {"kind": "accounts.Concern"}).content.decode())

    assert "marked a room as in view" in by_kind
    assert "verified the log" not in by_kind
    assert "verified the log of Maya R." in by_person
    assert "marked a room as in view" not in by_person
    assert "Nothing fits" in nobody
    assert "verified the log" in wrong


def test_admin_finds_staff_by_name_and_no_student(cast: Cast) -> None:
    mine = note(cast.school, made_by=cast.coordinator, people=[cast.mentor.pk])
    note(cast.school, made_by=cast.mentor, people=[cast.mentor.pk])

    assert [entry.pk for entry in trail_page(cast.admin, name="lane").entries] == [mine.pk]
    assert trail_page(cast.admin, name="rahman").entries == []


def test_pages_go_back_to_the_first_entry(cast: Cast, sign_in: SignIn) -> None:
    first = TrailEntry.objects.filter(school=cast.school).earliest("pk")
    for _number in range(PAGE_ROWS):
        note(cast.school)
    client, address, seen = sign_in(cast.coordinator), reverse("trail_list"), 0

    while address:
        page = client.get(address).content.decode()
        seen += page.count('<li class="sheet-row">')
        older = re.search(r'rel="next" href="(\?before=\d+)"', page)
        address = reverse("trail_list") + older[1] if older else ""

    assert seen == TrailEntry.objects.filter(school=cast.school).count() > PAGE_ROWS
    assert first.pk
    assert "Newest" in page


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30])
def test_a_wrong_beginning_shows_the_newest(cast: Cast, sign_in: SignIn, verified: TrailEntry, before: str) -> None:
    page = sign_in(cast.coordinator).get(reverse("trail_list"), {"before": before})

    assert "verified the log" in page.content.decode()


def test_a_school_without_entries_says_what_will_stand_here(cast: Cast, sign_in: SignIn) -> None:
    assert "Each change will stand here" in sign_in(cast.other_mentor).get(reverse("trail_list")).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_for_1_and_30_rows(
    cast: Cast, sign_in: SignIn, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _number in range(count):
        note(cast.school, made_by=factories.TeacherFactory(school=cast.school), people=[cast.mentor.pk])
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(4):  # session and user, entries, people
        client.get(reverse("trail_list"))
    with django_assert_num_queries(5):  # and who is called so
        client.get(reverse("trail_list"), {"q": "maya", "kind": "accounts.Room"})


def test_the_first_page_reads_an_index_and_not_the_table(cast: Cast) -> None:
    rows = [
        TrailEntry(
            at=NOW, school=school, kind=kind, act="update", object_id=number, people=[number], changes={}, origin=""
        )
        for number in range(1500)
        for school in (cast.school, cast.stranger.school)
        for kind in ("accounts.User", "accounts.Room")
    ]
    TrailEntry.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_trailentry")

    for kind in ("", "accounts.Room"):
        with CaptureQueriesContext(connection) as asked:
            trail_page(cast.coordinator, kind=kind)
        statement = next(query["sql"] for query in asked if "accounts_trailentry" in query["sql"])
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan" not in plan, plan
        assert "Sort" not in plan, plan
