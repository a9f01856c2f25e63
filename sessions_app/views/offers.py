"""Proposals as buttons: each time that a page offers carries all that one tap sends."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.signed_in import SignedInRequest
from mentorship.models import Program, Tool
from sessions_app.models import Booking
from sessions_app.reports.finder import Proposal, propose
from sessions_app.reports.proposals import SHOWN


@dataclass(frozen=True)
class Offer:
    """A proposal and the hidden fields of its form."""

    proposal: Proposal
    hidden: list[tuple[str, Any]]


def offers_to_book(
    proposals: Iterable[Proposal], *, program: Program, tool: Tool, learners: str, goal: str | None = None
) -> list[Offer]:
    """Each proposal has a key of its own: a double click books once, and going back to choose another books that.

    With a `goal` it is sent along as it was typed before; without one the page asks for it.
    """
    return [
        Offer(
            proposal,
            [
                ("program", program.pk),
                ("tool", tool.pk),
                ("learners", learners),
                ("mentor", proposal.mentor.pk),
                *slot_of(proposal),
                ("request_key", uuid.uuid4()),
                *([] if goal is None else [("goal", goal)]),
            ],
        )
        for proposal in proposals
    ]


def offers_to_move(booking: Booking, *, now: dt.datetime, today: dt.date) -> list[Offer]:
    """Other times of the same two people for the same tool."""
    proposals = propose(
        booking.teacher,
        tool=booking.tool,
        program=booking.program,
        now=now,
        today=today,
        learner_group=booking.learner_group,
        mentor_id=booking.mentor_id,
        limit=SHOWN,
        but=booking,
    )
    return [Offer(proposal, slot_of(proposal)) for proposal in proposals]


def slot_of(proposal: Proposal) -> list[tuple[str, Any]]:
    """Day, period and room as a form sends them."""
    return [("day", proposal.day.isoformat()), ("period", proposal.period.pk), ("room", proposal.room.pk)]


def time_taken(
    request: SignedInRequest,
    offers: list[Offer],
    *,
    action: str,
    tool: Tool,
    booking: Booking | None,
) -> HttpResponse:
    """The one page for everybody who was a moment too late: other times, each one tap away. Answers 409."""
    context = {"offers": offers, "action": action, "tool": tool, "booking": booking}
    return render(request, "sessions_app/time_taken.html", context, status=409)
