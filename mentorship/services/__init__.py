"""Acts of mentorship: verbs with keyword-only `by=`, one transaction each; each says no by raising Refused."""

from mentorship.services.availability import remove_exception, set_availability, set_exceptions
from mentorship.services.catalogue import install_tools
from mentorship.services.help_entry import discard_draft, draft_help_entry, revise_help_entry, submit_help_entry
from mentorship.services.leaving import leave_programs
from mentorship.services.mentor import set_mentor_tools
from mentorship.services.pairing import close_pairing, pause_pairings_between, start_pairing
from mentorship.services.participant import add_participant, add_participants, remove_participant
from mentorship.services.program import create_program
from mentorship.services.refusal import refuse_person, take_back_refusal
from mentorship.services.timetable import apply_timetable
from mentorship.services.verification import change_help_entry, deny_help_entry, verify_help_entry, verify_many

__all__ = [
    "add_participant",
    "add_participants",
    "apply_timetable",
    "change_help_entry",
    "close_pairing",
    "create_program",
    "deny_help_entry",
    "discard_draft",
    "draft_help_entry",
    "install_tools",
    "leave_programs",
    "pause_pairings_between",
    "refuse_person",
    "remove_exception",
    "remove_participant",
    "revise_help_entry",
    "set_availability",
    "set_exceptions",
    "set_mentor_tools",
    "start_pairing",
    "submit_help_entry",
    "take_back_refusal",
    "verify_help_entry",
    "verify_many",
]
