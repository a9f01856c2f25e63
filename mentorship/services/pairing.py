"""A teacher and a student begin to work together, pause, and end it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Concern, User
from accounts.permissions import RUN_PROGRAM
from accounts.services import Refused, require_act
from mentorship.models import Pairing, Participant, Program, Step


@transaction.atomic
def start_pairing(program: Program, teacher: User, student: User, *, by: User, today: dt.date) -> Pairing:
    """Start a pair, with the steps of the program's template. The caller has asked that both said yes.

    Refused when one of them is not in the program on that side, is in the comparison arm, without the consents to take
    part, when they are a pair already, or while a concern between them is open.
    """
    require_act(by, RUN_PROGRAM, program.school_id)
    program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    if program.closed_on:
        raise Refused(_("This program is closed."))
    for person, role in ((teacher, Participant.Role.TEACHER), (student, Participant.Role.STUDENT)):
        participant = program.participants.present().filter(person=person, role=role).first()
        if participant is None:
            raise Refused(_("%(name)s is not in this program.") % {"name": person.full_name})
        if participant.arm == Participant.Arm.COMPARISON:
            raise Refused(_("%(name)s is in the comparison group, which has no pairs.") % {"name": person.full_name})
    if not User.objects.may_take_part().filter(pk=student.pk).exists():
        raise Refused(_("Not yet: a guardian's consent, or the student's own, is missing."))
    if program.pairings.open().between(teacher, student).exists():
        raise Refused(_("These two are a pair already."))
    if Concern.objects.open().between(teacher, student).exists():
        raise Refused(_("These two can't be paired right now."))
    pairing = Pairing.objects.create(
        program=program,
        teacher=teacher,
        student=student,
        state=Pairing.State.STARTED,
        proposed_on=today,
        started_on=today,
    )
    Step.objects.bulk_create(
        Step(
            pairing=pairing,
            position=planned.position,
            title=planned.title,
            direction=planned.direction,
            wave_kind=planned.wave_kind,
        )
        for planned in program.template.steps.all()
    )
    return pairing


@transaction.atomic
def close_pairing(pairing: Pairing, *, reason: str, by: User, today: dt.date) -> Pairing:
    """End a pair on this day for a reason that is kept. Refused without a reason, or when it is closed already."""
    pairing = Pairing.objects.select_for_update(of=("self",)).select_related("program").get(pk=pairing.pk)
    require_act(by, RUN_PROGRAM, pairing.program.school_id)
    if pairing.state == Pairing.State.CLOSED:
        raise Refused(_("This pair is closed already."))
    if not reason.strip():
        raise Refused(_("Say why the pair ends."))
    pairing.state, pairing.closed_on, pairing.close_reason = Pairing.State.CLOSED, today, reason.strip()
    pairing.save(update_fields=["state", "closed_on", "close_reason"])
    return pairing


@transaction.atomic
def pause_pairings_between(one: User, other: User, *, by: User) -> int:
    """Pause every started pair of these two; returns how many. `by` is one of the two, or runs the program.

    A pair that was only proposed has not begun, so there is nothing to pause.
    """
    if by not in (one, other):
        require_act(by, RUN_PROGRAM, one.school_id)
    started = Pairing.objects.between(one, other).filter(state=Pairing.State.STARTED)
    return started.update(state=Pairing.State.PAUSED)
