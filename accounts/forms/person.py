"""Adding somebody to the list of people, and changing what stands there."""

from __future__ import annotations

import unicodedata
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import School, User
from accounts.permissions import Role
from accounts.roster.people import DIRECTION_MARKS

PARTICULARS = ("given_name", "family_name", "title", "grade", "email", "language")


class OneLineField(forms.CharField):
    """Words on one line, in one way of writing accents, without signs that nobody sees."""

    def to_python(self, value: Any) -> str:
        """The words without what a pasted text brings along."""
        return unicodedata.normalize("NFC", " ".join(str(value or "").translate(DIRECTION_MARKS).split()))

    def validate(self, value: Any) -> None:
        """No control characters, and something to say in it where it is required."""
        super().validate(value)
        if any(unicodedata.category(letter) in ("Cc", "Cn", "Cs") for letter in value):
            raise forms.ValidationError(_("There are signs here that can't be printed."))
        if self.required and not any(letter.isalnum() for letter in value):
            raise forms.ValidationError(_("There is no name here."))


class ParticularsForm(forms.Form):
    """Name, language and how to reach somebody."""

    given_name = OneLineField(label=_("First name"), max_length=100)
    family_name = OneLineField(label=_("Last name"), max_length=100)
    title = OneLineField(
        label=pgettext_lazy("before a name", "Title"),
        max_length=20,
        required=False,
        help_text=_("How students say it: Ms, Mr, Dr."),
    )
    grade = OneLineField(label=_("Grade, for a student"), max_length=20, required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("A student without one comes in by a printed card."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    @property
    def particulars(self) -> dict[str, str]:
        """What was typed about the person, without the hats."""
        return {name: self.cleaned_data[name] for name in PARTICULARS}


class NewPersonForm(ParticularsForm):
    """The same, with the hats of somebody new, and whether the invitation leaves at once."""

    roles = forms.MultipleChoiceField(label=_("Role"), widget=forms.CheckboxSelectMultiple)
    is_invited = forms.BooleanField(label=_("Send the invitation now"), required=False, initial=True)

    def __init__(self, *args: Any, school: School, roles_offered: list[str], **kwargs: Any) -> None:
        """`roles_offered` are those that the person at the form may give."""
        super().__init__(*args, **kwargs)
        labels = [(role.value, role.label) for role in Role if role in roles_offered]
        cast(forms.ChoiceField, self.fields["roles"]).choices = labels
        self.fields["language"].initial = school.languages[0]


def particulars_of(person: User) -> dict[str, str]:
    """What stands there now, as the form shows it."""
    return {name: getattr(person, name) or "" for name in PARTICULARS}
