"""When a person is free: in each week, and on single days."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.day import DayField
from mentorship.reports import FreeGrid


class AvailabilityForm(forms.Form):
    """The filled slots of a grid: free ones, and classes that may be left. Its page draws the grid itself."""

    slot = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": _("This is not a period of your school.")}
    )
    leave = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": _("This is no class that can be left.")}
    )

    def __init__(self, *args: Any, grid: FreeGrid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grid = grid
        slots = [(cell.slot, cell.slot) for cell in grid.cells]
        classes = [(cell.slot, cell.slot) for cell in grid.cells if cell.can_leave]
        cast(forms.MultipleChoiceField, self.fields["slot"]).choices = slots
        cast(forms.MultipleChoiceField, self.fields["leave"]).choices = classes

    def clean_slot(self) -> set[tuple[int, int]]:
        """The slots as (day type id, period id)."""
        return as_pairs(self.cleaned_data["slot"])

    def clean_leave(self) -> set[tuple[int, int]]:
        """The classes as (day type id, period id)."""
        return as_pairs(self.cleaned_data["leave"])


def as_pairs(slots: list[str]) -> set[tuple[int, int]]:
    """From what the page sends ("3-7") to (day type id, period id)."""
    pairs = (slot.split("-") for slot in slots)
    return {(int(day_type), int(period)) for day_type, period in pairs}


class ExceptionForm(forms.Form):
    """On one date a person is free after all, or is not."""

    is_free = forms.ChoiceField(
        label=_("On that day"),
        choices=[("no", _("not free")), ("yes", _("free after all"))],
        initial="no",
        widget=forms.RadioSelect,
    )
    day = DayField(label=_("Day"))
    periods = forms.TypedMultipleChoiceField(
        label=_("Periods"),
        help_text=_("Leave all of them empty for the whole day."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, grid: FreeGrid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {period.pk: period for period, _cells in grid.rows}
        periods = cast(forms.TypedMultipleChoiceField, self.fields["periods"])
        periods.choices = [(pk, period.name) for pk, period in names.items()]
        periods.coerce = lambda pk: names[int(pk)]

    def clean_is_free(self) -> bool:
        """Whether the person is free then."""
        return bool(self.cleaned_data["is_free"] == "yes")
