"""What a guardian answers on the page that the link of a mail leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ConsentText

YES, NO = "yes", "no"


class GuardianAnswerForm(forms.Form):
    """Yes or no to each text, and the guardian's name as a signature. Fields are named after the text's id, so that an
    answer never counts for words that were not on the page."""

    def __init__(self, *args: Any, texts: Mapping[str, ConsentText], standing: set[str], **kwargs: Any) -> None:
        """`texts` by purpose; `standing` are the purposes that a guardian said yes to before."""
        super().__init__(*args, **kwargs)
        self.texts = {f"text{text.pk}": text for text in texts.values()}
        for name, text in self.texts.items():
            self.fields[name] = forms.ChoiceField(
                label=_("Your answer"),
                choices=[(YES, _("Yes, I agree")), (NO, _("No"))],
                widget=forms.RadioSelect,
                initial=YES if text.purpose in standing else None,
                error_messages={"required": _("Choose yes or no.")},
            )
        self.fields["signature"] = forms.CharField(
            label=_("Your name, as your signature"), max_length=200, error_messages={"required": _("Write your name.")}
        )
        self.standing = standing

    @property
    def questions(self) -> list[tuple[ConsentText, forms.BoundField, bool]]:
        """Each text with its field, and whether a yes to it stands."""
        return [(text, self[name], text.purpose in self.standing) for name, text in self.texts.items()]

    @property
    def answers(self) -> dict[ConsentText, bool]:
        """Yes (True) or no by text, once the form is valid."""
        return {text: self.cleaned_data[name] == YES for name, text in self.texts.items()}
