"""People join a program and leave it."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import RUN_PROGRAM, Role
from accounts.services import Refused, require_act
from mentorship.models import Mentor, Pairing, Participant, Program

HATS = {Participant.Role.TEACHER.value: Role.TEACHER, Participant.Role.STUDENT.value: Role.STUDENT}


@transaction.atomic
def add_participant(program: Program, person: User, *, role: str, arm: str, by: User, today: dt.date) -> Participant:
    """Put a person into a program, on one side and in one arm. A student gets a profile as a mentor.

    Refused when the program is closed, the person is of another school, inactive, lacks the hat, or is in it already.
    """
    require_act(by, RUN_PROGRAM, program.school_id)
    # One joins at a time: what is looked up below still holds when the row is written.
    program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    name = {"name": person.full_name}
    if program.closed_on:
        raise Refused(_("This program is closed."))
    if person.school_id != program.school_id or not person.is_active:
        raise Refused(_("%(name)s is not an active person of your school.") % name)
    if not person.has_role(HATS[role]):
        raise Refused(_("%(name)s can't join on this side: the role does not fit.") % name)
    if program.participants.present().filter(person=person).exists():
        raise Refused(_("%(name)s is in this program already.") % name)
    if role == Participant.Role.STUDENT:
        Mentor.objects.get_or_create(user=person)
    return Participant.objects.create(program=program, person=person, role=role, arm=arm, joined_on=today)


@transaction.atomic
def add_participants(
    program: Program, *, teachers: Iterable[User], students: Iterable[User], arm: str, by: User, today: dt.date
) -> list[Participant]:
    """Put many people into a program at once: all of them or, when one is refused, none."""
    sides = [(Participant.Role.TEACHER, teachers), (Participant.Role.STUDENT, students)]
    return [
        add_participant(program, person, role=role, arm=arm, by=by, today=today)
        for role, people in sides
        for person in people
    ]


@transaction.atomic
def remove_participant(participant: Participant, *, by: User, today: dt.date) -> Participant:
    """A person leaves the program; the row stays with its last day. Refused when already left or still in a pair."""
    Program.objects.select_for_update(no_key=True).get(pk=participant.program_id)
    participant = Participant.objects.select_related("program", "person").get(pk=participant.pk)
    require_act(by, RUN_PROGRAM, participant.program.school_id)
    name = {"name": participant.person.full_name}
    if participant.left_on:
        raise Refused(_("%(name)s has left this program already.") % name)
    if Pairing.objects.open().of(participant.person).filter(program=participant.program).exists():
        raise Refused(_("%(name)s is in a pair. Close the pair first.") % name)
    participant.left_on = today
    participant.save(update_fields=["left_on"])
    return participant
