"""Two people press the same button at once: one wins, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.services import Refused
from mentorship.models import HelpEntry, Mentor, Pairing, Participant
from mentorship.services import (
    add_participant,
    close_pairing,
    deny_help_entry,
    install_tools,
    set_availability,
    start_pairing,
    verify_help_entry,
)
from tests import factories
from tests.cast import NOW, TODAY, Cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run the acts together, each on a connection of its own; returns "" or the refusal for each."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            ready.wait(timeout=10)
            act()
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_one_verdict_counts_when_two_give_theirs_at_once(cast: Cast) -> None:
    entry = factories.HelpEntryFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)

    said = at_once(
        lambda: verify_help_entry(entry, by=cast.coordinator, now=NOW),
        lambda: deny_help_entry(entry, verdict="No", by=cast.coordinator, now=NOW),
        lambda: verify_help_entry(entry, by=cast.coordinator, now=NOW),
    )

    assert sorted(said) == ["", *["Ms Lane has looked at this already."] * 2]
    assert HelpEntry.objects.get().state == ("denied" if said[1] == "" else "verified")


def test_one_pair_starts_when_two_start_it_at_once(cast: Cast) -> None:
    said = at_once(
        *[lambda: start_pairing(cast.program, cast.teacher, cast.mentor, by=cast.coordinator, today=TODAY)] * 3
    )

    assert sorted(said) == ["", *["These two are a pair already."] * 2]
    assert Pairing.objects.count() == 1


def test_one_closing_reason_stays_when_two_close_at_once(cast: Cast) -> None:
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)

    said = at_once(
        lambda: close_pairing(pairing, reason="First", by=cast.coordinator, today=TODAY),
        lambda: close_pairing(pairing, reason="Second", by=cast.coordinator, today=TODAY),
    )

    pairing.refresh_from_db()
    assert sorted(said) == ["", "This pair is closed already."]
    assert pairing.close_reason == ("First" if said[0] == "" else "Second")


def test_a_person_joins_once_when_two_add_the_person_at_once(cast: Cast) -> None:
    student = factories.StudentFactory(school=cast.school)

    said = at_once(
        *[
            lambda: add_participant(
                cast.program, student, role="student", arm="reverse", by=cast.coordinator, today=TODAY
            )
        ]
        * 3
    )

    assert sorted(map(bool, said)) == [False, True, True]
    assert Participant.objects.filter(person=student).count() == 1
    assert Mentor.objects.filter(user=student).count() == 1


def test_free_time_and_tools_saved_twice_at_once_are_saved_once(cast: Cast) -> None:
    slots = {(cast.day_type.pk, cast.periods[0].pk)}
    cast.teacher.availability.all().delete()

    said = at_once(
        lambda: set_availability(cast.teacher, slots, by=cast.teacher),
        lambda: set_availability(cast.teacher, slots, by=cast.coordinator),
        lambda: install_tools(cast.school, by=cast.coordinator),
        lambda: install_tools(cast.school, by=cast.coordinator),
    )

    assert said == [""] * 4
    assert cast.teacher.availability.count() == 1
    assert cast.school.tools.count() == 9
