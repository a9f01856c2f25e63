"""What a school chose: its name and languages, its reminders, its limits."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import School, User
from accounts.permissions import Role

# Minutes before a session at which a reminder may go out.
LEADS = [30, 60, 120, 180, 720, 1440, 2880, 4320, 10080]


class GeneralForm(forms.Form):
    """The name of the school and the languages it works in."""

    name = forms.CharField(label=_("Name of the school"), max_length=200)
    languages = forms.MultipleChoiceField(
        label=_("Languages of the school"),
        help_text=_("Consent texts are kept in these. Everybody may still read the pages in any language."),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )
    first_language = forms.ChoiceField(
        label=_("Language of new people"),
        help_text=_("Where a roster does not say which one somebody reads."),
        choices=settings.LANGUAGES,
    )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        languages = school.languages
        kwargs["initial"] = {"name": school.name, "languages": languages, "first_language": languages[0]}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """New people read one of the school's languages."""
        cleaned = super().clean() or {}
        if cleaned.get("languages") and cleaned.get("first_language") not in cleaned["languages"]:
            self.add_error("first_language", _("Choose one of the languages of the school."))
        return cleaned

    @property
    def ordered_languages(self) -> list[str]:
        """The chosen languages, that of new people first."""
        first, chosen = self.cleaned_data["first_language"], self.cleaned_data["languages"]
        return [first, *(code for code in chosen if code != first)]


class ReminderForm(forms.Form):
    """The two moments before a session at which reminders go out, what people may choose, and when all is quiet."""

    first = forms.TypedChoiceField(label=_("First reminder"), coerce=int)
    second = forms.TypedChoiceField(label=_("Second reminder"), coerce=int)
    most = forms.TypedChoiceField(
        label=_("The earliest that people may choose for themselves"), coerce=int, required=False, empty_value=None
    )
    least = forms.TypedChoiceField(
        label=_("The latest that people may choose for themselves"), coerce=int, required=False, empty_value=None
    )
    quiet_from = forms.TimeField(
        label=_("Quiet hours begin"),
        help_text=_(
            "Reminders come before quiet hours, other news after them. Calls for help and what is about an account "
            "come at any hour. Leave both empty to send at any hour."
        ),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet hours end"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    digest_at = forms.TimeField(
        label=_("Daily mail to coordinators"),
        help_text=_("What needs them today, on school days on which something does. Leave it empty for none."),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        """Show what the school has now, also where it is none of our list."""
        now = sorted(school.reminder_leads, reverse=True)
        kwargs["initial"] = dict(zip(("first", "second"), now, strict=False)) | {
            "most": school.lead_most,
            "least": school.lead_least,
            "quiet_from": school.quiet_from,
            "quiet_until": school.quiet_until,
            "digest_at": school.digest_at,
        }
        super().__init__(*args, **kwargs)
        self.now, self.limits_now = now, (school.lead_least, school.lead_most)
        choices = [(minutes, spoken_lead(minutes)) for minutes in sorted({*LEADS, *now, *self.limits_now})]
        for name in ("first", "second", "most", "least"):
            cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        """Two reminders at one moment are one too many; limits and quiet hours have two ends."""
        cleaned = super().clean() or {}
        if "first" in cleaned and cleaned["first"] == cleaned.get("second"):
            self.add_error("second", _("Choose another time than for the first reminder."))
        least, most = self.limits if {"least", "most"} <= cleaned.keys() else (1, 2)
        if least >= most:
            self.add_error("least", _("Choose a time that is nearer to the session than the earliest one."))
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (begin is None) != (end is None):
            self.add_error("quiet_from" if begin is None else "quiet_until", _("Quiet hours need both times."))
        elif begin is not None and begin == end:
            self.add_error("quiet_until", _("Quiet hours can't begin and end at the same time."))
        return cleaned

    @property
    def spoken_leads(self) -> list[str]:
        """What the school has now, in words."""
        return [spoken_lead(minutes) for minutes in self.now]

    @property
    def leads(self) -> list[int]:
        """Both, the longer one first."""
        return sorted((self.cleaned_data["first"], self.cleaned_data["second"]), reverse=True)

    @property
    def limits(self) -> tuple[int, int]:
        """The shortest and the longest time that people may choose; what is not said stays."""
        least, most = self.limits_now
        return self.cleaned_data["least"] or least, self.cleaned_data["most"] or most

    @property
    def quiet(self) -> tuple[dt.time, dt.time] | None:
        """When quiet hours begin and end, if there are any."""
        begin, end = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return (begin, end) if begin is not None and end is not None else None


class LimitForm(forms.ModelForm):
    """What only an admin sets."""

    class Meta:
        model = School
        fields = ["minimum_group_size", "second_adult"]
        labels = {"second_adult": _("Second adult for calls for help")}
        help_texts = {
            "minimum_group_size": _("Results of fewer people are hidden. 5 or more."),
            "second_adult": _(
                "Reads every call for help beside the coordinators, and alone those about a coordinator."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The second adult is an active grown-up of this school."""
        super().__init__(*args, **kwargs)
        adults = User.objects.active().filter(school=self.instance).exclude(roles__contains=[Role.STUDENT])
        second_adult = cast(forms.ModelChoiceField, self.fields["second_adult"])
        second_adult.queryset, second_adult.empty_label = adults, _("Nobody yet")
        self.fields["minimum_group_size"].widget.attrs["min"] = 5

    def clean_minimum_group_size(self) -> int:
        """Smaller groups would show single people."""
        size: int = self.cleaned_data["minimum_group_size"]
        if not 5 <= size <= 100:
            raise forms.ValidationError(_("Choose a number from 5 to 100."))
        return size


def spoken_lead(minutes: int) -> str:
    """ "1 hour before", "2 days before"."""
    if minutes % 1440 == 0:
        return ngettext("%(count)s day before", "%(count)s days before", minutes // 1440) % {"count": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(count)s hour before", "%(count)s hours before", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)s minute before", "%(count)s minutes before", minutes) % {"count": minutes}
