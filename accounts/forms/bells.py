"""Bell schedules, their times, and the kinds of day."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.forms.school import TIME
from accounts.models import DayType, Period


class BellScheduleForm(forms.Form):
    """A name, and for which grades it is; none of them means everybody."""

    name = forms.CharField(label=_("Name"), max_length=80)
    grades = forms.MultipleChoiceField(
        label=_("Only for these grades"),
        help_text=_("The schedule for everybody has none marked."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, grades: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["grades"]).choices = [(grade, grade) for grade in grades]


class BellTimesForm(forms.Form):
    """From when to when each period is; both empty where it is not held."""

    def __init__(
        self, *args: Any, periods: list[Period], times: dict[int, tuple[dt.time, dt.time]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.periods = periods
        for period in periods:
            starts, ends = times.get(period.pk, (None, None))
            for name, label, value in (("starts", _("Starts"), starts), ("ends", _("Ends"), ends)):
                self.fields[f"{name}_{period.pk}"] = forms.TimeField(
                    label=label, initial=value, required=False, widget=TIME
                )

    @property
    def lines(self) -> list[tuple[Period, list[BoundField]]]:
        """Each period with its two fields."""
        return [(period, [self[f"starts_{period.pk}"], self[f"ends_{period.pk}"]]) for period in self.periods]

    def clean(self) -> dict[str, Any]:
        """Both or neither, the end after the start, and no two at one time."""
        cleaned = super().clean() or {}
        last: tuple[dt.time, Period] | None = None
        lines = [(cleaned.get(f"starts_{one.pk}"), cleaned.get(f"ends_{one.pk}"), one) for one in self.periods]
        for starts, ends, period in sorted(lines, key=lambda line: line[0] or dt.time()):
            if f"starts_{period.pk}" in self.errors or f"ends_{period.pk}" in self.errors:
                continue
            if (starts is None) != (ends is None):
                self.add_error(f"{'starts' if starts is None else 'ends'}_{period.pk}", _("Fill in both, or neither."))
            elif starts and ends and ends <= starts:
                self.add_error(f"ends_{period.pk}", _("It must end after it starts."))
            elif starts and ends:
                if last and starts < last[0]:
                    words = _("This begins before “%(name)s” has ended.") % {"name": last[1].name}
                    self.add_error(f"starts_{period.pk}", words)
                last = ends, period
        if not self.errors and last is None:
            raise forms.ValidationError(_("At least one period must have its times."))
        return cleaned

    def times(self) -> dict[int, tuple[dt.time, dt.time]]:
        """The times by period id, of those that are held."""
        said = (
            (one.pk, self.cleaned_data[f"starts_{one.pk}"], self.cleaned_data[f"ends_{one.pk}"]) for one in self.periods
        )
        return {pk: (starts, ends) for pk, starts, ends in said if starts and ends}


class DayTypeForm(forms.ModelForm):
    """A kind of day. Its name is checked by the service, which holds the lock."""

    class Meta:
        model = DayType
        fields = ["name", "is_testing"]
        help_texts = {"is_testing": _("No student is taken out of a class on such a day.")}
