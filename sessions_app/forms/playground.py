"""Scheduling a tech playground, and changing it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.day import DayField
from accounts.models import Period, Room, User
from accounts.permissions import Role
from mentorship.models import Participant, Program, Tool
from sessions_app.forms.choices import FullNameChoices, ShortNameChoice, offer_rows
from sessions_app.models import PlaygroundSession
from sessions_app.models.rules import OF_PROGRAM
from sessions_app.reports.playground_dates import Plan
from sessions_app.reports.series import Slot


class ClockField(forms.TimeField):
    """A time on the wall, asked for where no period fits."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PlaygroundForm(forms.Form):
    """All that a playground needs, on one page. Mentors are those of the program whose consent stands."""

    program = forms.ModelChoiceField(Program.objects.none(), label=_("Program"), empty_label=None)
    title = forms.CharField(label=_("Title"), max_length=120)
    tools = forms.ModelMultipleChoiceField(
        Tool.objects.none(), label=_("Stations, one for each tool"), widget=forms.CheckboxSelectMultiple, required=False
    )
    day = DayField(label=_("Day"))
    period = forms.ModelChoiceField(Period.objects.none(), label=_("Period"), empty_label=_("Choose"), required=False)
    starts = ClockField(label=_("From"), required=False)
    ends = ClockField(label=_("Until"), required=False)
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), empty_label=_("Choose"))
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=500, initial=12)
    minimum = forms.IntegerField(
        label=_("Teachers that it takes to run"),
        min_value=0,
        max_value=500,
        initial=1,
        help_text=_("With fewer, you are told shortly before. Nothing is cancelled by itself."),
    )
    adult_in_charge = ShortNameChoice(User.objects.none(), label=_("Adult in charge"), empty_label=_("Choose"))
    mentors = FullNameChoices(
        User.objects.none(), label=_("Mentors on duty"), widget=forms.CheckboxSelectMultiple, required=False
    )

    override_reason = forms.CharField(
        label=_("Why mentors may miss class, if the protection says no"),
        help_text=_("Only coordinators read it. It stands in the trail that you did it."),
        max_length=300,
        required=False,
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        programs = Program.objects.visible_to(user).not_over_on(today).select_related(OF_PROGRAM)
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
        """Mentors must be in the program that was chosen, and the time is a period or from one time to another."""
        cleaned = self.cleaned_data
        self._clean_time(cleaned)
        if (cleaned.get("minimum") or 0) > (cleaned.get("places") or 500):
            self.add_error("minimum", _("More teachers are needed than there are places."))
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

    def plan(self, program: Program) -> Plan:
        """What was planned, but for the day. Call it on a form that is valid."""
        cleaned = self.cleaned_data
        wanted = ("title", "tools", "room", "places", "minimum", "adult_in_charge", "mentors", "override_reason")
        slot = Slot(cleaned["period"], cleaned["starts"], cleaned["ends"])
        return Plan(program=program, slot=slot, **{name: cleaned[name] for name in wanted})

    def _clean_time(self, cleaned: dict[str, Any]) -> None:
        if {"period", "starts", "ends"} & set(self.errors):
            return
        period, starts, ends = cleaned.get("period"), cleaned.get("starts"), cleaned.get("ends")
        if period and (starts or ends):
            self.add_error("period", _("Choose a period or times, not both."))
        elif not period and not (starts and ends):
            self.add_error("period", _("Choose a period, or say from when until when."))
        elif starts and ends and starts >= ends:
            self.add_error("ends", _("It must end after it begins."))


class PlaygroundChangeForm(PlaygroundForm):
    """The same for one that stands in the calendar: its program stays, and in a series it asks how far this goes."""

    scope = forms.ChoiceField(
        label=_("For which dates?"),
        choices=[("one", _("Only this date")), ("following", _("This date and all after it"))],
        widget=forms.RadioSelect,
        initial="one",
    )
    # As which it was read: a page that does not say so changes what stands.
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, playground: PlaygroundSession, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial_of(playground), **kwargs)
        del self.fields["program"], self.fields["request_key"]
        present = Participant.objects.present().filter(program=playground.program, role=Participant.Role.STUDENT)
        people = User.objects.visible_to(kwargs["user"]).active().may_take_part()
        offer_rows(self, mentors=people.filter(pk__in=present.values("person")))
        if playground.series_id is None:
            del self.fields["scope"]


def initial_of(playground: PlaygroundSession) -> dict[str, Any]:
    """What the form shows of a playground as it stands. Three statements."""
    zone = playground.program.school.zone
    starts, ends = playground.starts_at.astimezone(zone), playground.ends_at.astimezone(zone)
    clock = {} if playground.period_id else {"starts": starts.time(), "ends": ends.time()}
    return clock | {
        "title": playground.title,
        "tools": list(playground.stations.values_list("tool", flat=True)),
        "day": starts.date(),
        "period": playground.period_id,
        "room": playground.room_id,
        "places": playground.places,
        "minimum": playground.minimum,
        "adult_in_charge": playground.adult_in_charge_id,
        "mentors": list(playground.duties.values_list("person", flat=True)),
        "revision": playground.revision,
        "override_reason": playground.override_reason,
    }


class StationsForm(forms.Form):
    """One question for each mentor on duty: at which station?"""

    def __init__(self, *args: Any, playground: PlaygroundSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stations = [(station.pk, station.tool.name) for station in playground.stations.select_related("tool")]
        for duty in playground.duties.select_related("person").order_by("person__given_name", "pk"):
            self.fields[f"duty_{duty.pk}"] = forms.TypedChoiceField(
                label=duty.person.full_name,
                choices=[("", _("where help is needed")), *stations],
                coerce=int,
                empty_value=None,
                required=False,
                initial=duty.station_id,
            )

    def stations(self) -> dict[int, int | None]:
        """The station of each duty, or None, by their ids."""
        return {int(name.removeprefix("duty_")): station for name, station in self.cleaned_data.items()}
