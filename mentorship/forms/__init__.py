"""Checks of one submission each; what was typed is kept when something is missing."""

from mentorship.forms.help_entry import ChangeForm, DenyForm, HelpEntryForm

__all__ = ["ChangeForm", "DenyForm", "HelpEntryForm"]
