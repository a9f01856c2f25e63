"""Choosing the school's time zone."""

from __future__ import annotations

import zoneinfo
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import School
from accounts.models.school import validate_time_zone

# What most schools that ask for Flipside choose; any other name may be typed.
OFTEN = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "America/Mexico_City", "Europe/London",
    "Europe/Madrid", "Europe/Berlin", "Africa/Cairo", "Asia/Amman", "Asia/Riyadh", "Asia/Dubai",
)  # fmt: skip


class TimeZoneForm(forms.Form):
    """A name of the IANA list. Where something is booked, the person says that she has read what follows."""

    time_zone = forms.CharField(
        label=_("Time zone"),
        help_text=_("As the IANA list has it, such as America/Chicago."),
        max_length=64,
        validators=[validate_time_zone],
        widget=forms.TextInput(attrs={"list": "time-zones", "dir": "ltr", "spellcheck": "false"}),
    )
    is_understood = forms.BooleanField(label=_("I have read what happens to booked times."), required=False)

    often = OFTEN

    def __init__(self, data: QueryDict | None, *, school: School, is_empty: bool) -> None:
        super().__init__(data, initial={"time_zone": school.time_zone})
        self.now, self.is_empty = school.time_zone, is_empty
        if not self.is_asking:
            del self.fields["is_understood"]

    @cached_property
    def wanted_zone(self) -> zoneinfo.ZoneInfo | None:
        """The other zone that was asked for, if it is one."""
        name = str(self.data.get("time_zone", "")).strip()
        try:
            validate_time_zone(name)
        except ValidationError:
            return None
        return zoneinfo.ZoneInfo(name) if name != self.now else None

    @property
    def is_asking(self) -> bool:
        """Whether something is booked that would read another hour."""
        return not self.is_empty and self.wanted_zone is not None

    def clean(self) -> dict[str, Any]:
        """Nothing changes before that was read."""
        cleaned = super().clean() or {}
        if self.is_asking and not cleaned.get("is_understood"):
            self.add_error("is_understood", _("Please read what happens to booked times, and tick this."))
        return cleaned
