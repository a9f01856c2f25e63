"""Planning a playground for every week of a term."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.playground import PlaygroundForm
from sessions_app.reports.series import MOST_DATES, weekly_dates

# Longer than any school year.
LONGEST = dt.timedelta(days=400)


class DatesField(forms.TypedMultipleChoiceField):
    """Any number of dates, as ISO 8601 writes them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=dt.date.fromisoformat, required=False, **kwargs)

    def valid_value(self, value: str) -> bool:
        """What is no date is found when it is read."""
        return True


class PlaygroundSeriesForm(PlaygroundForm):
    """The plan of a playground, the weekdays on which it is held, and which dates are left out."""

    until = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days of the week?"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    left_out = DatesField(label=_("Left out"), widget=forms.MultipleHiddenInput)
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label = _("First day")

    def clean(self) -> dict[str, Any]:
        """A series ends after it begins, within a year, and has at least one date."""
        cleaned = super().clean()
        first, until, weekdays = cleaned.get("day"), cleaned.get("until"), cleaned.get("weekdays")
        if not (first and until and weekdays):
            return cleaned
        if until < first:
            self.add_error("until", _("The last day lies before the first."))
        elif until - first > LONGEST or len(self.days()) > MOST_DATES:
            self.add_error(
                "until", _("That is more than %(count)s dates. Choose an earlier last day.") % {"count": MOST_DATES}
            )
        elif not self.days():
            self.add_error("weekdays", _("None of these days lies between the first and the last."))
        return cleaned

    def days(self) -> list[dt.date]:
        """All dates of the series, those that are left out among them."""
        cleaned = self.cleaned_data
        return weekly_dates(cleaned["day"], cleaned["until"], cleaned["weekdays"])
