"""A teacher and a student who will work together."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentorship.models import Participant, Program


class PersonField(forms.ModelChoiceField):
    """One person, by full name."""

    def label_from_instance(self, obj: Any) -> str:
        """The full name: the coordinator knows everybody by it."""
        return str(obj.full_name)


class PairingForm(forms.Form):
    """Who with whom, in `program`, and that both said yes."""

    teacher = PersonField(label=_("Teacher"), queryset=User.objects.none())
    student = PersonField(
        label=_("Student mentor"),
        queryset=User.objects.none(),
        help_text=_("Never a student whom this teacher grades."),
    )
    both_said_yes = forms.BooleanField(
        label=_("I asked both, and both said yes"),
        error_messages={"required": _("Ask both first: a pair starts only when both want it.")},
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, role in (("teacher", Participant.Role.TEACHER), ("student", Participant.Role.STUDENT)):
            field = self.fields[name]
            assert isinstance(field, PersonField)
            field.queryset = User.objects.filter(pk__in=program.participants.to_pair(role).values("person"))


class ClosePairingForm(forms.Form):
    """Why a pair ends."""

    reason = forms.CharField(
        label=_("Why does this pair end?"),
        help_text=_("For example: the term is over. The reason stays with the pair; the coordinator reads it."),
        max_length=300,
        error_messages={"required": _("Say why the pair ends.")},
    )
