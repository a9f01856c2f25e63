"""The help log: sent by the student, looked at by an adult."""

import datetime as dt
from typing import Any

import pytest

from accounts.services import Refused
from mentorship.models import HelpEntry
from mentorship.services import (
    change_help_entry,
    deny_help_entry,
    discard_draft,
    draft_help_entry,
    revise_help_entry,
    submit_help_entry,
    verify_help_entry,
    verify_many,
)
from tests import factories
from tests.cast import NOW, TODAY, Cast

LATER = NOW + dt.timedelta(days=1)


def facts(cast: Cast, **change: Any) -> dict[str, Any]:
    """What a student sends, with a change."""
    return {
        "program": cast.program,
        "student": cast.mentor,
        "teacher": cast.teacher,
        "minutes": 25,
        "tools": [cast.tool],
        "learner_group": "eb",
        "goal": "Read a lab sheet",
        "done": ["showed", "tried"],
        "outcome": "solved",
        "trouble": ["network"],
        "note": " It went well. ",
        "helped_on": TODAY,
        "by": cast.mentor,
        "now": NOW,
    } | change


def anew(cast: Cast, **change: Any) -> dict[str, Any]:
    """What a student says anew, with a change."""
    return {
        "minutes": 40,
        "tools": [],
        "done": ["stuck"],
        "outcome": "practise",
        "trouble": [],
        "note": "",
        "by": cast.mentor,
        "now": LATER,
    } | change


def test_submit_help_entry_writes_what_was_said(cast: Cast) -> None:
    entry = submit_help_entry(**facts(cast))

    entry.refresh_from_db()
    assert (entry.state, entry.submitted_at, entry.minutes, entry.note) == ("submitted", NOW, 25, "It went well.")
    assert (entry.done, entry.outcome, entry.trouble) == (["showed", "tried"], "solved", ["network"])
    assert (entry.learner_group, entry.goal, entry.helped_on) == ("eb", "Read a lab sheet", TODAY)
    assert list(entry.tools.all()) == [cast.tool]


def test_submit_help_entry_takes_the_step_of_the_pair(cast: Cast) -> None:
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    step = pairing.steps.create(position=1, title="First help", direction="student_leads")

    entry = submit_help_entry(**facts(cast, step=step))

    assert entry.step == step


def test_submit_help_entry_refuses_and_writes_nothing(cast: Cast) -> None:
    outsider = factories.TeacherFactory(school=cast.school)
    foreign_tool = factories.ToolFactory()
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.other_teacher, student=cast.mentor)
    step = pairing.steps.create(position=1, title="First help", direction="student_leads")

    for change, said in [
        ({"by": cast.other_mentor}, "Only the student"),
        ({"by": cast.teacher}, "can't do this"),
        ({"by": cast.coordinator}, "can't do this"),
        ({"teacher": outsider}, "must be in this program"),
        ({"helped_on": TODAY + dt.timedelta(days=1)}, "not come yet"),
        ({"minutes": 0}, "1 to 600"),
        ({"minutes": 601}, "1 to 600"),
        ({"tools": [foreign_tool]}, "not a tool of your school"),
        ({"step": step}, "another pair"),
    ]:
        with pytest.raises(Refused, match=said):
            submit_help_entry(**facts(cast, **change))

    assert not HelpEntry.objects.exists()


def test_submit_help_entry_counts_the_day_on_the_wall_of_the_school(cast: Cast) -> None:
    evening = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)  # still Monday 23 November in Chicago

    with pytest.raises(Refused, match="not come yet"):
        submit_help_entry(**facts(cast, helped_on=dt.date(2026, 11, 24), now=evening))

    assert not HelpEntry.objects.exists()


def test_submit_help_entry_for_somebody_who_left_since(cast: Cast) -> None:
    cast.program.participants.filter(person=cast.teacher).update(left_on=TODAY)

    entry = submit_help_entry(**facts(cast))

    assert entry.teacher == cast.teacher


def test_revise_help_entry_says_it_anew(cast: Cast) -> None:
    entry = submit_help_entry(**facts(cast))

    revise_help_entry(entry, **anew(cast))

    entry.refresh_from_db()
    assert (entry.minutes, entry.done, entry.outcome, entry.trouble, entry.note) == (40, ["stuck"], "practise", [], "")
    assert (entry.submitted_at, entry.goal) == (LATER, "Read a lab sheet")
    assert not entry.tools.exists()


def test_revise_help_entry_refuses_others_and_bad_facts(cast: Cast) -> None:
    entry = submit_help_entry(**facts(cast))

    for change, said in [
        ({"by": cast.other_mentor}, "Only the student"),
        ({"by": cast.coordinator}, "can't do this"),
        ({"minutes": 700}, "1 to 600"),
        ({"tools": [factories.ToolFactory()]}, "not a tool of your school"),
    ]:
        with pytest.raises(Refused, match=said):
            revise_help_entry(entry, **anew(cast, **change))

    entry.refresh_from_db()
    assert (entry.minutes, list(entry.tools.all())) == (25, [cast.tool])


def test_revise_help_entry_is_refused_once_an_adult_has_looked(cast: Cast) -> None:
    verified, denied = submit_help_entry(**facts(cast)), submit_help_entry(**facts(cast))
    verify_help_entry(verified, by=cast.coordinator, now=NOW)
    deny_help_entry(denied, verdict="Not our school", by=cast.coordinator, now=NOW)

    for entry in (verified, denied):
        with pytest.raises(Refused, match="looked at this already"):
            revise_help_entry(entry, **anew(cast))

    assert set(HelpEntry.objects.values_list("minutes", flat=True)) == {25}


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


def test_draft_goes_away_again_for_its_student_only_and_only_unsent(cast: Cast) -> None:
    what = {"program": cast.program, "student": cast.mentor, "teacher": cast.teacher, "minutes": 10}
    entry = draft_help_entry(**what, tools=[cast.tool], helped_on=TODAY, by=cast.mentor, now=NOW)
    sent = submit_help_entry(**facts(cast))

    for draft, by in ((entry, cast.other_mentor), (entry, cast.teacher), (sent, cast.mentor)):
        with pytest.raises(Refused):
            discard_draft(draft, by=by)
    assert HelpEntry.objects.count() == 2
    discard_draft(entry, by=cast.mentor)

    assert HelpEntry.objects.get() == sent


def test_draft_is_refused_as_what_is_sent_would_be(cast: Cast) -> None:
    what = {"program": cast.program, "student": cast.mentor, "teacher": cast.teacher, "minutes": 10}
    what |= {"tools": [cast.tool], "helped_on": TODAY, "by": cast.mentor, "now": NOW}

    for change in (
        {"by": cast.teacher},
        {"by": cast.other_mentor},
        {"teacher": cast.stranger},
        {"minutes": 0},
        {"helped_on": TODAY + dt.timedelta(days=1)},
        {"tools": [factories.ToolFactory(school=cast.stranger.school)]},
    ):
        with pytest.raises(Refused):
            draft_help_entry(**(what | change))

    assert not HelpEntry.objects.exists()
