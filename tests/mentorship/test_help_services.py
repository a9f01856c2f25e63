"""The help log: sent by the student, looked at by an adult."""

import datetime as dt
from typing import Any

import pytest

from accounts.services import Refused
from mentorship.models import HelpEntry
from mentorship.services import (
    deny_help_entry,
    discard_draft,
    draft_help_entry,
    revise_help_entry,
    submit_help_entry,
    verify_help_entry,
)
from tests import factories
from tests.cast import NOW, TODAY, Cast
from tests.mentorship.help_facts import LATER, facts


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
