"""The sentences in which the trail tells what somebody did."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone, translation

from accounts.models import TRACKED, School, TrailEntry, User
from accounts.reports.trail import trail_page
from accounts.services.trail import expire_trail
from accounts.templatetags.trail import trail_kind, trail_place, trail_sentences
from accounts.trail import writing
from tests.cast import NOW, Cast


@pytest.fixture(autouse=True)
def in_december() -> Iterator[None]:
    """A Thursday in the term."""
    with time_machine.travel(dt.datetime(2026, 12, 3, 16, 41, tzinfo=dt.UTC), tick=False):
        yield


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


@pytest.mark.parametrize(
    ("origin", "who"),
    [
        ("", "Somebody at the database"),
        ("program", "Flipside"),
        ("task:accounts.tasks.expire_daily", "Flipside"),
        ("command:create_school", "A command on the server"),
        ("guardian_consent", "A guardian"),
        ("join", "Somebody who was not signed in"),
    ],
)
def test_who_did_it_where_nobody_is_named(cast: Cast, origin: str, who: str) -> None:
    assert said(note(cast.school, origin=origin), cast.coordinator) == [f"{who} marked a room as in view."]


def test_an_erased_person_has_no_name_any_more(cast: Cast) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(
        given_name="", family_name="", email=None, is_active=False, erased_at=NOW, title=""
    )
    entry = note(
        cast.school, kind="accounts.User", made_by=cast.teacher, people=[cast.teacher.pk], changes={"email": []}
    )

    assert said(entry, cast.coordinator) == [
        "Somebody who was erased changed the e-mail address of somebody who was erased."
    ]


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        ({"act": "insert", "changes": {"name": [None, "118"]}}, ["Ms Lane added a room: 118."]),
        ({"act": "delete", "changes": {"name": ["118", None]}}, ["Ms Lane removed a room: 118."]),
        ({"changes": {"is_shared": [False, True]}}, ["Ms Lane changed a room."]),
        (
            {"changes": {"name": ["118", "119"], "in_view": [True, False]}},
            ["Ms Lane changed the name of a room from 118 to 119.", "Ms Lane marked a room as not in view."],
        ),
        (
            {"kind": "accounts.User", "changes": {"roles": [["teacher"], []]}},
            ["Ms Lane changed the roles of Maya R. from Teacher to nothing."],
        ),
        (
            {"kind": "accounts.School", "changes": {"retention_days": [{}, {"trail": 400}], "second_adult": [4, None]}},
            ["Ms Lane changed how long data is kept.", "Ms Lane named nobody as second adult any more."],
        ),
        (
            {"kind": "accounts.School", "changes": {"minimum_group_size": [10, 8]}},
            ["Ms Lane changed the smallest group shown from 10 to 8."],
        ),
        (
            {"kind": "accounts.Consent", "act": "insert",
             "changes": {"purpose": [None, "take_part"], "signature": []}},
            ["Ms Lane put a consent for Maya R. on record: take part in the program."],
        ),
        (
            {"kind": "accounts.Consent", "act": "insert",
             "changes": {"purpose": [None, "take_part"], "is_refusal": [None, True]}},
            ["Ms Lane put a no for Maya R. on record: take part in the program."],
        ),
        (
            {"kind": "mentorship.Program", "changes": {"ends_on": ["2026-12-18", "2027-01-15"]}},
            ["Ms Lane moved the last day of a program from 18 December 2026 to 15 January 2027."],
        ),
        (
            {"kind": "mentorship.Pairing", "changes": {"state": ["started", "paused"]}},
            ["Ms Lane paused the pair of Maya R. and nobody."],
        ),
        (
            {"kind": "sessions_app.Booking",
             "changes": {"starts_at": ["2026-12-03T16:40:00+00:00", "2026-12-04T16:40:00+00:00"]}},
            ["Ms Lane moved the booking of Maya R. and nobody from Thursday 3 December, 10:40 to Friday 4 December,"
             " 10:40."],
        ),
        ({"kind": "accounts.School", "act": "delete", "changes": {}}, ["Ms Lane changed the settings of the school."]),
    ],
)  # fmt: skip
def test_sentences(cast: Cast, values: dict[str, Any], sentences: list[str]) -> None:
    entry = note(cast.school, **({"made_by": cast.coordinator, "people": [cast.mentor.pk]} | values))

    assert said(entry, cast.coordinator) == sentences


def test_the_end_of_old_entries_is_told(cast: Cast) -> None:
    note(cast.school, people=[])
    with writing("task:accounts.tasks.expire_daily"):
        expire_trail(cast.school, before=NOW + dt.timedelta(seconds=1))

    purge = TrailEntry.objects.get(act="purge")

    assert said(purge, cast.coordinator) == ["Flipside deleted old entries of the trail: 1."]
    assert said(purge, cast.admin) == ["Flipside deleted old entries."]
    assert (trail_kind(purge), trail_place(purge)) == ("Trail", "")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "accounts.Dragon"}, "Ms Lane changed something."),
        ({"kind": "accounts.Dragon", "act": "insert"}, "Ms Lane added something."),
        ({"changes": {"scales": ["green", "red"]}}, "Ms Lane changed a room."),
        ({"act": "insert", "changes": {"name": [None, "118"], "scales": [None, "red"]}}, "Ms Lane added a room: 118."),
    ],
)
def test_an_entry_outlasts_the_table_and_the_field_that_it_tells_of(
    cast: Cast, values: dict[str, Any], sentence: str
) -> None:
    entry = note(cast.school, **({"made_by": cast.coordinator} | values))

    assert said(entry, cast.coordinator) == [sentence]


def test_from_right_to_left_a_name_keeps_its_own_direction(cast: Cast) -> None:
    cast.coordinator.language = "ar"
    entry = note(cast.school, kind="sessions_app.Booking", act="insert", people=[cast.mentor.pk], changes={})

    (sentence,) = said(entry, cast.coordinator)

    assert "\u2068Maya R.\u2069" in sentence


def test_every_sentence_can_be_filled(cast: Cast) -> None:
    blank = dict.fromkeys(("who", "whom", "other", "old", "new"), "x")

    for label, tracked in TRACKED.items():
        values = blank | dict.fromkeys(tracked.fields, "x")
        for language in ("en", "es", "ar"):
            with translation.override(language):
                assert [str(words) % values for words in tracked.words.values()], label
                assert str(tracked.name)
