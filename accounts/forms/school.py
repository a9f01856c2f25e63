"""When and where school is, and what the school chose."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import DayType, Period, Room, School, User
from accounts.permissions import Role

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
# Minutes before a session at which a reminder may go out.
LEADS = [30, 60, 120, 180, 720, 1440, 2880, 4320, 10080]
LONGEST_STRETCH = dt.timedelta(days=400)
WEEKDAYS = [str(number) for number in range(7)]


class PeriodForm(forms.Form):
    """One period of the school day, or an empty line for one more."""

    period = forms.ModelChoiceField(Period.objects.none(), required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=40)
    starts = forms.TimeField(label=_("Starts"), widget=TIME)
    ends = forms.TimeField(label=_("Ends"), widget=TIME)

    def __init__(self, *args: Any, periods: Any, **kwargs: Any) -> None:
        """`periods` are the school's own: no other can be changed here."""
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["period"]).queryset = periods

    def clean(self) -> dict[str, Any]:
        """A period ends after it starts."""
        cleaned = super().clean() or {}
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["ends"] <= cleaned["starts"]:
            self.add_error("ends", _("It must end after it starts."))
        return cleaned


class BasePeriodFormSet(forms.BaseFormSet):
    """All periods of a day: no two at one time, no two of one name."""

    def clean(self) -> None:
        """Tell by the field which line meets another."""
        filled = [form for form in self.forms if form.is_valid() and form.cleaned_data.get("name")]
        # Copies: an error takes its field out of a form's cleaned values.
        lines = [(form, dict(form.cleaned_data)) for form in filled if not form.cleaned_data.get("DELETE")]
        names: set[str] = set()
        last: dict[str, Any] = {}
        for form, line in sorted(lines, key=lambda pair: pair[1]["starts"]):
            if last and line["starts"] < last["ends"]:
                form.add_error("starts", _("This begins before “%(name)s” has ended.") % {"name": last["name"]})
            if line["name"] in names:
                form.add_error("name", _("Another period has this name."))
            last = line
            names.add(line["name"])


PeriodFormSet = forms.formset_factory(PeriodForm, formset=BasePeriodFormSet, extra=2, can_delete=True, max_num=60)


class StretchForm(forms.Form):
    """From one day to another, at most a good year."""

    first = forms.DateField(label=_("First day"), widget=DAY)
    last = forms.DateField(label=_("Last day"), widget=DAY)

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day can't be before the first."))
        elif first and last and last - first > LONGEST_STRETCH:
            self.add_error("last", _("This is more than a year. Fill one school year at a time."))
        return cleaned


class SchoolDayFillForm(StretchForm):
    """Which weekdays of a stretch are school days, and of what kind."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"), coerce=int, initial=WEEKDAYS[:5], widget=forms.CheckboxSelectMultiple
    )
    day_type = forms.ModelChoiceField(DayType.objects.none(), label=_("Kind of day"), empty_label=None)

    def __init__(self, *args: Any, day_types: Any, **kwargs: Any) -> None:
        """`day_types` are the school's own."""
        super().__init__(*args, **kwargs)
        # 2024 began on a Monday: its first days are the names of the week in every language.
        names = [(number, date_format(dt.date(2024, 1, 1 + int(number)), "l")) for number in WEEKDAYS]
        cast(forms.ChoiceField, self.fields["weekdays"]).choices = names
        cast(forms.ModelChoiceField, self.fields["day_type"]).queryset = day_types
        self.fields["day_type"].initial = day_types.first()


class NoSchoolForm(forms.Form):
    """Days without school: one, or a stretch."""

    first = forms.DateField(label=_("No school on"), widget=DAY)
    last = forms.DateField(label=_("Until, if it is more than one day"), widget=DAY, required=False)

    def clean(self) -> dict[str, Any]:
        """One day is a stretch that ends where it begins."""
        cleaned = super().clean() or {}
        if first := cleaned.get("first"):
            cleaned["last"] = cleaned.get("last") or first
            if cleaned["last"] < first:
                self.add_error("last", _("The last day can't be before the first."))
        return cleaned


class RoomForm(forms.ModelForm):
    """A room and what may happen in it."""

    class Meta:
        model = Room
        fields = ["name", "in_view", "is_shared"]
        help_texts = {
            "in_view": _("A door with a window, an open library: one teacher and one student meet only in such rooms."),
            "is_shared": _("A library or a hall is never taken by one booking. Leave it empty for a classroom."),
        }

    def clean_name(self) -> str:
        """A name stands for one room of the school, whatever its capitals."""
        name: str = self.cleaned_data["name"]
        if Room.objects.filter(school=self.instance.school_id, name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This room exists."))
        return name


class ReminderForm(forms.Form):
    """The two moments before a session at which reminders go out."""

    first = forms.TypedChoiceField(label=_("First reminder"), coerce=int)
    second = forms.TypedChoiceField(label=_("Second reminder"), coerce=int)

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        """Show what the school has now, also where it is none of our list."""
        now = sorted(school.reminder_leads, reverse=True)
        kwargs["initial"] = dict(zip(("first", "second"), now, strict=False))
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            choices = [(minutes, spoken_lead(minutes)) for minutes in sorted({*LEADS, *now})]
            cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        """Two reminders at one moment are one too many."""
        cleaned = super().clean() or {}
        if "first" in cleaned and cleaned["first"] == cleaned.get("second"):
            self.add_error("second", _("Choose another time than for the first reminder."))
        return cleaned

    @property
    def leads(self) -> list[int]:
        """Both, the longer one first."""
        return sorted((self.cleaned_data["first"], self.cleaned_data["second"]), reverse=True)


class ThresholdForm(forms.ModelForm):
    """What only an admin sets."""

    class Meta:
        model = School
        fields = ["name", "time_zone", "minimum_group_size", "second_adult"]
        labels = {"name": _("Name of the school"), "second_adult": _("Second adult for calls for help")}
        help_texts = {
            "time_zone": _("As the IANA list has it, such as America/Chicago. Booked times stay the same moment."),
            "minimum_group_size": _("Results of fewer people are hidden. 5 or more."),
            "second_adult": _(
                "Reads every call for help beside the coordinators, and alone those about a coordinator."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The second adult is an active grown-up of this school."""
        super().__init__(*args, **kwargs)
        adults = User.objects.active().filter(school=self.instance).exclude(roles__contains=[Role.STUDENT])
        second_adult = cast(forms.ModelChoiceField, self.fields["second_adult"])
        second_adult.queryset, second_adult.empty_label = adults, _("Nobody yet")
        self.fields["minimum_group_size"].widget.attrs["min"] = 5

    def clean_minimum_group_size(self) -> int:
        """Smaller groups would show single people."""
        size: int = self.cleaned_data["minimum_group_size"]
        if not 5 <= size <= 100:
            raise forms.ValidationError(_("Choose a number from 5 to 100."))
        return size


def spoken_lead(minutes: int) -> str:
    """ "1 hour before", "2 days before"."""
    if minutes % 1440 == 0:
        return ngettext("%(count)s day before", "%(count)s days before", minutes // 1440) % {"count": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(count)s hour before", "%(count)s hours before", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)s minute before", "%(count)s minutes before", minutes) % {"count": minutes}
