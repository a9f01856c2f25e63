"""What a person is handed of her own: others by their short names, and no agenda that a partner still hides."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.personal_data.rules import Held, day, moment
from mentorship.models import (
    Availability,
    AvailabilityException,
    HelpEntry,
    HelpRequest,
    Mentor,
    Pairing,
    Participant,
    Refusal,
    Step,
)


def collect(user: User) -> list[Held]:
    """All that this app holds about a person, kind by kind; kinds of which there is nothing are left out."""
    held = [
        Held("programs", _("Programs that you are or were in"), _programs(user)),
        Held("mentor", _("What you help with as a mentor"), _mentor(user)),
        Held("free_periods", _("Your free periods"), _free_periods(user)),
        Held("refusals", _("Whom you would rather not meet"), _refusals(user)),
        Held("pairs", _("Your pairs and what you planned"), _pairs(user)),
        Held("help_given", _("Help that you gave"), _help(user, "student")),
        Held("help_received", _("Help that you received"), _help(user, "teacher")),
        Held("help_verified", _("Help that you verified"), _verified(user)),
        Held("help_requests", _("Help that you asked for"), _requests(user)),
    ]
    return [kind for kind in held if kind.rows]


def _programs(user: User) -> list[dict[str, Any]]:
    return [
        {
            "program": seat.program.name,
            "role": seat.role,
            "arm": seat.arm,
            "joined_on": day(seat.joined_on),
            "left_on": day(seat.left_on),
        }
        for seat in Participant.objects.filter(person=user).select_related("program").order_by("joined_on", "pk")
    ]


def _mentor(user: User) -> list[dict[str, Any]]:
    return [
        {
            "languages": mentor.languages,
            "tools": {known.tool.name: known.level for known in mentor.mentor_tools.all()},
        }
        for mentor in Mentor.objects.filter(user=user).prefetch_related("mentor_tools__tool")
    ]


def _free_periods(user: User) -> list[dict[str, Any]]:
    usual = Availability.objects.filter(person=user).select_related("day_type", "period").order_by("pk")
    single = AvailabilityException.objects.filter(person=user).select_related("period").order_by("date", "pk")
    rows: list[dict[str, Any]] = [
        {"kind_of_day": row.day_type.name, "period": row.period.name, "may_leave_class": row.may_leave_class}
        for row in usual
    ]
    return rows + [{"date": day(row.date), "period": row.period.name, "is_free": row.is_free} for row in single]


def _refusals(user: User) -> list[dict[str, Any]]:
    return [
        {"with": row.about.short_name, "made_at": moment(row.made_at)}
        for row in Refusal.objects.filter(person=user).with_names()
    ]


def _pairs(user: User) -> list[dict[str, Any]]:
    pairs = (
        Pairing.objects.of(user)
        .select_related("program", "teacher", "student")
        .prefetch_related("steps")
        .order_by("pk")
    )
    return [
        {
            "program": pair.program.name,
            "with": (pair.student if pair.teacher_id == user.pk else pair.teacher).short_name,
            "state": pair.state,
            "proposed_on": day(pair.proposed_on),
            "started_on": day(pair.started_on),
            "closed_on": day(pair.closed_on),
            "steps": [_step(step, user, pair) for step in pair.steps.all()],
        }
        for pair in pairs
    ]


def _step(step: Step, user: User, pair: Pairing) -> dict[str, Any]:
    """An agenda that the partner keeps hidden until the start stays hidden here."""
    owner = Step.AgendaOwner.TEACHER if pair.teacher_id == user.pk else Step.AgendaOwner.STUDENT
    is_open = step.started_at or not step.is_agenda_hidden_until_start
    reads = is_open or step.agenda_owner in (owner, Step.AgendaOwner.BOTH)
    return {
        "title": step.title,
        "starts_at": moment(step.starts_at),
        "started_at": moment(step.started_at),
        "ended_at": moment(step.ended_at),
        "agenda": step.agenda if reads else None,
    }


def _help(user: User, side: str) -> list[dict[str, Any]]:
    entries = HelpEntry.objects.filter(**{side: user})
    if side == "teacher":
        entries = entries.exclude(state=HelpEntry.State.DRAFT)
    return [
        {
            "day": day(entry.helped_on),
            "with": (entry.teacher if side == "student" else entry.student).short_name,
            "minutes": entry.minutes,
            "tools": [tool.name for tool in entry.tools.all()],
            "learners": entry.learner_group,
            "goal": entry.goal,
            "done": entry.done,
            "outcome": entry.outcome,
            "trouble": entry.trouble,
            "note": entry.note,
            "state": entry.state,
            "verdict": entry.verdict,
            "remark_of_the_teacher": entry.teacher_remark,
            "thanked_at": moment(entry.thanked_at),
        }
        for entry in entries.select_related("teacher", "student").prefetch_related("tools")
    ]


def _verified(user: User) -> list[dict[str, Any]]:
    entries = HelpEntry.objects.filter(verified_by=user).order_by("verified_at", "pk")
    return [
        {"verified_at": moment(entry.verified_at), "state": entry.state, "verdict": entry.verdict} for entry in entries
    ]


def _requests(user: User) -> list[dict[str, Any]]:
    requests = HelpRequest.objects.filter(teacher=user).select_related("tool", "taken_by")
    return [
        {
            "asked_at": moment(request.asked_at),
            "tool": request.tool.name,
            "learners": request.learner_group,
            "text": request.text,
            "wanted_by": day(request.wanted_by),
            "state": request.state,
            "taken_by": request.taken_by.short_name if request.taken_by else None,
        }
        for request in requests
    ]
