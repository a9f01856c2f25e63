"""Finding people of the school."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role


class PersonFilterForm(forms.Form):
    """What of the list of people is shown."""

    MISSING = "missing"
    NEVER_IN = "never_in"

    q = forms.CharField(label=_("Name"), required=False, max_length=100)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Everybody")),
            *Role.choices,
            (MISSING, _("Students without consent")),
            (NEVER_IN, _("Not signed in yet")),
        ],
    )
