"""A program, and the people who join it."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.day import DayField
from accounts.models import User
from accounts.permissions import Role
from mentorship.models import Participant, Program


class ProgramForm(forms.ModelForm):
    """Name, first and last day."""

    class Meta:
        model = Program
        fields = ["name", "starts_on", "ends_on"]
        help_texts = {"name": _("For example: Spring tech team")}
        field_classes = {"starts_on": DayField, "ends_on": DayField}

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned = super().clean() or self.cleaned_data
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", gettext("The last day is before the first day."))
        return cleaned


class PeopleField(forms.ModelMultipleChoiceField):
    """People to tick, by full name; a student without consent says so."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """The name, with grade and missing consent of a student."""
        if not obj.is_student:
            return str(obj.full_name)
        words = {"name": obj.full_name, "grade": obj.grade}
        if not obj.has_consent:
            return gettext("%(name)s (consent missing)") % words
        return gettext("%(name)s, grade %(grade)s") % words if obj.grade else str(obj.full_name)


class ParticipantsForm(forms.Form):
    """Who joins `program`, ticked on two sides, and in which arm. Offers active people who are not in it yet."""

    teachers = PeopleField(label=_("Teachers"), queryset=User.objects.none(), required=False)
    students = PeopleField(label=_("Student mentors"), queryset=User.objects.none(), required=False)
    arm = forms.ChoiceField(
        label=_("What they do"),
        choices=Participant.Arm.choices,
        initial=Participant.Arm.REVERSE,
        widget=forms.RadioSelect,
        help_text=_("Reverse mentoring: the student helps the teacher. Comparison: only answers the surveys."),
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.active().filter(school=program.school_id)
        people = people.exclude(pk__in=program.participants.present().values("person"))
        consented = User.objects.may_take_part().filter(pk=OuterRef("pk"))
        for name, role in (("teachers", Role.TEACHER), ("students", Role.STUDENT)):
            field = self.fields[name]
            assert isinstance(field, PeopleField)
            field.queryset = people.with_role(role).annotate(has_consent=Exists(consented))

    def clean(self) -> dict[str, Any]:
        """Somebody must be ticked."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned["teachers"] and not cleaned["students"]:
            raise forms.ValidationError(_("Tick at least one person."))
        return cleaned
