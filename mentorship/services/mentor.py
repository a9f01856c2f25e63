"""What a mentor can help with."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EDIT_MENTOR, RUN_PROGRAM
from accounts.services import Refused, require_act
from mentorship.models import Mentor, MentorTool, Tool


@transaction.atomic
def set_mentor_tools(mentor: Mentor, levels: Mapping[int, int], languages: Collection[str], *, by: User) -> Mentor:
    """The mentor helps with exactly these tools and speaks exactly these languages.

    `levels` maps a tool's id to a MentorTool.Level. Students set their own, who runs the program anybody's.
    Refused when a tool is not of the mentor's school.
    """
    mentor = Mentor.objects.select_for_update(of=("self",)).select_related("user").get(pk=mentor.pk)
    require_act(by, EDIT_MENTOR if by == mentor.user else RUN_PROGRAM, mentor.user.school_id)
    if Tool.objects.filter(school=mentor.user.school_id, pk__in=levels).count() != len(levels):
        raise Refused(_("This is not a tool of your school."))
    mentor.languages = sorted(languages)
    mentor.save(update_fields=["languages"])
    mentor.mentor_tools.exclude(tool__in=levels).delete()
    MentorTool.objects.bulk_create(
        [MentorTool(mentor=mentor, tool_id=tool, level=level) for tool, level in levels.items()],
        update_conflicts=True,
        unique_fields=["mentor", "tool"],
        update_fields=["level"],
    )
    return mentor
