"""A tool of the school's list."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.models import School
from mentorship.models import Tool


class ToolForm(forms.ModelForm):
    """A name that `school` does not have yet, and what the tool helps with."""

    class Meta:
        model = Tool
        fields = ["name", "support"]

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.school = school

    def clean_name(self) -> str:
        """One tool of a name, whatever its capitals."""
        name: str = self.cleaned_data["name"]
        if Tool.objects.filter(school=self.instance.school, name__iexact=name).exists():
            raise forms.ValidationError(_("This tool is in the list already."))
        return name
