"""On which days there is school, and of what kind they are."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.forms.day import DayField
from accounts.models import DayType

LONGEST_STRETCH = dt.timedelta(days=400)
# No holidays are longer: a slip of the year would take out all that is planned.
LONGEST_CLOSURE = dt.timedelta(days=100)
WEEKDAYS = [str(number) for number in range(7)]
CLOSED = "none"


class StretchForm(forms.Form):
    """From one day to another, at most a good year."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))

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
    day_types = forms.ModelMultipleChoiceField(
        DayType.objects.none(),
        label=_("Kinds of day, in turn"),
        help_text=_("One kind for all these days, or several that take turns: A, B, A, B."),
        widget=forms.CheckboxSelectMultiple,
    )
    begin = forms.ModelChoiceField(
        DayType.objects.none(), label=_("Begin with"), empty_label=_("the first of them"), required=False
    )
    replaces = forms.BooleanField(label=_("Change the days that are there already, too"), required=False)

    def __init__(self, *args: Any, day_types: Any, **kwargs: Any) -> None:
        """`day_types` are the school's own."""
        super().__init__(*args, **kwargs)
        # 2024 began on a Monday: its first days are the names of the week in every language.
        names = [(number, date_format(dt.date(2024, 1, 1 + int(number)), "l")) for number in WEEKDAYS]
        cast(forms.ChoiceField, self.fields["weekdays"]).choices = names
        for field in ("day_types", "begin"):
            cast(forms.ModelChoiceField, self.fields[field]).queryset = day_types
        self.fields["day_types"].initial = day_types[:1]

    def clean(self) -> dict[str, Any]:
        """The turn begins with one of those that take it; `day_types` is a list in that order."""
        cleaned = super().clean() or {}
        if "day_types" in cleaned:
            turn, begin = list(cleaned["day_types"]), cleaned.pop("begin", None)
            if begin is not None and begin not in turn:
                self.add_error("begin", _("Begin with one of the kinds that you marked."))
            elif begin is not None:
                start = turn.index(begin)
                cleaned["day_types"] = turn[start:] + turn[:start]
            else:
                cleaned["day_types"] = turn
        return cleaned


class NoSchoolForm(forms.Form):
    """Days without school: one, or a stretch."""

    first = DayField(label=_("No school on"))
    last = DayField(label=_("Until, if it is more than one day"), required=False)

    def clean(self) -> dict[str, Any]:
        """One day is a stretch that ends where it begins."""
        cleaned = super().clean() or {}
        if first := cleaned.get("first"):
            cleaned["last"] = cleaned.get("last") or first
            if cleaned["last"] < first:
                self.add_error("last", _("The last day can't be before the first."))
            elif cleaned["last"] - first > LONGEST_CLOSURE:
                self.add_error("last", _("This is more than 100 days. Take out a shorter stretch."))
        return cleaned


class MonthForm(forms.Form):
    """The kind of each day of a month, as `day_2026-12-03`; a day without school says so, and none is left out."""

    def __init__(self, *args: Any, days: dict[dt.date, DayType | None], kinds: list[DayType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind_of = {str(kind.pk): kind for kind in kinds}
        choices = [(CLOSED, _("no school")), *((str(kind.pk), kind.name) for kind in kinds)]
        self.dates = {f"day_{date.isoformat()}": date for date in days}
        for name, date in self.dates.items():
            kind = days[date]
            self.fields[name] = forms.ChoiceField(
                label=date_format(date, "l j"), choices=choices, initial=str(kind.pk) if kind else CLOSED
            )

    def days(self) -> dict[dt.date, DayType | None]:
        """What was chosen for each day."""
        return {date: self.kind_of.get(self.cleaned_data[name]) for name, date in self.dates.items()}
