"""Choosing a first password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts.models import User

PASSWORD = forms.PasswordInput(attrs={"autocomplete": "new-password", "maxlength": "4096"})


class NewPasswordForm(forms.Form):
    """A password, twice, strong enough for this person."""

    password1 = forms.CharField(
        label=_("Password"),
        help_text=_("8 signs or more. A few words in a row are strong and easy to remember."),
        strip=False,
        max_length=4096,
        widget=PASSWORD,
    )
    password2 = forms.CharField(label=_("The same password again"), strip=False, max_length=4096, widget=PASSWORD)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password1(self) -> str:
        """The rules of the installation: not short, not common, not like the person's own name."""
        password: str = self.cleaned_data["password1"]
        password_validation.validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        """Twice the same, so that nobody is locked out by a slip."""
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("These two are not the same."))
        return cleaned
