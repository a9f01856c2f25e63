"""A school begins a program."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import School, User
from accounts.permissions import RUN_PROGRAM
from accounts.services import Refused, require_act
from mentorship.models import Program, ProgramTemplate, TemplateStep
from mentorship.models.program import Direction

PLAYGROUND_TERM = "Playground term"
# Students mentor from day one (Lipps 2023). No step carries a wave: everybody is asked at a wave's first day.
PLAYGROUND_STEPS = [
    ("Meet and agree on rules", Direction.BOTH),
    ("First help with a tool", Direction.STUDENT_LEADS),
    ("Help in class", Direction.STUDENT_LEADS),
    ("Look back together", Direction.BOTH),
]


def create_program(*, school: School, name: str, starts_on: dt.date, ends_on: dt.date, by: User) -> Program:
    """Begin a program on version 1 of the template "Playground term", which is made where the school lacks it.

    Refused when the dates are the wrong way round or the school has a program of this name.
    """
    require_act(by, RUN_PROGRAM, school.pk)
    if ends_on < starts_on:
        raise Refused(_("The last day is before the first day."))
    try:
        with transaction.atomic():
            return Program.objects.create(
                school=school, template=playground_term(school), name=name, starts_on=starts_on, ends_on=ends_on
            )
    except IntegrityError as error:
        raise Refused(_("Your school has a program with this name. Choose another name.")) from error


def playground_term(school: School) -> ProgramTemplate:
    """Version 1 of the school's template "Playground term", with its steps."""
    template, _made = ProgramTemplate.objects.get_or_create(school=school, name=PLAYGROUND_TERM, version=1)
    if not template.steps.exists():
        TemplateStep.objects.bulk_create(
            (
                TemplateStep(template=template, position=position, title=title, direction=direction)
                for position, (title, direction) in enumerate(PLAYGROUND_STEPS, start=1)
            ),
            ignore_conflicts=True,
        )
    return template
