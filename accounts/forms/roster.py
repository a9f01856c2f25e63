"""Uploading a roster, and choosing from its preview."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import RosterRow
from accounts.permissions import Role
from accounts.roster import Roster, UnreadableFile, read_roster


class RosterForm(forms.Form):
    """One file. The role matters only where the file has no column for it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A CSV file, or users.csv of a OneRoster export. At most 10 MB and 20,000 rows."),
        allow_empty_file=True,  # the reader's own sentence says it better
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    role = forms.ChoiceField(
        label=_("Who is in the file?"),
        choices=[
            ("", _("The file has a role column")),
            (Role.TEACHER, _("Only teachers")),
            (Role.STUDENT, _("Only students")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """Read the file; what can't be read is told at the field, with row and column."""
        cleaned = super().clean() or {}
        if "file" in cleaned:
            try:
                cleaned["roster"] = read_roster(cleaned["file"].read(), role=cleaned.get("role", ""))
            except UnreadableFile as error:
                self.add_error("file", str(error))
        return cleaned

    @property
    def roster(self) -> Roster:
        """What a valid form read."""
        return self.cleaned_data["roster"]


class PickForm(forms.Form):
    """The ticks of one page of the preview: which rows it showed, and which are ticked."""

    shown = forms.TypedMultipleChoiceField(coerce=int, required=False)
    picked = forms.TypedMultipleChoiceField(coerce=int, required=False)
    all_students = forms.BooleanField(required=False)

    def __init__(self, *args: Any, numbers: list[int], **kwargs: Any) -> None:
        """`numbers` are the rows of the upload that can be picked: any other is refused."""
        super().__init__(*args, **kwargs)
        for name in ("shown", "picked"):
            cast(forms.ChoiceField, self.fields[name]).choices = [(number, number) for number in numbers]


class RosterFilterForm(forms.Form):
    """What of the preview is shown."""

    SHOWS = [("students", _("Students")), *((fate, label) for fate, label in RosterRow.Fate.choices)]

    show = forms.ChoiceField(choices=SHOWS, required=False)
    q = forms.CharField(required=False, max_length=100, strip=True)
