"""When and where school is, and what the school chose."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Period, Room

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PeriodForm(forms.Form):
    """One period of the school day, or an empty line for one more."""

    period = forms.ModelChoiceField(Period.objects.none(), required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=40)
    starts = forms.TimeField(label=_("Starts"), widget=TIME)
    ends = forms.TimeField(label=_("Ends"), widget=TIME)

    def __init__(self, *args: Any, periods: Any, **kwargs: Any) -> None:
        """`periods` are the school's own: no other can be changed here."""
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["period"]).queryset = periods

    def clean(self) -> dict[str, Any]:
        """A period ends after it starts."""
        cleaned = super().clean() or {}
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["ends"] <= cleaned["starts"]:
            self.add_error("ends", _("It must end after it starts."))
        return cleaned


class BasePeriodFormSet(forms.BaseFormSet):
    """All periods of a day: no two at one time, no two of one name."""

    def clean(self) -> None:
        """Tell by the field which line meets another."""
        filled = [form for form in self.forms if form.is_valid() and form.cleaned_data.get("name")]
        # Copies: an error takes its field out of a form's cleaned values.
        lines = [(form, dict(form.cleaned_data)) for form in filled if not form.cleaned_data.get("DELETE")]
        names: set[str] = set()
        last: dict[str, Any] = {}
        for form, line in sorted(lines, key=lambda pair: pair[1]["starts"]):
            if last and line["starts"] < last["ends"]:
                form.add_error("starts", _("This begins before “%(name)s” has ended.") % {"name": last["name"]})
            if line["name"] in names:
                form.add_error("name", _("Another period has this name."))
            last = line
            names.add(line["name"])


PeriodFormSet = forms.formset_factory(PeriodForm, formset=BasePeriodFormSet, extra=2, can_delete=True, max_num=60)


class RoomForm(forms.ModelForm):
    """A room and what may happen in it."""

    class Meta:
        model = Room
        fields = ["name", "in_view", "is_shared"]
        help_texts = {
            "in_view": _("A door with a window, an open library: one teacher and one student meet only in such rooms."),
            "is_shared": _("A library or a hall is never taken by one booking. Leave it empty for a classroom."),
        }

    def clean_name(self) -> str:
        """A name stands for one room of the school, whatever its capitals."""
        name: str = self.cleaned_data["name"]
        if Room.objects.filter(school=self.instance.school_id, name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This room exists."))
        return name
