"""How many of the finder's times a page shows, and in which order."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from mentorship.models import LearnerGroup, Program, Tool
from sessions_app.reports.finder import Proposal, propose

# How many times are shown, and how many where a mentor or a day was chosen.
SHOWN = 3
MORE = 9


def proposals_for(
    teacher: User,
    *,
    tool: Tool,
    program: Program,
    now: dt.datetime,
    today: dt.date,
    learner_group: str = LearnerGroup.ALL,
    mentor_id: int | None = None,
    name: str = "",
    day: dt.date | None = None,
) -> list[Proposal]:
    """The best three, best first. Where a mentor, a first name (its beginning) or a day was chosen, up to nine.

    Those of one day come as the day goes.
    """
    proposals = propose(
        teacher,
        tool=tool,
        program=program,
        now=now,
        today=today,
        learner_group=learner_group,
        mentor_id=mentor_id,
        name=name,
        day=day,
        limit=MORE if mentor_id or name or day else SHOWN,
    )
    return sorted(proposals, key=lambda one: one.starts_at) if day else proposals
