"""Rather not with whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import RUN_PROGRAM
from mentorship.forms.pairing import PersonField
from mentorship.models import Participant, Program


class ShortNameField(forms.ModelChoiceField):
    """One person, as everybody may read her: a student by first name and initial."""

    def label_from_instance(self, obj: Any) -> str:
        """Never the full name of a student."""
        return str(obj.short_name)


class OwnRefusalForm(forms.Form):
    """Somebody speaks for oneself, about those whom a booking could bring."""

    about = ShortNameField(User.objects.none(), label=_("Rather not with"), empty_label=_("Choose"))

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        role = Participant.Role.TEACHER if user.is_student else Participant.Role.STUDENT
        field = self.fields["about"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = present_in(Program.objects.joined_by(user), role=role).exclude(pk=user.pk)


class RefusalForm(forms.Form):
    """The coordinator speaks for anybody in a program."""

    person = PersonField(User.objects.none(), label=_("Who"), empty_label=_("Choose"))
    about = PersonField(User.objects.none(), label=_("Rather not with"), empty_label=_("Choose"))

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        for field in self.fields.values():
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = present_in(Program.objects.visible_to(user))


def refusal_form(data: Any, *, user: User) -> OwnRefusalForm | RefusalForm:
    """The coordinator's form, or the one in which one speaks for oneself."""
    return RefusalForm(data, user=user) if user.may(RUN_PROGRAM) else OwnRefusalForm(data, user=user)


def present_in(programs: Any, **seat: str) -> Any:
    """Those who are in one of these programs now, if it is not closed (a QuerySet of User, each once)."""
    seats = Participant.objects.present().filter(program__in=programs.filter(closed_on=None), **seat)
    return User.objects.active().filter(pk__in=seats.values("person"))
