"""Finding, booking, moving and cancelling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.day import DayField
from accounts.models import Period, Room, User
from accounts.permissions import RUN_PROGRAM
from mentorship.models import LearnerGroup, Participant, Program, Tool
from sessions_app.forms.choices import RowId, ShortNameChoice, offer_rows
from sessions_app.forms.clock_time import USUAL_MINUTES, ClockFields
from sessions_app.models import Booking
from sessions_app.models.rules import CLOCK_MINUTES, OF_PROGRAM
from sessions_app.reports.choice import read_choice
from sessions_app.reports.rules import clock_span

# A list of more mentors than these is no help on a phone: then a name is typed.
LISTED = 60


def mentors_for(tool: Tool, program: Program) -> list[User]:
    """The mentors of a program who know this tool and may be booked; empty where they are too many for a list."""
    present = Participant.objects.present().filter(program=program, role=Participant.Role.STUDENT)
    mentors = User.objects.active().may_take_part().filter(pk__in=present.values("person"), mentor__tools=tool)
    listed = list(mentors.only("given_name", "family_name", "roles", "erased_at")[: LISTED + 1])
    return listed if len(listed) <= LISTED else []


class FindForm(forms.Form):
    """What is looked for, from the address of the page. A tool of another school counts as wrong."""

    support = forms.ChoiceField(choices=Tool.Support.choices, required=False)
    tool = forms.ModelChoiceField(Tool.objects.none(), required=False)
    learners = forms.ChoiceField(choices=LearnerGroup.choices, required=False)
    # Whoever is no mentor of the program has no free time in it: nothing is found, as for one who does not exist.
    mentor = RowId(required=False)
    name = forms.CharField(required=False, max_length=100, label=_("First name of the mentor"))
    day = DayField(required=False, label=_("Day"))

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        offer_rows(self, tool=Tool.objects.visible_to(user))

    def clean_learners(self) -> str:
        """All learners, unless said otherwise."""
        return self.cleaned_data["learners"] or LearnerGroup.ALL


class BookingForm(forms.Form):
    """One proposal, chosen. Each row must be one that this teacher may see; all are read in two statements.

    `span` comes with them: the instants of the period on that day, None where it is not held.
    """

    program = RowId()
    tool = RowId()
    learners = forms.ChoiceField(choices=LearnerGroup.choices)
    mentor = RowId()
    day = DayField()
    period = RowId()
    room = RowId()
    goal = forms.CharField(label=_("Lesson goal"), max_length=300, required=False)
    request_key = forms.UUIDField()

    def __init__(self, data: Any, *, user: User, today: dt.date) -> None:
        super().__init__(data)
        self.programs = Program.objects.visible_to(user).not_over_on(today)

    def clean(self) -> dict[str, Any]:
        """The rows instead of their ids."""
        wanted = self.cleaned_data
        if self.errors:
            return wanted
        seat = (
            Participant.objects.present()
            .filter(role=Participant.Role.STUDENT, person=wanted["mentor"], person__is_active=True)
            .filter(program__in=self.programs.filter(pk=wanted["program"]))
            .select_related(f"program__{OF_PROGRAM}", "person")
            .first()
        )
        ids = {name: wanted[name] for name in ("tool", "period", "room", "day")}
        chosen = seat and read_choice(school=seat.program.school, grade=seat.person.grade, **ids)
        if not (seat and chosen):
            raise forms.ValidationError(_("This time can't be booked. Choose one of these."), code="unknown")
        rows = {"tool": chosen.tool, "period": chosen.period, "room": chosen.room, "span": chosen.span}
        return wanted | rows | {"program": seat.program, "mentor": seat.person}


class MoveForm(ClockFields):
    """Another day, period or clock time, or room for a booking that stands.

    `span` are the instants of a clock time, None with a period. A coordinator may go past a mentor's protection.
    """

    period = forms.ModelChoiceField(
        Period.objects.none(), label=_("Period"), empty_label=_("No period, by the clock"), required=False
    )
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), empty_label=None)

    override_reason = forms.CharField(
        label=_("Why the mentor may miss class, if the protection says no"),
        help_text=_("Only coordinators read it. It stands in the trail that you did it."),
        max_length=300,
        required=False,
    )

    def __init__(self, data: Any, *, user: User, booking: Booking) -> None:
        starts_at = booking.starts_at.astimezone(user.school.zone)
        stands: dict[str, Any] = {"day": starts_at.date(), "period": booking.period_id, "room": booking.room_id}
        if booking.period_id is None:
            stands["starts"] = starts_at.time()
        if booking.minutes in CLOCK_MINUTES:
            stands["minutes"] = booking.minutes
        super().__init__(data, initial=stands)
        self.school = user.school
        for name in ("starts", "minutes"):
            self.fields[name].required = False
        rooms = Room.objects.visible_to(user).fit_for_one_to_one()
        offer_rows(self, period=Period.objects.visible_to(user), room=rooms)
        if not user.may(RUN_PROGRAM):
            del self.fields["override_reason"]

    def clean(self) -> dict[str, Any]:
        """A period or a clock time. Where both are filled in, what stood there before gives way to what was chosen."""
        cleaned = super().clean() or {}
        starts, minutes = cleaned.pop("starts", None), cleaned.pop("minutes", None)
        cleaned["span"] = None
        if self.errors:
            return cleaned
        period = cleaned["period"]
        if period and starts == self.initial.get("starts"):
            starts = None
        elif period and period.pk == self.initial["period"]:
            period = cleaned["period"] = None
        if period and starts:
            self.add_error("period", _("Choose a period or a time, not both."))
        elif starts:
            cleaned["span"] = clock_span(cleaned["day"], starts, minutes or USUAL_MINUTES, school=self.school)
        elif not period:
            self.add_error("period", _("Choose a period, or a time."))
        return cleaned


class NoShowForm(forms.Form):
    """Who was away: one of those of whom this person may say it (words of `Booking.Away`)."""

    who = forms.ChoiceField(error_messages={"required": _("Tap who was away.")})

    def __init__(self, *args: Any, may_be: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [choice for choice in Booking.Away.choices if choice[0] in may_be]
        self.fields["who"].choices = choices  # type: ignore[attr-defined]


class ReplaceForm(forms.Form):
    """Who steps in for the mentor of a booking. A coordinator may go past that mentor's protection."""

    mentor = ShortNameChoice(User.objects.none(), label=_("Mentor"), empty_label=None)
    override_reason = forms.CharField(
        label=_("Why the mentor may miss class, if the protection says no"),
        help_text=_("Only coordinators read it. It stands in the trail that you did it."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, booking: Booking, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = Participant.objects.present().filter(program=booking.program_id, role=Participant.Role.STUDENT)
        mentors = (
            User.objects.active().may_take_part().filter(mentor__tools=booking.tool, pk__in=seats.values("person"))
        )
        offer_rows(self, mentor=mentors.order_by("given_name", "family_name", "pk"))
        if not user.may(RUN_PROGRAM):
            del self.fields["override_reason"]


class CancelForm(forms.Form):
    """Why, if one likes to say it."""

    reason = forms.CharField(
        label=_("Reason, if you like"),
        max_length=300,
        required=False,
        error_messages={"max_length": _("The reason is too long. Use at most 300 characters.")},
    )
