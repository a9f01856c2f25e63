"""Finding people of the school, and recording a guardian's consent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
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


class ConsentForm(forms.Form):
    """What stands on the paper that a guardian signed."""

    guardian_name = forms.CharField(label=_("Guardian's name"), max_length=200)
    guardian_language = forms.ChoiceField(
        label=_("Language for letters to the guardian"), choices=settings.LANGUAGES, initial="en"
    )
    guardian_email = forms.EmailField(label=_("Guardian's e-mail, if there is one"), required=False)
    given_on = forms.DateField(
        label=_("Day of the signature"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        """`today` by the school's clock: the signature can't be later."""
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["given_on"].initial = today
        self.fields["given_on"].widget.attrs["max"] = today.isoformat()

    def clean_given_on(self) -> dt.date:
        """Nobody has signed in the future."""
        day: dt.date = self.cleaned_data["given_on"]
        if day > self.today:
            raise forms.ValidationError(_("The day of the signature can't be in the future."))
        return day
