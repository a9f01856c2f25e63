"""Why nothing fits: who or what stands in the way, found by looking again with one rule less."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import Consent, Room, School, User
from mentorship.models import Availability, MentorTool, Participant, Program, Tool
from sessions_app.models import BookingRules, UnmetWish
from sessions_app.models.unmet_wish import Limit
from sessions_app.reports.finder import propose
from sessions_app.reports.rules import is_anybody_available

# How far back the coordinator's numbers go, in days.
COUNTED_DAYS = 28
# The school's rules, one after the other, as if they were not.
WITHOUT: dict[Limit, dict[str, int | None]] = {
    Limit.NOTICE: {"notice_minutes": 0},
    Limit.TEACHER_WEEK: {"teacher_week_limit": None},
    Limit.MENTOR_WEEK: {"mentor_week_limit": None},
    Limit.PROTECTION: {"same_class_days": 0, "core_week_minutes": 30_000},
}


@dataclass(frozen=True)
class UnmetTool:
    """How many wishes for help with a tool found no time, and what stood in the way most often."""

    tool: str
    count: int
    limit: str


def what_limits(
    teacher: User,
    *,
    tool: Tool,
    program: Program,
    now: dt.datetime,
    today: dt.date,
    rules: BookingRules | None = None,
) -> Limit:
    """Who or what stands in the way when nothing fits. `rules` are the school's, unless given."""
    seats = Participant.objects.present().filter(program=program)
    mentors = User.objects.active().filter(
        participations__in=seats.filter(role=Participant.Role.STUDENT),
        pk__in=MentorTool.objects.filter(tool=tool).values("mentor__user"),
    )
    consents = Consent.objects.standing().filter(person=OuterRef("pk"), purpose=Consent.Purpose.TAKE_PART)
    consented = mentors.filter(Exists(consents.filter(given_by=Consent.GivenBy.GUARDIAN)))
    if not seats.filter(person=teacher, role=Participant.Role.TEACHER).exists():
        return Limit.NOT_IN_PROGRAM
    if not Availability.objects.filter(person=teacher).exists():
        return Limit.TEACHER_TIME
    if not consented.exists():
        return Limit.NO_MENTOR
    if not is_anybody_available(teacher, tool=tool, program=program):
        return Limit.NOT_AVAILABLE
    if not Room.objects.filter(in_view=True, school=program.school_id).exists():
        return Limit.NO_ROOM
    rules = rules or BookingRules.of(program.school)
    for limit, gone in WITHOUT.items():
        relaxed = copy.copy(rules)
        for name, value in gone.items():
            setattr(relaxed, name, value)
        if propose(teacher, tool=tool, program=program, now=now, today=today, limit=1, rules=relaxed):
            return limit
    return Limit.NO_COMMON_TIME


def sentence_of(limit: Limit, tool: Tool) -> str:
    """The same for the teacher who looks: what stands in the way, and what can be done."""
    sentences = {
        Limit.NOT_IN_PROGRAM: _("You are not in this program yet. Ask the coordinator to add you."),
        Limit.TEACHER_TIME: _("We do not know your free periods yet. Fill them in, and proposals appear here."),
        Limit.NO_MENTOR: _("No mentor helps with %(tool)s yet."),
        Limit.NOT_AVAILABLE: _("No mentor for %(tool)s is available to you. Ask the coordinator."),
        Limit.NO_ROOM: _("No room is marked as in view yet. Ask the coordinator."),
        Limit.NOTICE: _("The times that fit are too near: your school asks for more notice."),
        Limit.TEACHER_WEEK: _("You have as many bookings in these weeks as your school allows. Ask the coordinator."),
        Limit.MENTOR_WEEK: _("The mentors for %(tool)s help as often in these weeks as your school allows."),
        Limit.PROTECTION: _("The mentors for %(tool)s would miss too much class in these weeks. Ask the coordinator."),
        Limit.NO_COMMON_TIME: _(
            "You and the mentors for %(tool)s have no free period in common in the next three weeks."
        ),
    }
    return sentences[limit] % {"tool": tool.name}


def sentence_for_coordinator(limit: Limit, tool: Tool, teacher: User) -> str:
    """The same for the coordinator who looks for a teacher; the school's notice and limits do not bind her."""
    sentences = {
        Limit.TEACHER_TIME: _("%(teacher)s has not filled in any free periods yet."),
        Limit.NOT_AVAILABLE: _("No mentor for %(tool)s is available to %(teacher)s."),
        Limit.NO_ROOM: _("No room is marked as in view yet."),
        Limit.PROTECTION: _(
            "The mentors for %(tool)s would miss too much class in these weeks. With a reason you may go past that."
        ),
        Limit.NO_COMMON_TIME: _(
            "%(teacher)s and the mentors for %(tool)s have no free period in common in the next three weeks."
        ),
    }
    if limit not in sentences:
        return sentence_of(limit, tool)
    return sentences[limit] % {"tool": tool.name, "teacher": teacher.short_name}


def sentence_of_choice(teacher: User, *, mentor_id: int | None, name: str, day: dt.date | None, **wish: Any) -> str:
    """What of a choice that fits no time is to blame, the mentor or the day; empty where nothing would fit without it.

    `wish` is the rest of what `propose` takes.
    """

    def fits(**choice: Any) -> bool:
        return bool(propose(teacher, **wish, **choice, limit=1))

    who = {"mentor_id": mentor_id, "name": name}
    has_who = bool(mentor_id or name)
    other_day, other_mentor = bool(day) and fits(**who), has_who and fits(day=day)
    if other_day and has_who and other_mentor:
        return _("No time with this mentor fits on that day. Another day fits, or another mentor.")
    if other_day:
        return _("No time fits on that day. Another day fits.")
    if other_mentor:
        return _("No time with this mentor fits in the next three weeks. Another mentor fits.")
    if day and has_who and fits():
        return _("Neither this mentor nor that day fits. Look without them.")
    return ""


def unmet_tools(school: School, *, today: dt.date) -> list[UnmetTool]:
    """Wishes of the last weeks that found no time, by tool, the most wished first; one statement. Nobody is named."""
    wishes = UnmetWish.objects.filter(program__school=school, date__gt=today - dt.timedelta(days=COUNTED_DAYS))
    rows = wishes.values("tool__name", "limit").annotate(count=Count("pk")).order_by("-count", "limit")
    tools: dict[str, UnmetTool] = {}
    for row in rows:
        known = tools.get(row["tool__name"])
        limit = known.limit if known else str(Limit(row["limit"]).label)
        tools[row["tool__name"]] = UnmetTool(row["tool__name"], row["count"] + (known.count if known else 0), limit)
    return sorted(tools.values(), key=lambda one: (-one.count, one.tool))
