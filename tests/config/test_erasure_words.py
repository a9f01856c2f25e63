"""What others wrote or were told about an erased person."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import (
    Concern,
    Message,
)
from accounts.services import close_concern, open_concern
from config.personal_data import erase, preview_erasure
from tests import factories
from tests.cast import NOW, Cast


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def line(preview, words: str):
    """The line of a preview that holds these words."""
    return next((fate for fate in preview.fates if words in fate.label), None)


def test_reason_that_an_erased_person_gave_goes_from_others_bookings(cast: Cast) -> None:
    booking = factories.BookingFactory(
        program=cast.program, teacher=cast.other_teacher, mentor=cast.mentor, state="cancelled",
        ended_at=NOW, ended_by=cast.teacher, end_reason="I am ill", goal="Essay",
    )  # fmt: skip

    erase(cast.teacher, by=cast.coordinator, now=NOW)

    booking.refresh_from_db()
    assert booking.end_reason == ""


def test_closed_calls_for_help_are_emptied(cast: Cast) -> None:
    by_person = open_concern(by=cast.mentor, about=cast.teacher, text="She shouted", now=NOW)
    about_person = open_concern(by=cast.other_teacher, about=cast.mentor, text="He is sad", now=NOW)
    for concern in (by_person, about_person):
        close_concern(concern, answer="We talked", by=cast.coordinator, now=NOW)
    preview = preview_erasure(cast.mentor, by=cast.coordinator)

    erase(cast.mentor, by=cast.coordinator, now=NOW)

    assert line(preview, "Closed calls for help").count == 2
    assert {(concern.text, concern.answer) for concern in Concern.objects.all()} == {("", "")}
    assert Concern.objects.filter(closed_by=cast.coordinator, closed_at=NOW).count() == 2


def test_open_call_keeps_its_words_and_one_about_the_eraser_is_neither_told_nor_emptied(cast: Cast) -> None:
    cast.school.second_adult = cast.other_teacher
    cast.school.save()
    waiting = open_concern(by=cast.mentor, about=None, text="I am afraid", now=NOW)
    about_her = open_concern(by=cast.mentor, about=cast.coordinator, text="She shouted", now=NOW)
    close_concern(about_her, answer="We talked", by=cast.other_teacher, now=NOW)
    preview = preview_erasure(cast.mentor, by=cast.coordinator)

    erase(cast.mentor, by=cast.coordinator, now=NOW)

    waiting.refresh_from_db()
    about_her.refresh_from_db()
    assert line(preview, "calls for help") is None
    assert (waiting.text, about_her.text) == ("I am afraid", "She shouted")


def test_messages_that_are_over_and_name_the_person_are_emptied_but_no_namesakes_that_waits(cast: Cast) -> None:
    common = {"school": cast.school, "user": cast.other_teacher, "kind": "x", "event_at": NOW, "due_at": NOW}
    sent = {"state": "sent", "channel": "mail", "sent_at": NOW}
    named = Message.objects.create(**common, **sent, about="a:1", context={"who": "Maya R."}, calendar_file="x")
    other = Message.objects.create(**common, **sent, about="a:2", context={"who": "Leo T."})
    namesake = Message.objects.create(**common, about="a:3", context={"who": "Maya R."})
    preview = preview_erasure(cast.mentor, by=cast.coordinator)

    erase(cast.mentor, by=cast.coordinator, now=NOW)

    for message in (named, other, namesake):
        message.refresh_from_db()
    assert line(preview, "that name this person").count == 1
    assert (named.context, named.calendar_file) == ({}, "")
    assert other.context == {"who": "Leo T."}
    assert namesake.context == {"who": "Maya R."}
