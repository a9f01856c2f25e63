"""A day that a school can mean: the one field in which people write it, and the one reader of files and addresses."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

# A mistyped year is told; and at the ends of what a date can say, the week before or after is an error.
FIRST, LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
OUT_OF_REACH = _("Choose a day in the years %(first)s to %(last)s.")
YEARS = {"first": str(FIRST.year), "last": str(LAST.year)}


def is_day_of_school(day: dt.date) -> bool:
    """Whether a school can mean this day."""
    return FIRST <= day <= LAST


def read_day(text: str) -> dt.date | None:
    """A date as ISO 8601 writes it, of an address or a hidden field; None for what is none that a school can mean."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and is_day_of_school(day) else None


def within_reach(day: dt.date) -> None:
    """Validator: raises ValidationError where no school can mean this day."""
    if not is_day_of_school(day):
        raise ValidationError(OUT_OF_REACH, code="out_of_reach", params=YEARS)


class DayField(forms.DateField):
    """A day of the calendar, with the device's own picker."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [within_reach]
