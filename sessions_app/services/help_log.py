"""Logging the help that a booking gave."""

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
from mentorship.services import revise_help_entry, submit_help_entry
from sessions_app.models import Booking


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
