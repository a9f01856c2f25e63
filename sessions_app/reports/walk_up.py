"""Help that a mentor gives at a playground without a booking: when it is noted, for whom, with what."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from accounts.models.user import UserQuerySet
from mentorship.models import Participant, Tool
from sessions_app.models import Duty, PlaygroundSession

# How long after the end a mentor may still begin to log.
AFTER = dt.timedelta(hours=1)
# Fewer letters than these find half a school; more names than these are no answer.
LETTERS, FOUND = 2, 12


def is_walk_up_time(playground: PlaygroundSession, now: dt.datetime) -> bool:
    """From its beginning until an hour after its end."""
    return playground.starts_at <= now < playground.ends_at + AFTER


def teachers_of(playground: PlaygroundSession) -> UserQuerySet:
    """The teachers who are in its program now, by name."""
    rows = Participant.objects.present().filter(program=playground.program_id, role=Participant.Role.TEACHER)
    return User.objects.active().filter(pk__in=rows.values("person")).order_by("family_name", "given_name", "pk")


def teachers_here(playground: PlaygroundSession) -> UserQuerySet:
    """Those of them who checked in."""
    return teachers_of(playground).filter(pk__in=playground.attendances.values("person"))


def teachers_named(playground: PlaygroundSession, words: str) -> list[User]:
    """Those of them in whose name these words stand; nobody where too few letters are given."""
    if len(words.strip()) < LETTERS:
        return []
    return list(teachers_of(playground).named_like(words)[:FOUND])


def tools_of(playground: PlaygroundSession) -> list[Tool]:
    """The tools of its stations; without stations, those of the school."""
    at_stations = [station.tool for station in playground.stations.select_related("tool")]
    return at_stations or list(Tool.objects.filter(school=playground.program.school_id))


def tool_of(duty: Duty, tools: list[Tool]) -> Tool | None:
    """What this mentor most likely helped with: the tool of the own station, or the only one there is."""
    if duty.station is not None:
        return duty.station.tool
    return tools[0] if len(tools) == 1 else None
