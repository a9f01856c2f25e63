"""Planning a playground, or repeating a booking, for every week of a term."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.forms.day import DayField
from accounts.models import User
from accounts.permissions import RUN_PROGRAM
from sessions_app.forms.playground import PlaygroundForm
from sessions_app.models import Booking
from sessions_app.reports.booking_dates import dates_after, day_of
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

    until = DayField(label=_("Last day"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days of the week?"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    left_out = DatesField(label=_("Left out"), widget=forms.MultipleHiddenInput)

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


class RepeatForm(forms.Form):
    """How often a booking is repeated and until when, and which dates are left out.

    `known` are the dates that the page showed as not possible: others that have become so since are new.
    """

    until = DayField(label=_("Until which day?"))
    every = forms.TypedChoiceField(
        label=_("How often?"),
        choices=[(1, _("Every week")), (2, _("Every second week"))],
        coerce=int,
        initial=1,
        required=False,
        widget=forms.RadioSelect,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days of the week?"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    override_reason = forms.CharField(
        label=_("Why the mentor may miss class, if the protection says no"),
        help_text=_("Only coordinators read it. It stands in the trail that you did it."),
        max_length=300,
        required=False,
    )
    left_out = DatesField(label=_("Left out"), widget=forms.MultipleHiddenInput)
    known = DatesField(label=_("Not possible"), widget=forms.MultipleHiddenInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, booking: Booking, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.booking = booking
        if not user.may(RUN_PROGRAM):
            del self.fields["override_reason"]

    def clean_every(self) -> int:
        """Every week, unless said otherwise."""
        return self.cleaned_data["every"] or 1

    def clean_weekdays(self) -> list[int]:
        """The day of the booking, where none is ticked."""
        return self.cleaned_data["weekdays"] or [day_of(self.booking).weekday()]

    def clean_revision(self) -> int:
        """As the booking stands, where the page does not say which one it showed."""
        revision: int | None = self.cleaned_data["revision"]
        return self.booking.revision if revision is None else revision

    def clean(self) -> dict[str, Any]:
        """There is at least one more date, and no more than a year has."""
        cleaned = super().clean() or {}
        until = cleaned.get("until")
        if not until or "weekdays" not in cleaned or "every" not in cleaned:
            return cleaned
        if until - day_of(self.booking) > LONGEST or len(self.days()) > MOST_DATES:
            self.add_error(
                "until", _("That is more than %(count)s dates. Choose an earlier last day.") % {"count": MOST_DATES}
            )
        elif not self.days():
            self.add_error("until", _("No other date lies before that day. Choose a later one."))
        return cleaned

    def days(self) -> list[dt.date]:
        """All dates but the first, which is booked; those that are left out among them."""
        cleaned = self.cleaned_data
        return dates_after(self.booking, until=cleaned["until"], weekdays=cleaned["weekdays"], every=cleaned["every"])
