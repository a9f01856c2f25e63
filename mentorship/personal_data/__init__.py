"""What this app holds about a person: to hand out, to erase, and to end when it was kept long enough."""

from mentorship.models import (
    Availability,
    AvailabilityException,
    HelpEntry,
    HelpRequest,
    Mentor,
    MentorTool,
    Pairing,
    Participant,
    Refusal,
    Step,
)
from mentorship.personal_data.collecting import collect
from mentorship.personal_data.erasing import erase, preview_erasure
from mentorship.personal_data.keeping import KEPT, expire

CLAIMED = frozenset(
    {
        Availability,
        AvailabilityException,
        HelpEntry,
        HelpEntry.tools.through,
        HelpRequest,
        Mentor,
        MentorTool,
        Pairing,
        Participant,
        Refusal,
        Step,
    }
)

__all__ = ["CLAIMED", "KEPT", "collect", "erase", "expire", "preview_erasure"]
