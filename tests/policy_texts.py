"""Who may read which text: the table, and what in an answer goes beyond it."""

from __future__ import annotations

import pytest

from accounts.models import Guardian, User
from tests.canary import Canary, Farm
from tests.policy import HATS

# Everybody of the school, and nobody of another one.
SCHOOL = "C T S A T2 S2 G"
NOBODY = ""
ALLOWED: dict[str, str] = {
    # A person. Teachers and students read a student's first name and the first letter of the last one.
    "User.given_name of a student": SCHOOL,
    "User.family_name of a student": "C A own",
    "User.username of a student": "C A own",
    "User.email of a student": "C A own",
    "User.grade of a student": "C A own T T2",
    "User.title of a student": "C A own",
    "User.source_id of a student": "own",
    "User.given_name of an adult": "C A own",
    "User.family_name of an adult": SCHOOL,
    "User.title of an adult": SCHOOL,
    "User.username of an adult": "C A own",
    "User.email of an adult": "C A own",
    "User.grade of an adult": "C A own",
    "User.source_id of an adult": "own",
    # Guardians and consent
    "Guardian.name": "C own G",
    "Guardian.email": "C own G",
    "Consent.signature": "C own G",
    "ConsentText.body": SCHOOL,
    "ConsentText.on_withdrawal": SCHOOL,
    # "I need help": the mentor raised it about the teacher
    "Concern.text": "C S",
    "Concern.answer": "C S",
    # Bookings, agendas, help requests and entries: the two whom they are about, and the coordinator
    "Booking.goal": "C T S",
    "Booking.end_reason": "C T S",
    "Step.title": "C T S",
    "Step.agenda": "C T S",
    "HelpRequest.text": "C T",
    "HelpEntry.goal": "C T S",
    "HelpEntry.note": "C T S",
    "HelpEntry.verdict": "C T S",
    "HelpEntry.teacher_remark": "C T S",
    "Pairing.close_reason": "C",
    # Answers: nobody, not their author either
    "Response.answers": NOBODY,
    "Study.title": "C A T T2",
    # Class lists, and a roster between upload and confirmation
    "SchoolClass.name": "C",
    "SchoolClass.subject": "C",
    "SchoolClass.grade": "C",
    "SchoolClass.source_id": NOBODY,
    "RosterRow.given_name": "C A",
    "RosterRow.family_name": "C A",
    "RosterRow.username": "C A",
    "RosterRow.email": "C A",
    "RosterRow.grade": "C A",
    "RosterRow.title": "C A",
    "RosterRow.source_id": NOBODY,
    "RosterClass.name": NOBODY,
    "RosterClass.subject": NOBODY,
    "RosterClass.grade": NOBODY,
    "RosterClass.source_id": NOBODY,
    # The school's own words
    "School.name": SCHOOL,
    "Room.name": SCHOOL,
    "Tool.name": SCHOOL,
    "Period.name": SCHOOL,
    "DayType.name": SCHOOL,
    "BellSchedule.name": SCHOOL,
    "Program.name": SCHOOL,
    "ProgramTemplate.name": "C",
    "TemplateStep.title": "C",
    "PlaygroundSession.title": SCHOOL,
}
# Z is of the other school, all four hats at once; none of its rows name Z.
LETTERS = {"Z": {"C", "A", "T2", "S2"}, **{label: set(hats) for label, hats in HATS.items()}}


def may_read(canary: Canary, label: str, reader: User | Guardian | None, school: int) -> bool:
    """Whether the table has an open cell for this text and this visitor."""
    if canary.school != school:
        return False
    open_to = set(ALLOWED[canary.field].split())
    is_own = "own" in open_to and isinstance(reader, User) and reader.pk in canary.people
    return is_own or not open_to.isdisjoint(LETTERS.get(label, {label}))


def leaks_in(farm: Farm, where: str, text: str, label: str, reader: User | Guardian | None) -> set[str]:
    """The canaries in a text that this visitor must not receive, each with the place."""
    school = (farm.foreign if label == "Z" else farm.own).cast.school.pk
    return {
        f"{label} reads {canary.field} of row {canary.pk}, school {canary.school}, at {where}"
        for canary in farm.found_in(text)
        if not may_read(canary, label, reader, school)
    }


def log_of(caplog: pytest.LogCaptureFixture) -> str:
    """What the program wrote into its log, without what the tests' own mail server wrote."""
    records = [record for record in caplog.records if not record.name.startswith("mail.")]
    return "\n".join([*(record.getMessage() for record in records), *(record.exc_text or "" for record in records)])
