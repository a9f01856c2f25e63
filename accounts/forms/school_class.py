"""A class: who teaches it and who is in it."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Period, SchoolClass, User
from accounts.permissions import Role

# Of more students than this only those of the class's grade are shown.
STUDENTS_SHOWN = 300


class ClassFilterForm(forms.Form):
    """Which classes are shown."""

    q = forms.CharField(label=_("Name of the class or a teacher"), required=False, max_length=100)


class FullNames(forms.ModelMultipleChoiceField):
    """People to tick, by full name; students with their grade."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """The name, and the grade where there is one."""
        return f"{obj.full_name} ({obj.grade})" if obj.grade else str(obj.full_name)


class SchoolClassForm(forms.ModelForm):
    """One class with its teachers, students and periods, all of its school."""

    teachers = FullNames(label=_("Teachers"), queryset=User.objects.none(), required=False)
    students = FullNames(label=_("Students"), queryset=User.objects.none(), required=False)

    class Meta:
        model = SchoolClass
        fields = ["name", "subject", "grade", "is_core", "teachers", "students", "periods"]
        widgets = {"periods": forms.CheckboxSelectMultiple}
        labels = {"periods": _("Periods")}
        help_texts = {"is_core": _("A class that nobody should miss, such as math or English.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offers the people who are in the class, and everybody active who could be: teachers teach, students learn."""
        super().__init__(*args, **kwargs)
        school_id, pk = self.instance.school_id, self.instance.pk
        people = User.objects.filter(school_id=school_id, erased_at=None)
        learners = people.filter(is_active=True, roles__contains=[Role.STUDENT])
        self.is_cut = learners.count() > STUDENTS_SHOWN
        could_teach = Q(is_active=True, roles__contains=[Role.TEACHER])
        could_learn = Q(is_active=True, roles__contains=[Role.STUDENT])
        if self.is_cut:
            could_learn &= Q(grade=self.instance.grade or "-")
        if pk:  # "= NULL" would ask for everybody who is in no class
            could_teach |= Q(classes_taught=pk)
            could_learn |= Q(classes_attended=pk)
        offered = {
            "teachers": people.filter(could_teach),
            "students": people.filter(could_learn),
            "periods": Period.objects.filter(school_id=school_id),
        }
        for name, queryset in offered.items():
            cast(forms.ModelMultipleChoiceField, self.fields[name]).queryset = queryset.distinct()

    def clean(self) -> dict[str, Any]:
        """Nobody teaches the own class."""
        cleaned = super().clean() or self.cleaned_data
        if set(cleaned.get("teachers", [])) & set(cleaned.get("students", [])):
            self.add_error("students", _("Somebody can't teach a class and attend it."))
        return cleaned
