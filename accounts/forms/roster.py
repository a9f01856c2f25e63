"""Uploading a roster, and choosing from its preview."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import RosterRow, RosterUpload
from accounts.permissions import Role
from accounts.roster import MAXIMUM_BYTES, Roster, UnreadableFile, read_roster

NOT_OF_THIS_FILE = _("These rows do not belong to this file. Look at the preview again.")


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
                cleaned["roster"] = read_roster(cleaned["file"].read(MAXIMUM_BYTES + 1), role=cleaned.get("role", ""))
            except UnreadableFile as error:
                self.add_error("file", str(error))
        return cleaned

    @property
    def roster(self) -> Roster:
        """What a valid form read."""
        return self.cleaned_data["roster"]


class RowNumbersField(forms.Field):
    """Any number of row numbers of one name."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: list[str] | None) -> list[int]:
        """What the browser sent, as numbers."""
        try:
            return [int(number) for number in value or []]
        except ValueError:
            raise forms.ValidationError(NOT_OF_THIS_FILE) from None


class PickForm(forms.Form):
    """The ticks of one page of the preview: which rows it showed, and which are ticked."""

    shown = RowNumbersField(required=False)
    picked = RowNumbersField(required=False)
    all_students = forms.BooleanField(required=False)

    def __init__(self, *args: Any, upload: RosterUpload, **kwargs: Any) -> None:
        """`upload` is the file whose rows are ticked."""
        super().__init__(*args, **kwargs)
        self.upload = upload

    def clean(self) -> dict[str, Any]:
        """Only students of this file who need a pick, and only those whom the page showed."""
        cleaned = super().clean() or {}
        shown, picked = set(cleaned.get("shown", [])), set(cleaned.get("picked", []))
        known = self.upload.rows.students_to_pick().filter(number__in=shown).count()
        if known != len(shown) or not picked <= shown:
            raise forms.ValidationError(NOT_OF_THIS_FILE)
        return cleaned


class RosterFilterForm(forms.Form):
    """What of the preview is shown."""

    SHOWS = [("students", _("Students")), *((fate, label) for fate, label in RosterRow.Fate.choices)]

    show = forms.ChoiceField(choices=SHOWS, required=False)
    q = forms.CharField(required=False, max_length=100, strip=True)
