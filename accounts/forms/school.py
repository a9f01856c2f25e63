"""When and where school is, and what the school chose."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import DayType, Period, Room

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
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
