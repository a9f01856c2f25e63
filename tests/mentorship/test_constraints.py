"""What the database itself refuses, whatever code runs."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from mentorship.models import (
    Availability,
    AvailabilityException,
    HelpRequest,
    Mentor,
    MentorTool,
    Participant,
    Program,
    ProgramTemplate,
    Refusal,
    Step,
    TemplateStep,
)
from tests import factories
from tests.cast import NOW, TODAY, Cast

YESTERDAY = TODAY - dt.timedelta(days=1)


def pair(cast: Cast, **fields: Any) -> Any:
    """A pair of the cast's teacher and mentor."""
    people = {"program": cast.program, "teacher": cast.teacher, "student": cast.mentor}
    return factories.PairingFactory(**people | fields)


def entry(cast: Cast, **fields: Any) -> Any:
    """An entry of the cast's mentor about the cast's teacher."""
    people = {"program": cast.program, "teacher": cast.teacher, "student": cast.mentor}
    return factories.HelpEntryFactory(**people | fields)


def verified(cast: Cast) -> dict[str, Any]:
    """The columns of a verdict."""
    return {"verified_by": cast.coordinator, "verified_at": NOW}


def ask(cast: Cast, **fields: Any) -> HelpRequest:
    """A help request of the cast's teacher."""
    facts = {"program": cast.program, "teacher": cast.teacher, "tool": cast.tool, "asked_at": NOW}
    return HelpRequest.objects.create(**facts | fields)


def twice(make: Callable[[], Any]) -> None:
    """Make the same row two times."""
    make()
    make()


def step(cast: Cast, **fields: Any) -> Step:
    """A step of a new pair."""
    return Step.objects.create(pairing=pair(cast), position=1, title="Help", direction="student_leads", **fields)


BREAKS: dict[str, Callable[[Cast], Any]] = {
    "mentorship_refusal_once": lambda cast: twice(
        lambda: Refusal.objects.create(person=cast.teacher, about=cast.mentor, made_at=NOW)
    ),
    "mentorship_refusal_two_people": lambda cast: Refusal.objects.create(
        person=cast.teacher, about=cast.teacher, made_at=NOW
    ),
    "mentorship_availability_once": lambda cast: Availability.objects.create(
        person=cast.teacher, day_type=cast.day_type, period=cast.periods[0]
    ),
    "mentorship_exception_once": lambda cast: twice(
        lambda: AvailabilityException.objects.create(
            person=cast.teacher, date=TODAY, period=cast.periods[0], is_free=False
        )
    ),
    "mentorship_tool_name_once": lambda cast: factories.ToolFactory(school=cast.school, name="IMMERSIVE reader"),
    "mentorship_mentortool_once": lambda cast: MentorTool.objects.create(
        mentor=Mentor.objects.get(user=cast.mentor), tool=cast.tool
    ),
    "mentorship_template_version_once": lambda cast: ProgramTemplate.objects.create(
        school=cast.school, name="Playground term", version=1
    ),
    "mentorship_templatestep_position_once": lambda cast: twice(
        lambda: TemplateStep.objects.create(
            template=cast.program.template, position=1, title="Help", direction="student_leads"
        )
    ),
    "mentorship_program_name_once": lambda cast: factories.ProgramFactory(school=cast.school, name=cast.program.name),
    "mentorship_program_ends_after_start": lambda cast: Program.objects.update(starts_on=TODAY, ends_on=YESTERDAY),
    "mentorship_participant_present_once": lambda cast: factories.ParticipantFactory(
        program=cast.program, person=cast.teacher
    ),
    "mentorship_participant_left_after_joined": lambda cast: Participant.objects.update(
        joined_on=TODAY, left_on=YESTERDAY
    ),
    "mentorship_pairing_open_once": lambda cast: twice(lambda: pair(cast)),
    "mentorship_pairing_two_people": lambda cast: pair(cast, student=cast.teacher),
    "mentorship_pairing_proposed_not_started": lambda cast: pair(cast, state="proposed"),
    "mentorship_pairing_started_has_day": lambda cast: pair(cast, started_on=None),
    "mentorship_pairing_closed_has_day_and_reason": lambda cast: pair(cast, state="closed", closed_on=TODAY),
    "mentorship_step_position_once": lambda cast: Step.objects.create(
        pairing=step(cast).pairing, position=1, title="Again", direction="both"
    ),
    "mentorship_step_ends_after_start": lambda cast: step(cast, started_at=NOW, ended_at=NOW - dt.timedelta(minutes=1)),
    "mentorship_helprequest_open_is_free": lambda cast: ask(cast, taken_by=cast.mentor),
    "mentorship_helprequest_taken_by_someone": lambda cast: ask(cast, state="taken"),
    "mentorship_helpentry_minutes": lambda cast: entry(cast, minutes=601),
    "mentorship_helpentry_two_people": lambda cast: entry(cast, teacher=cast.mentor),
    "mentorship_helpentry_sent_has_time": lambda cast: entry(cast, submitted_at=None),
    "mentorship_helpentry_verified_by_someone": lambda cast: entry(cast, state="verified"),
    "mentorship_helpentry_not_by_oneself": lambda cast: entry(
        cast, state="verified", verified_by=cast.mentor, verified_at=NOW
    ),
    "mentorship_helpentry_verdict_said": lambda cast: entry(cast, state="denied", **verified(cast)),
}


@pytest.mark.parametrize("name", BREAKS)
def test_constraint_refuses(cast: Cast, name: str) -> None:
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        BREAKS[name](cast)


def test_every_constraint_of_mentorship_has_somebody_who_tries_to_break_it() -> None:
    from django.apps import apps

    named = {
        constraint.name
        for model in apps.get_app_config("mentorship").get_models()
        for constraint in model._meta.constraints
    }

    assert named == set(BREAKS)


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": "closed without a day", "state": "closed", "close_reason": "Over"},
        {"reason": "open with a day of closing", "closed_on": TODAY},
    ],
)
def test_pairing_closes_with_day_and_reason_and_not_otherwise(cast: Cast, fields: dict[str, Any]) -> None:
    fields = {name: value for name, value in fields.items() if name != "reason"}

    with pytest.raises(IntegrityError, match="mentorship_pairing_closed_has_day_and_reason"), transaction.atomic():
        pair(cast, **fields)


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_help_entry_that_nobody_looked_at_has_no_verdict(cast: Cast, state: str) -> None:
    with pytest.raises(IntegrityError, match="mentorship_helpentry_verified_by_someone"), transaction.atomic():
        entry(cast, state=state, **verified(cast))


def test_help_entry_of_no_minutes_is_refused(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="mentorship_helpentry_minutes"), transaction.atomic():
        entry(cast, minutes=0)


def test_closed_pair_leaves_room_for_a_new_one(cast: Cast) -> None:
    pair(cast, state="closed", closed_on=TODAY, close_reason="Over")

    again = pair(cast)

    assert again.pk
