"""Uploading a roster, and choosing from its preview."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import RosterRow, RosterUpload
from accounts.permissions import Role
from accounts.roster import (
    FIELD_LABELS,
    MAXIMUM_BYTES,
    Roster,
    SchoolUnknown,
    UnknownColumns,
    UnreadableFile,
    likely_columns,
    read_files,
    shown,
)

MAXIMUM_COLUMNS = 60

NOT_OF_THIS_FILE = _("These rows do not belong to this file. Look at the preview again.")


class FilesInput(forms.ClearableFileInput):
    """Lets one choose several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; cleaned to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Each file by Django's own rules."""
        single = super().clean
        return [single(one, initial) for one in data] if data else [single(None, initial)]


class RosterForm(forms.Form):
    """A list, or the files of a OneRoster folder. What the files leave open is asked below them."""

    file = FilesField(
        label=_("File"),
        help_text=_(
            "A CSV file or a spreadsheet (XLSX); or a OneRoster export, as a zip or all its files at once. "
            "At most 40 MB and 100,000 rows."
        ),
        allow_empty_file=True,  # the reader's own sentence says it better
        widget=FilesInput(attrs={"accept": ".csv,.xlsx,.zip,text/csv"}),
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
    is_whole = forms.BooleanField(
        label=_("Everybody of the school is in the file"),
        help_text=_("Then you are shown who is not in it any more. OneRoster files say it themselves."),
        required=False,
    )
    school = forms.CharField(label=_("School"), required=False, max_length=255)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is asked before a file was read."""
        super().__init__(*args, **kwargs)
        self.schools: list[tuple[str, str]] = []
        self.header: list[dict[str, str]] = []
        self.field_labels = FIELD_LABELS
        self.said = self._said()

    def clean(self) -> dict[str, Any]:
        """Read the files; what can't be read is told at the field, with row and column; what is open is asked."""
        cleaned = super().clean() or {}
        if "file" in cleaned:
            try:
                cleaned["roster"] = self._read(cleaned["file"], cleaned.get("role", ""), cleaned.get("school", ""))
            except SchoolUnknown as error:
                self.schools = error.schools
                self.add_error(None, str(error))
            except UnknownColumns as error:
                named = [shown(heading) for heading in error.header if heading.strip()]
                likely = likely_columns(dict.fromkeys(named[:MAXIMUM_COLUMNS]))
                self.header = [{"heading": name, "field": self.said.get(name, field)} for name, field in likely.items()]
                self.add_error(None, str(error))
            except UnreadableFile as error:
                self.add_error("file", str(error))
        return cleaned

    @property
    def roster(self) -> Roster:
        """What a valid form read."""
        return self.cleaned_data["roster"]

    def _read(self, files: list[UploadedFile], role: str, school: str) -> Roster:
        if sum(file.size or 0 for file in files) > MAXIMUM_BYTES:
            raise UnreadableFile(_("This is larger than 40 MB. Pack the files into a zip, or split the list."))
        contents = [(file.name or "", file.read()) for file in files]
        return read_files(contents, role=role, school=school, columns=self.said)

    def _said(self) -> dict[str, str]:
        """What a person said of each column, by its heading; columns of another file are in no way."""
        if not isinstance(self.data, QueryDict):
            return {}
        pairs = zip(self.data.getlist("heading"), self.data.getlist("field"), strict=False)
        return {heading: name for heading, name in pairs if name in FIELD_LABELS or not name}


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
    """The ticks and answers of one page of the preview: which rows it showed, and what was said of them."""

    shown = RowNumbersField(required=False)
    picked = RowNumbersField(required=False)
    all_students = forms.BooleanField(required=False)
    is_leaving = forms.BooleanField(required=False)

    def __init__(self, *args: Any, upload: RosterUpload, **kwargs: Any) -> None:
        """`upload` is the file whose rows are ticked."""
        super().__init__(*args, **kwargs)
        self.upload = upload

    def clean(self) -> dict[str, Any]:
        """Only rows of this file that somebody must decide about, and only those whom the page showed."""
        cleaned = super().clean() or {}
        shown, picked = set(cleaned.get("shown", [])), set(cleaned.get("picked", []))
        asked = set(self.upload.rows.to_choose().filter(number__in=shown).values_list("number", flat=True))
        known = self.upload.rows.filter(needs_pick=True, number__in=shown).count() + len(asked)
        choices = {number: self.data.get(f"choice_{number}", "") for number in asked}
        if known != len(shown) or not picked <= shown or not set(choices.values()) <= {"", *RosterRow.Choice.values}:
            raise forms.ValidationError(NOT_OF_THIS_FILE)
        cleaned["choices"] = choices
        return cleaned


class RosterFilterForm(forms.Form):
    """What of the preview is shown."""

    SHOWS = [("students", _("Students")), *((fate, label) for fate, label in RosterRow.Fate.choices)]

    show = forms.ChoiceField(choices=SHOWS, required=False)
    q = forms.CharField(required=False, max_length=100, strip=True)
