"""Choosing among rows: which ones, and by what name people are called."""

from typing import Any

from django import forms
from django.db.models import BigAutoField, QuerySet


class RowId(forms.IntegerField):
    """The id of a row that the form looks up by itself, together with others."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BigAutoField.MAX_BIGINT, **kwargs)


class ShortNameChoice(forms.ModelChoiceField):
    """One person, by the short name that others may read: "Maya R.", "Ms Ortiz"."""

    def label_from_instance(self, obj: Any) -> str:
        """Never the full name of a student."""
        return str(obj.short_name)


class FullNameChoice(forms.ModelChoiceField):
    """One person by the full name: for the office only, since two may share a short name."""

    def label_from_instance(self, obj: Any) -> str:
        """First and last name."""
        return str(obj.full_name)


class FullNameChoices(forms.ModelMultipleChoiceField):
    """People to tick, by their full names: for the coordinator only, since two may share a short name."""

    def label_from_instance(self, obj: Any) -> str:
        """First and last name."""
        return str(obj.full_name)


def offer_rows(form: forms.Form, **rows: QuerySet[Any]) -> None:
    """Let each named field choose among these rows and no others."""
    for name, choice in rows.items():
        field = form.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # only such a field chooses among rows
        field.queryset = choice
