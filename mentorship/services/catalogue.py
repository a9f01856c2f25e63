"""The tools that a new school begins with."""

from django.db import transaction

from accounts.models import School, User
from accounts.permissions import RUN_PROGRAM
from accounts.services import require_act
from mentorship.models import Tool

Support = Tool.Support

# What schools often have already, by the need that it serves. A school adds its own.
USUAL_TOOLS: list[tuple[str, Support]] = [
    ("Immersive Reader", Support.READING_ALOUD),
    ("Read&Write", Support.READING_ALOUD),
    ("Select to Speak", Support.READING_ALOUD),
    ("Google Translate", Support.TRANSLATION),
    ("Microsoft Translator", Support.TRANSLATION),
    ("Live captions", Support.CAPTIONS),
    ("Captions in slides", Support.CAPTIONS),
    ("Voice typing", Support.DICTATION),
    ("Shared whiteboard", Support.OTHER),
]


@transaction.atomic
def install_tools(school: School, *, by: User) -> int:
    """Give the school the usual tools that it does not have yet; returns how many were new."""
    require_act(by, RUN_PROGRAM, school.pk)
    have = {name.lower() for name in Tool.objects.filter(school=school).values_list("name", flat=True)}
    new = [Tool(school=school, name=name, support=need) for name, need in USUAL_TOOLS if name.lower() not in have]
    # Two people may press the button at once: the second one's rows fall away.
    Tool.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
