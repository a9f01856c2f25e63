"""A student writes down the help that was given."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import LOG_HELP
from accounts.services import Refused, require_act
from mentorship.models import HelpEntry, Program, Step, Tool

MAX_MINUTES = 600


@transaction.atomic
def submit_help_entry(
    *,
    program: Program,
    student: User,
    teacher: User,
    minutes: int,
    tools: Collection[Tool],
    learner_group: str,
    goal: str,
    done: Collection[str],
    outcome: str,
    trouble: Collection[str],
    note: str,
    helped_on: dt.date,
    step: Step | None = None,
    by: User,
    now: dt.datetime,
) -> HelpEntry:
    """Write an entry of the help log and send it to be verified. Only the student who helped can.

    `step` is none where no planned step stands behind the help: then the student leads.
    Refused when somebody was never in the program, on a day to come, with minutes outside 1 to 600, a tool of another
    school, or a step of another pair.
    """
    _require_pair(program, student, teacher, helped_on=helped_on, by=by, now=now)
    if step and (step.pairing.program_id, step.pairing.teacher_id, step.pairing.student_id) != (
        program.pk,
        teacher.pk,
        student.pk,
    ):
        raise Refused(_("This step belongs to another pair."))
    check_facts(program, minutes, tools)
    entry = HelpEntry.objects.create(
        program=program,
        student=student,
        teacher=teacher,
        step=step,
        learner_group=learner_group,
        goal=goal,
        helped_on=helped_on,
        minutes=minutes,
        done=list(done),
        outcome=outcome,
        trouble=list(trouble),
        note=note.strip(),
        state=HelpEntry.State.SUBMITTED,
        submitted_at=now,
    )
    entry.tools.set(tools)
    return entry


@transaction.atomic
def draft_help_entry(
    *,
    program: Program,
    student: User,
    teacher: User,
    minutes: int,
    tools: Collection[Tool],
    helped_on: dt.date,
    by: User,
    now: dt.datetime,
) -> HelpEntry:
    """Begin an entry that nobody but the student sees until it is said to its end and sent (`revise_help_entry`).

    Refused as by `submit_help_entry`.
    """
    _require_pair(program, student, teacher, helped_on=helped_on, by=by, now=now)
    check_facts(program, minutes, tools)
    entry = HelpEntry.objects.create(
        program=program, student=student, teacher=teacher, helped_on=helped_on, minutes=minutes
    )
    entry.tools.set(tools)
    return entry


@transaction.atomic
def discard_draft(entry: HelpEntry, *, by: User) -> None:
    """The student takes back what was only begun. Refused for anybody else, and once it was sent."""
    entry = HelpEntry.objects.select_for_update(of=("self",)).select_related("program").get(pk=entry.pk)
    require_act(by, LOG_HELP, entry.program.school_id)
    if by.pk != entry.student_id:
        raise Refused(_("Only the student who helped can change this."))
    if entry.state != HelpEntry.State.DRAFT:
        raise Refused(_("This was sent already. You can change what you wrote."))
    entry.delete()


@transaction.atomic
def revise_help_entry(
    entry: HelpEntry,
    *,
    minutes: int,
    tools: Collection[Tool],
    done: Collection[str],
    outcome: str,
    trouble: Collection[str],
    note: str,
    by: User,
    now: dt.datetime,
) -> HelpEntry:
    """The student says it anew. Refused for anybody else, and once an adult has looked at it."""
    entry = HelpEntry.objects.select_for_update(of=("self",)).select_related("program").get(pk=entry.pk)
    require_act(by, LOG_HELP, entry.program.school_id)
    if by.pk != entry.student_id:
        raise Refused(_("Only the student who helped can change this."))
    if not entry.can_be_revised:
        raise Refused(_("The coordinator has looked at this already, so it can't be changed any more."))
    check_facts(entry.program, minutes, tools)
    entry.minutes, entry.outcome, entry.note = minutes, outcome, note.strip()
    entry.done, entry.trouble = list(done), list(trouble)
    entry.state, entry.submitted_at = HelpEntry.State.SUBMITTED, now
    entry.save()
    entry.tools.set(tools)
    return entry


def _require_pair(
    program: Program, student: User, teacher: User, *, helped_on: dt.date, by: User, now: dt.datetime
) -> None:
    require_act(by, LOG_HELP, program.school_id)
    if by != student:
        raise Refused(_("Only the student who helped can write this down."))
    in_program = set(program.participants.filter(person__in=[student, teacher]).values_list("person", flat=True))
    if in_program != {student.pk, teacher.pk}:
        raise Refused(_("Both of you must be in this program."))
    if helped_on > now.astimezone(program.school.zone).date():
        raise Refused(_("This day has not come yet."))


def check_facts(program: Program, minutes: int, tools: Collection[Tool]) -> None:
    """Minutes are believable, and the tools are of this school."""
    if not 1 <= minutes <= MAX_MINUTES:
        raise Refused(_("Minutes go from 1 to 600."))
    if any(tool.school_id != program.school_id for tool in tools):
        raise Refused(_("This is not a tool of your school."))
