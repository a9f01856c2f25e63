"""Checks of one submission each; what was typed is kept when something is missing."""

from mentorship.forms.availability import AvailabilityForm, ExceptionForm
from mentorship.forms.help_entry import ChangeForm, DenyForm, HelpEntryForm, VerifyManyForm
from mentorship.forms.pairing import ClosePairingForm, PairingForm
from mentorship.forms.profile import MentorForm
from mentorship.forms.program import ParticipantsForm, ProgramForm
from mentorship.forms.refusal import refusal_form
from mentorship.forms.timetable import TimetableForm
from mentorship.forms.tool import ToolForm

__all__ = [
    "AvailabilityForm",
    "ChangeForm",
    "ClosePairingForm",
    "DenyForm",
    "ExceptionForm",
    "HelpEntryForm",
    "MentorForm",
    "PairingForm",
    "ParticipantsForm",
    "ProgramForm",
    "TimetableForm",
    "ToolForm",
    "VerifyManyForm",
    "refusal_form",
]
