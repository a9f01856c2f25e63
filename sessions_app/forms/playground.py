"""Scheduling a tech playground."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Period, Room, User
from accounts.permissions import Role
from mentorship.models import Participant, Program, Tool
from sessions_app.forms.choices import FullNameChoices, ShortNameChoice, offer_rows


class PlaygroundForm(forms.Form):
    """All that a playground needs, on one page. Mentors are those of the program whose consent stands."""

    program = forms.ModelChoiceField(Program.objects.none(), label=_("Program"), empty_label=None)
    title = forms.CharField(label=_("Title"), max_length=120)
    tools = forms.ModelMultipleChoiceField(
        Tool.objects.none(), label=_("Tools"), widget=forms.CheckboxSelectMultiple, required=False
    )
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    period = forms.ModelChoiceField(Period.objects.none(), label=_("Period"))
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"))
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=500, initial=12)
    adult_in_charge = ShortNameChoice(User.objects.none(), label=_("Adult in charge"))
    mentors = FullNameChoices(
        User.objects.none(), label=_("Mentors on duty"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        programs = Program.objects.visible_to(user).not_over_on(today)
        people = User.objects.visible_to(user).active()
        present = Participant.objects.present().filter(program__in=programs, role=Participant.Role.STUDENT)
        offer_rows(
            self,
            program=programs,
            tools=Tool.objects.visible_to(user),
            room=Room.objects.visible_to(user),
            period=Period.objects.visible_to(user),
            adult_in_charge=people.exclude(roles__contains=[Role.STUDENT]),
            mentors=people.may_take_part().filter(pk__in=present.values("person")),
        )

    def clean_day(self) -> dt.date:
        """A playground is planned ahead, not written down afterwards."""
        day: dt.date = self.cleaned_data["day"]
        if day < self.today:
            raise forms.ValidationError(_("This day is over. Choose a later one."))
        return day

    def clean(self) -> dict[str, Any]:
        """Mentors must be in the program that was chosen."""
        cleaned = self.cleaned_data
        program, mentors = cleaned.get("program"), cleaned.get("mentors")
        if program and mentors:
            present = Participant.objects.present().filter(program=program, role=Participant.Role.STUDENT)
            inside = set(present.filter(person__in=mentors).values_list("person_id", flat=True))
            for outside in [mentor for mentor in mentors if mentor.pk not in inside]:
                self.add_error(
                    "mentors",
                    _("%(name)s is not in %(program)s.") % {"name": outside.full_name, "program": program.name},
                )
        return cleaned
