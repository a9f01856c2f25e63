"""The help log: what a student taps after helping, and what an adult says to it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import School, User
from mentorship.models import HelpEntry, Tool


class HelpEntryForm(forms.Form):
    """What was done, by tapping. Needs `school`, and `initial` with the minutes and tools that are known already.

    Its cleaned data are keywords of `submit_help_entry` and `revise_help_entry`. Shown by
    `mentorship/_help_entry_fields.html`.
    """

    done = forms.MultipleChoiceField(
        label=_("What did you do? Tap all that is true."),
        choices=HelpEntry.Done.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=HelpEntry.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap how it ended.")},
    )
    tools = forms.ModelMultipleChoiceField(
        label=_("With which tools?"),
        queryset=Tool.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tap at least one tool.")},
    )
    minutes = forms.IntegerField(
        label=_("How many minutes?"),
        min_value=1,
        max_value=600,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Write how many minutes it took."),
            "invalid": _("Write the minutes as a number, like 25."),
            "min_value": _("It took at least 1 minute."),
            "max_value": _("More than 600 minutes is too long for one time."),
        },
    )
    trouble = forms.MultipleChoiceField(
        label=_("Did something go wrong? Tap it, or leave it."),
        choices=HelpEntry.Trouble.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(
        label=_("In your own words, if you like"),
        help_text=_(
            "You can write in any language. You can begin with: I showed ... The hard part was ... Next time ..."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        required=False,
    )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tools"].queryset = Tool.objects.filter(school=school)  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(entry: HelpEntry) -> dict[str, Any]:
        """What stands in an entry, as this form's `initial`."""
        facts = {name: getattr(entry, name) for name in ("done", "outcome", "minutes", "trouble", "note")}
        return facts | {"tools": list(entry.tools.all())}


class VerifyManyForm(forms.Form):
    """The entries that were ticked. One that this person may not see, or no id at all, makes the form invalid."""

    entry = forms.ModelMultipleChoiceField(queryset=HelpEntry.objects.none(), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = HelpEntry.objects.visible_to(user)  # type: ignore[attr-defined]


class ChangeForm(forms.Form):
    """Other minutes, and what was changed."""

    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=600)
    verdict = forms.CharField(
        label=_("What was changed?"), help_text=_("The student and the teacher read this."), max_length=300
    )


class DenyForm(forms.Form):
    """Why an entry is not accepted."""

    verdict = forms.CharField(
        label=_("Why not?"), help_text=_("The student and the teacher read this."), max_length=300
    )
