"""Who mentors whom, and what was done."""

from mentorship.models.availability import Availability, AvailabilityException
from mentorship.models.help_entry import HelpEntry
from mentorship.models.help_request import HelpRequest
from mentorship.models.mentor import LearnerGroup, Mentor, MentorTool, Tool
from mentorship.models.pairing import Pairing, Step
from mentorship.models.program import Participant, Program, ProgramTemplate, TemplateStep
from mentorship.models.refusal import Refusal

from mentorship.models import tracked  # isort: skip  # last: the list of what the trail keeps of all these

__all__ = [
    "Availability",
    "AvailabilityException",
    "HelpEntry",
    "HelpRequest",
    "LearnerGroup",
    "Mentor",
    "MentorTool",
    "Pairing",
    "Participant",
    "Program",
    "ProgramTemplate",
    "Refusal",
    "Step",
    "TemplateStep",
    "Tool",
    "tracked",
]
