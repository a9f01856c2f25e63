"""Who is at a playground."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import School, User
from sessions_app.forms.choices import offer_rows


class PresenceForm(forms.Form):
    """One person of the school; `undo` where she is not there after all."""

    person = forms.ModelChoiceField(User.objects.none())
    undo = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, school: School) -> None:
        super().__init__(data)
        offer_rows(self, person=User.objects.filter(school=school))
