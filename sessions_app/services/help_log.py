"""Logging the help that a booking gave, and beginning to log what was given at a playground."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from accounts.services import Refused
from mentorship.models import HelpEntry, Tool
from mentorship.services import draft_help_entry, revise_help_entry, submit_help_entry
from sessions_app.models import Booking, PlaygroundSession
from sessions_app.reports.walk_up import is_walk_up_time

# What a walk-up is thought to take; the student says otherwise when it is sent.
WALK_UP_MINUTES = 10


def log_help(
    booking: Booking,
    *,
    by: User,
    minutes: int,
    tools: Sequence[Tool],
    done: Sequence[str],
    outcome: str,
    trouble: Sequence[str],
    note: str,
    now: dt.datetime,
) -> HelpEntry:
    """The mentor logs the help given in a booking; once more changes the entry while nobody has verified it.

    `minutes` of help. Raises Refused for another person, before the booking begins, or for one that does not stand.
    """
    with transaction.atomic():
        booking = Booking.objects.to_change().get(pk=booking.pk)
        if booking.mentor_id != by.pk:
            raise Refused(_("Only the mentor of this booking can log it."))
        if not booking.is_standing:
            raise Refused(_("This booking was cancelled already."))
        if not booking.has_begun(now):
            raise Refused(_("You can log this help once it has begun."))
        what: dict[str, Any] = {
            "minutes": minutes,
            "tools": tools,
            "done": done,
            "outcome": outcome,
            "trouble": trouble,
            "note": note,
            "by": by,
            "now": now,
        }
        if booking.help_entry is not None:
            return revise_help_entry(booking.help_entry, **what)
        entry = submit_help_entry(
            program=booking.program,
            student=booking.mentor,
            teacher=booking.teacher,
            helped_on=booking.starts_at.astimezone(booking.program.school.zone).date(),
            step=booking.step,
            learner_group=booking.learner_group,
            goal=booking.goal,
            **what,
        )
        booking.help_entry = entry
        booking.save(update_fields=["help_entry"])
        outbox.withdraw(booking.about, kind="log_missing")
    return entry


def note_walk_up(playground: PlaygroundSession, *, teacher: User, tool: Tool, by: User, now: dt.datetime) -> HelpEntry:
    """A mentor on duty says "I helped somebody": a draft in the log, to be finished on the home page.

    The same once more, before it is finished, is the same draft. Where the teacher checked in, the first help is joined
    to that. Raises Refused for who is not on duty there, and when the playground does not run.
    """
    with transaction.atomic():
        if not playground.duties.select_for_update().filter(person=by).exists():
            raise Refused(_("Only a mentor on duty here can say this."))
        if not playground.is_standing or not is_walk_up_time(playground, now):
            raise Refused(_("You can say this while the playground runs, and for an hour after."))
        what: dict[str, Any] = {
            "program": playground.program,
            "student": by,
            "teacher": teacher,
            "helped_on": playground.starts_at.astimezone(playground.program.school.zone).date(),
        }
        begun = HelpEntry.objects.filter(**what, tools=tool, state=HelpEntry.State.DRAFT).first()
        if begun is not None:
            return begun
        entry = draft_help_entry(**what, minutes=WALK_UP_MINUTES, tools=[tool], by=by, now=now)
        playground.attendances.filter(person=teacher, help_entry=None).update(help_entry=entry)
    return entry
