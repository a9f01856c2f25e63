"""Help given to somebody who walked up to a mentor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentorship.models import Tool
from sessions_app.forms.choices import offer_rows
from sessions_app.models import PlaygroundSession
from sessions_app.reports.walk_up import teachers_of, tools_of


class WalkUpForm(forms.Form):
    """Whom, with what. The teacher is the button that was pressed."""

    tool = forms.ModelChoiceField(
        Tool.objects.none(),
        label=_("With which tool?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Tap a tool first.")},
    )
    teacher = forms.ModelChoiceField(User.objects.none())

    def __init__(self, *args: Any, playground: PlaygroundSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tools = Tool.objects.filter(pk__in=[tool.pk for tool in tools_of(playground)])
        offer_rows(self, tool=tools, teacher=teachers_of(playground))
