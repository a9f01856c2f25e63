"""What a student needs as a learner, and who may read it."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import FlagGrant, Flags, User
from accounts.permissions import Role


class LearnerFlagsForm(forms.Form):
    """Three things, none of them needed."""

    eb = forms.BooleanField(label=_("Emergent Bilingual (EB)"), required=False)
    dyslexic = forms.BooleanField(label=_("Dyslexic"), required=False)
    languages = forms.CharField(
        label=_("Languages at home"), required=False, max_length=200, help_text=_("For example: Spanish, Arabic.")
    )

    def flags(self) -> Flags:
        """What was filled in."""
        return Flags(**self.cleaned_data)


class FlagGrantForm(forms.Form):
    """Which coordinator may read the flags from now on."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Coordinator"), empty_label=_("Choose somebody"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        """Coordinators of the admin's school who can't do so yet."""
        super().__init__(*args, **kwargs)
        people = User.objects.active().filter(school_id=by.school_id).with_role(Role.COORDINATOR)
        people = people.exclude(pk__in=FlagGrant.objects.standing().values("user"))
        cast(forms.ModelChoiceField, self.fields["user"]).queryset = people
