"""Changing the words that people agree to."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import ConsentText


class ConsentTextForm(forms.ModelForm):
    """The words of one text; whether people are asked again matters only from the second version on."""

    class Meta:
        model = ConsentText
        fields = ("body", "on_withdrawal", "asks_again")
        widgets = {
            "body": forms.Textarea(attrs={"rows": 16}),
            "on_withdrawal": forms.Textarea(attrs={"rows": 6}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("body", "on_withdrawal"):
            self.fields[name].widget.attrs |= {"lang": self.instance.language, "dir": self.instance.direction}
        if self.instance.version == 1 and self.instance.is_draft:
            del self.fields["asks_again"]
