"""Hats, the next coordinator, and who leaves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.user import UserQuerySet
from accounts.permissions import Role
from sessions_app.forms.choices import FullNameChoice, FullNameChoices, offer_rows


class RolesForm(forms.Form):
    """Exactly these hats from now on."""

    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple)


class EndForm(forms.Form):
    """Who takes over the playgrounds of somebody whose account ends."""

    in_charge = FullNameChoice(
        User.objects.none(),
        label=_("Who is in charge of these playgrounds then?"),
        required=False,
        empty_label=_("Nobody: cancel them"),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, in_charge=adults_of(person).exclude(pk=person.pk))


class CoordinatorForm(forms.Form):
    """Who is coordinator next, and in whose place."""

    successor = FullNameChoice(User.objects.none(), label=_("The next coordinator"), empty_label=_("Choose somebody"))
    leaving = FullNameChoice(
        User.objects.none(), label=_("In the place of"), required=False, empty_label=_("Nobody: one more coordinator")
    )
    keeps_role = forms.BooleanField(label=_("The coordinator of now stays coordinator too"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        """Nobody makes themselves coordinator, so the admin is not on the list."""
        super().__init__(*args, **kwargs)
        coordinators = adults_of(by).with_role(Role.COORDINATOR)
        offer_rows(self, successor=adults_of(by).exclude(pk=by.pk), leaving=coordinators)
        self.fields["leaving"].initial = coordinators.first()


class LeavingForm(forms.Form):
    """What becomes of the ticked people whom the roster no longer names."""

    KEEP, END = "keep", "end"

    people = FullNameChoices(User.objects.none(), label=_("People"))
    decision = forms.ChoiceField(choices=[(KEEP, _("They stay")), (END, _("End their accounts"))])

    def __init__(self, *args: Any, missing: UserQuerySet, **kwargs: Any) -> None:
        """`missing` are the people of the school about whom nobody has decided."""
        super().__init__(*args, **kwargs)
        offer_rows(self, people=missing)


def adults_of(person: User) -> UserQuerySet:
    """The active grown-ups of this person's school."""
    people: UserQuerySet = User.objects.active().filter(school=person.school_id)
    return people.exclude(roles__contains=[Role.STUDENT])
