"""Verifying, changing and denying help entries: by whom, once, and what counts then."""

import pytest

from accounts.services import Refused
from mentorship.models import HelpEntry
from mentorship.services import (
    change_help_entry,
    deny_help_entry,
    submit_help_entry,
    verify_help_entry,
    verify_many,
)
from tests import factories
from tests.cast import NOW, Cast
from tests.mentorship.help_facts import LATER, facts


def test_verify_help_entry_says_who_and_when(cast: Cast) -> None:
    entry = submit_help_entry(**facts(cast))

    verify_help_entry(entry, by=cast.coordinator, now=LATER)

    entry.refresh_from_db()
    assert (entry.state, entry.verified_by, entry.verified_at) == ("verified", cast.coordinator, LATER)


def test_verify_help_entry_a_second_time_is_refused_by_name(cast: Cast) -> None:
    entry = submit_help_entry(**facts(cast))
    verify_help_entry(entry, by=cast.coordinator, now=NOW)

    with pytest.raises(Refused, match="Ms Lane has looked at this already"):
        verify_help_entry(entry, by=cast.coordinator, now=LATER)
    with pytest.raises(Refused, match="already"):
        deny_help_entry(entry, verdict="No", by=cast.coordinator, now=LATER)

    entry.refresh_from_db()
    assert (entry.state, entry.verified_at) == ("verified", NOW)


@pytest.mark.parametrize("who", ["mentor", "teacher", "admin", "stranger_coordinator"])
def test_verify_help_entry_is_for_the_own_coordinator(cast: Cast, who: str) -> None:
    entry = submit_help_entry(**facts(cast))

    with pytest.raises(Refused):
        verify_help_entry(entry, by=getattr(cast, who), now=NOW)

    entry.refresh_from_db()
    assert entry.is_waiting


def test_verify_help_entry_is_refused_to_the_student_who_also_coordinates(cast: Cast) -> None:
    entry = submit_help_entry(**facts(cast))
    cast.mentor.roles = ["student", "coordinator"]
    cast.mentor.save()

    with pytest.raises(Refused, match="Nobody verifies the own help"):
        verify_help_entry(entry, by=cast.mentor, now=NOW)

    entry.refresh_from_db()
    assert entry.is_waiting


def test_verify_help_entry_that_was_not_sent_is_refused(cast: Cast) -> None:
    draft = factories.HelpEntryFactory(
        program=cast.program, student=cast.mentor, teacher=cast.teacher, state="draft", submitted_at=None
    )

    with pytest.raises(Refused, match="not been sent"):
        verify_help_entry(draft, by=cast.coordinator, now=NOW)

    draft.refresh_from_db()
    assert draft.state == "draft"


def test_change_help_entry_verifies_with_other_minutes(cast: Cast) -> None:
    entry = submit_help_entry(**facts(cast))

    change_help_entry(entry, minutes=20, verdict="The bell was earlier", by=cast.coordinator, now=LATER)

    entry.refresh_from_db()
    assert (entry.state, entry.minutes, entry.verdict) == ("changed", 20, "The bell was earlier")
    assert entry.verified_by == cast.coordinator


@pytest.mark.parametrize(
    ("minutes", "verdict", "said"),
    [(25, "Same", "minutes are the same"), (20, " ", "Say what"), (0, "No", "1 to 600"), (601, "Long", "1 to 600")],
)
def test_change_help_entry_refuses(cast: Cast, minutes: int, verdict: str, said: str) -> None:
    entry = submit_help_entry(**facts(cast))

    with pytest.raises(Refused, match=said):
        change_help_entry(entry, minutes=minutes, verdict=verdict, by=cast.coordinator, now=LATER)

    entry.refresh_from_db()
    assert (entry.state, entry.minutes, entry.verdict) == ("submitted", 25, "")


def test_deny_help_entry_says_why(cast: Cast) -> None:
    entry = submit_help_entry(**facts(cast))

    with pytest.raises(Refused, match="Say what"):
        deny_help_entry(entry, verdict="", by=cast.coordinator, now=LATER)
    entry.refresh_from_db()
    assert entry.is_waiting

    deny_help_entry(entry, verdict="This was class time", by=cast.coordinator, now=LATER)
    entry.refresh_from_db()
    assert (entry.state, entry.verdict, entry.minutes) == ("denied", "This was class time", 25)


def test_verify_many_verifies_those_that_wait_and_leaves_the_rest(cast: Cast) -> None:
    waiting = [submit_help_entry(**facts(cast)) for _turn in range(2)]
    denied = submit_help_entry(**facts(cast))
    deny_help_entry(denied, verdict="No", by=cast.coordinator, now=NOW)

    count = verify_many([*waiting, denied], by=cast.coordinator, now=LATER)

    assert count == 2
    assert HelpEntry.objects.filter(state="verified", verified_at=LATER).count() == 2
    denied.refresh_from_db()
    assert denied.state == "denied"


def test_verify_many_with_one_foreign_entry_verifies_none(cast: Cast) -> None:
    own = submit_help_entry(**facts(cast))
    foreign = factories.HelpEntryFactory()

    with pytest.raises(Refused):
        verify_many([own, foreign], by=cast.coordinator, now=NOW)

    assert HelpEntry.objects.unverified().count() == 2


def test_counted_leaves_out_denied_waiting_and_steps_that_the_teacher_led(cast: Cast) -> None:
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    led = pairing.steps.create(position=1, title="First help", direction="student_leads")
    taught = pairing.steps.create(position=2, title="Talk", direction="teacher_leads")
    counted = [submit_help_entry(**facts(cast)), submit_help_entry(**facts(cast, step=led))]
    verify_many([*counted, submit_help_entry(**facts(cast, step=taught))], by=cast.coordinator, now=NOW)
    submit_help_entry(**facts(cast))
    deny_help_entry(submit_help_entry(**facts(cast)), verdict="No", by=cast.coordinator, now=NOW)

    found = HelpEntry.objects.counted()

    assert set(found) == set(counted)
