"""A coordinator books for a teacher: for whom and what first, then a time."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.day import DayField
from accounts.models import Period, Room, User
from mentorship.models import LearnerGroup, Participant, Program, Tool
from sessions_app.forms.choices import ShortNameChoice, offer_rows


class ForTeacherForm(forms.Form):
    """For which teacher, with which tool, for which learners."""

    teacher = ShortNameChoice(User.objects.none(), label=_("Teacher"), empty_label=None)
    tool = forms.ModelChoiceField(Tool.objects.none(), label=_("Tool"), empty_label=None)
    learners = forms.ChoiceField(label=_("For"), choices=LearnerGroup.choices, initial=LearnerGroup.ALL, required=False)

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programs = Program.objects.visible_to(user).not_over_on(today)
        seats = Participant.objects.present().filter(program__in=self.programs)
        self.mentors = seats.filter(role=Participant.Role.STUDENT)
        teachers = User.objects.active().filter(pk__in=seats.filter(role=Participant.Role.TEACHER).values("person"))
        offer_rows(
            self, teacher=teachers.order_by("family_name", "given_name", "pk"), tool=Tool.objects.visible_to(user)
        )

    def clean_learners(self) -> str:
        """All learners, unless said otherwise."""
        return self.cleaned_data["learners"] or LearnerGroup.ALL


class BookForTeacherForm(ForTeacherForm):
    """A time with a mentor for this teacher: a proposal, or one of her own choice, past a protection with a reason."""

    mentor = ShortNameChoice(User.objects.none(), label=_("Mentor"), empty_label=None)
    day = DayField(label=_("Day"))
    period = forms.ModelChoiceField(Period.objects.none(), label=_("Period"), empty_label=None)
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), empty_label=None)
    goal = forms.CharField(label=_("Lesson goal"), max_length=300, required=False)
    override_reason = forms.CharField(
        label=_("Why the mentor may miss class, if the protection says no"),
        help_text=_("Only coordinators read it. It stands in the trail that you did it."),
        max_length=300,
        required=False,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, user=user, today=today, **kwargs)
        mentors = User.objects.active().may_take_part().filter(pk__in=self.mentors.values("person"))
        offer_rows(
            self,
            mentor=mentors.order_by("given_name", "family_name", "pk"),
            period=Period.objects.visible_to(user),
            room=Room.objects.visible_to(user).fit_for_one_to_one(),
        )
        for name in ("teacher", "tool", "learners"):
            self.fields[name].widget = forms.HiddenInput()
