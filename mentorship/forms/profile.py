"""What a mentor helps with."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from mentorship.models import Mentor, MentorTool, Tool


class MentorForm(forms.Form):
    """How well a mentor knows each tool of the school, and which languages the mentor speaks."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, mentor: Mentor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["languages"] = mentor.languages
        levels = dict(mentor.mentor_tools.values_list("tool", "level"))
        self.tools = list(Tool.objects.filter(school=mentor.user.school_id))
        for tool in self.tools:
            self.fields[f"tool_{tool.pk}"] = forms.TypedChoiceField(
                label=tool.name,
                help_text=tool.get_support_display(),
                choices=[("", _("not yet")), *MentorTool.Level.choices],
                coerce=int,
                empty_value=None,
                initial=levels.get(tool.pk, ""),
                widget=forms.RadioSelect,
                required=False,
            )

    @property
    def tool_fields(self) -> list[BoundField]:
        """One question for each tool."""
        return [self[f"tool_{tool.pk}"] for tool in self.tools]

    def levels(self) -> dict[int, int]:
        """The level for each tool (by id) that the mentor helps with."""
        said = {tool.pk: self.cleaned_data[f"tool_{tool.pk}"] for tool in self.tools}
        return {tool: level for tool, level in said.items() if level is not None}
