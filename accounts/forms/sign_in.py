"""The rules of signing in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class SecondFactorRuleForm(forms.Form):
    """On or off. Who switches it on without a second factor of her own says that she knows what follows."""

    is_on = forms.BooleanField(label=_("Coordinators and admins need a second step"), required=False)
    is_understood = forms.BooleanField(
        label=_("I have no second step yet. I will set one up on the next page, before I can go on."), required=False
    )

    def __init__(self, data: QueryDict | None, *, is_on: bool, has_own: bool) -> None:
        super().__init__(data, initial={"is_on": is_on})
        self.is_told = has_own or is_on
        if self.is_told:
            del self.fields["is_understood"]

    def clean(self) -> dict[str, Any]:
        """She is told first."""
        cleaned = super().clean() or {}
        if cleaned.get("is_on") and not self.is_told and not cleaned.get("is_understood"):
            self.add_error("is_understood", _("Please tick this too: it will ask you first."))
        return cleaned
