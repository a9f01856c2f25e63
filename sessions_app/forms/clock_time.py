"""Booking by the clock, where no period fits."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.forms.day import DayField
from accounts.models import Room, User
from mentorship.models import LearnerGroup, Participant, Program, Tool
from sessions_app.forms.choices import ShortNameChoice, offer_rows
from sessions_app.models.rules import CLOCK_MINUTES, CLOCK_STEP

USUAL_MINUTES = 30


def _minutes(count: int) -> str:
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}


class ClockFields(forms.Form):
    """A day, a start and a length by the clock on the school's wall."""

    day = DayField(label=_("Day"))
    starts = forms.TimeField(
        label=_("From"), widget=forms.TimeInput(attrs={"type": "time", "step": CLOCK_STEP * 60}, format="%H:%M")
    )
    minutes = forms.TypedChoiceField(
        label=_("How long"),
        coerce=int,
        choices=[(minutes, lazy(_minutes, str)(minutes)) for minutes in CLOCK_MINUTES],
        initial=USUAL_MINUTES,
    )


class ClockTimeForm(ClockFields):
    """A mentor who helps with this tool, a day, a start and a length. `program` is the teacher's."""

    mentor = ShortNameChoice(User.objects.none(), label=_("Mentor"), empty_label=_("Choose a mentor"))
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), empty_label=None)
    goal = forms.CharField(label=_("Lesson goal, if you like"), max_length=300, required=False)
    tool = forms.ModelChoiceField(Tool.objects.none(), widget=forms.HiddenInput)
    learners = forms.ChoiceField(choices=LearnerGroup.choices, widget=forms.HiddenInput)
    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, user: User, program: Program, tool: Tool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = Participant.objects.present().filter(program=program, role=Participant.Role.STUDENT)
        mentors = User.objects.active().may_take_part().filter(pk__in=present.values("person"))
        offer_rows(
            self,
            mentor=mentors.filter(mentor__tools=tool),
            room=Room.objects.visible_to(user).fit_for_one_to_one(),
            tool=Tool.objects.visible_to(user),
        )
