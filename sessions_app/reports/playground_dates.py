"""On which dates a playground could be held, and what stands in the way on the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Room, User
from mentorship.models import Program, Tool
from sessions_app.models import Hold
from sessions_app.reports.series import Occurrence, Slot, Span, spans_of


@dataclass(frozen=True)
class Plan:
    """All that a playground is, but for its dates."""

    program: Program
    title: str
    tools: Sequence[Tool]
    room: Room
    places: int
    minimum: int
    adult_in_charge: User
    mentors: Sequence[User]
    slot: Slot
    # Why its mentors may leave a class although they are protected; empty where they may not.
    override_reason: str = ""

    @property
    def people(self) -> list[User]:
        """Whose time it takes: the adult in charge and the mentors on duty."""
        return [self.adult_in_charge, *self.mentors]


def occurrences(
    plan: Plan, days: Sequence[dt.date], *, now: dt.datetime, but: Collection[int] = ()
) -> list[Occurrence]:
    """What each of these days would be, in their order. Three statements, whatever their number.

    `but` are the ids of playgrounds that are being moved: their own time is free for them.
    """
    spans = spans_of(plan.slot, days, school=plan.program.school)
    taken = _taken(plan, list(spans.values()), but=but)
    return [_occurrence(plan, day, spans.get(day), taken, now=now) for day in days]


def _occurrence(
    plan: Plan, day: dt.date, span: Span | None, taken: list[tuple[str, Span]], *, now: dt.datetime
) -> Occurrence:
    if span is None and plan.slot.period is not None:
        return Occurrence(day, None, _("There is no %(period)s on that day.") % {"period": plan.slot.period.name})
    if span is None:
        return Occurrence(day, None, _("There is no school at that time on that day."))
    if span[0] <= now:
        return Occurrence(day, span, _("This period has begun already. Choose a later one."))
    if day > plan.program.ends_on:
        return Occurrence(day, span, _("%(program)s is over by then.") % {"program": plan.program.name})
    names = list(dict.fromkeys(name for name, (start, end) in taken if start < span[1] and end > span[0]))
    if names:
        return Occurrence(day, span, _("Taken at that time: %(names)s") % {"names": _(", ").join(names)}, True)
    return Occurrence(day, span)


def _taken(plan: Plan, spans: list[Span], *, but: Collection[int]) -> list[tuple[str, Span]]:
    """Who or what of the plan is taken between the first and the last of these spans, and when; one statement."""
    if not spans:
        return []
    by_id = {person.pk: person.short_name for person in plan.people}
    wanted = Q(person__in=by_id)
    if not plan.room.is_shared:
        wanted |= Q(room=plan.room)
    holds = Hold.objects.filter(wanted).exclude(playground__in=but)
    holds = holds.overlapping(min(start for start, _end in spans), max(end for _start, end in spans))
    return [
        (by_id[person] if person else plan.room.name, (during.lower, during.upper))
        for person, during in holds.order_by("pk").values_list("person_id", "during")
    ]
