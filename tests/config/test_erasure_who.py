"""Who may erase whom, and what the page says before."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import (
    ErasureRequest,
    User,
)
from accounts.permissions import Role
from accounts.services import Refused
from config.personal_data import erase, preview_erasure
from mentorship.models import HelpEntry
from tests import factories
from tests.cast import NOW, Cast
from tests.world import World, make_world


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def line(preview, words: str):
    """The line of a preview that holds these words."""
    return next((fate for fate in preview.fates if words in fate.label), None)


def test_request_ends_with_who_carried_it_out(cast: Cast) -> None:
    ErasureRequest.objects.create(person=cast.teacher, asked_at=NOW)

    erase(cast.teacher, by=cast.coordinator, now=NOW)

    request = ErasureRequest.objects.get()
    assert (request.ended_at, request.carried_out_by) == (NOW, cast.coordinator)


@pytest.mark.parametrize("who", ["admin", "teacher", "stranger_coordinator"])
def test_only_a_coordinator_of_the_school_erases(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="You can't do this"):
        erase(cast.mentor, by=getattr(cast, who), now=NOW)

    assert User.objects.get(pk=cast.mentor.pk).given_name == "Maya"


def test_nobody_erases_herself_a_coordinator_an_admin_or_anybody_twice(cast: Cast) -> None:
    cast.other_teacher.roles = [Role.TEACHER, Role.COORDINATOR]
    cast.other_teacher.save()
    erase(cast.mentor, by=cast.coordinator, now=NOW)

    for person, words in [
        (cast.coordinator, "Nobody erases themselves"),
        (cast.admin, "can't be erased"),
        (cast.other_teacher, "can't be erased"),
        (cast.mentor, "erased already"),
    ]:
        with pytest.raises(Refused, match=words):
            erase(person, by=cast.coordinator, now=NOW)
        with pytest.raises(Refused, match=words):
            preview_erasure(User.objects.get(pk=person.pk), by=cast.coordinator)


def test_preview_counts_what_goes_and_what_stays(cast: Cast, world: World) -> None:
    HelpEntry.objects.filter(pk=world.entry.pk).update(
        note="x", state="verified", verified_by=cast.coordinator, verified_at=NOW, minutes=90
    )

    preview = preview_erasure(cast.mentor, by=cast.coordinator)

    words = line(preview, "own words, goals")
    hours = line(preview, "Entries of the help log, with 1.5 hours")
    links = line(preview, "Tools that a mentor knows")
    assert (words.count, words.stays, words.is_deleted) == (1, False, False)
    assert (hours.count, hours.stays) == (1, True)
    assert (links.count, links.is_deleted) == (1, True)
    assert line(preview, "Second factors") is None
    assert any("sealed study" in sentence for sentence in preview.not_found)


def test_preview_of_somebody_without_rows_promises_nothing(cast: Cast) -> None:
    person = factories.TeacherFactory(school=cast.school)

    preview = preview_erasure(person, by=cast.coordinator)

    assert preview.fates == []
    assert len(preview.not_found) == 4
