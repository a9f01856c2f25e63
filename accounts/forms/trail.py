"""What of the trail is shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import TRACKED


class TrailFilterForm(forms.Form):
    """One kind of thing, one person, and where the page begins."""

    kind = forms.ChoiceField(label=_("What"), required=False)
    q = forms.CharField(label=_("Person"), required=False, max_length=100)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The kinds stand in the order of the reader's alphabet."""
        super().__init__(*args, **kwargs)
        kinds = sorted(((label, str(tracked.name)) for label, tracked in TRACKED.items()), key=lambda pair: pair[1])
        self.fields["kind"].choices = [("", _("Everything")), *kinds]  # type: ignore[attr-defined]
