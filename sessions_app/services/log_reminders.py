"""Reminding a mentor of help that was given and is not logged: a day after, and once more four days later."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from accounts import outbox
from accounts.models import Message, School, User
from sessions_app.models import Booking

logger = logging.getLogger(__name__)

KIND = "log_missing"
REMINDED_AFTER = (dt.timedelta(days=1), dt.timedelta(days=5))
# After this long nobody remembers; it is the end that the reminders count back from.
FORGOTTEN_AFTER = dt.timedelta(days=14)


def remind_of_logs(*, now: dt.datetime) -> int:
    """Write the reminders of each booking that is over and has neither a log nor reminders; how many bookings.

    Their rows wait in the outbox, and logging the help withdraws them. Those of a booking that was said not to have
    taken place were withdrawn, too: taken back, it has a revision of its own. A school that fails stops no other.
    """
    count = 0
    for school in School.objects.order_by("pk"):
        try:
            count += _remind_in(school, now)
        except Exception:  # whatever it is, the mentors of other schools are reminded
            logger.exception("reminders of logs in school %s failed", school.pk)
    return count


@transaction.atomic
def _remind_in(school: School, now: dt.datetime) -> int:
    School.objects.select_for_update(no_key=True).get(pk=school.pk)  # two scans stand in line
    name = Concat(Value("booking:"), Cast("pk", CharField()))
    told = Message.objects.filter(kind=KIND, about=OuterRef("name"), revision=OuterRef("revision"))
    over = Booking.objects.standing().filter(
        program__school=school,
        program__closed_on=None,
        mentor__is_active=True,
        help_entry=None,
        ends_at__lte=now,
        ends_at__gt=now - max(REMINDED_AFTER),
    )
    # Who is logging one of them at this moment holds its row: it is left out, and not missing a moment later.
    missing = list(
        over.annotate(name=name)
        .filter(~Exists(told))
        .select_related("teacher", "mentor", "period")
        .select_for_update(of=("self",), skip_locked=True)
    )
    outbox.post([row for booking in missing for row in _rows(booking, school, now)])
    return len(missing)


def _rows(booking: Booking, school: School, now: dt.datetime) -> list[Message]:
    def context_for(_mentor: User) -> dict[str, Any]:
        return {
            "partner": booking.teacher.short_name,
            "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(),
            "period": booking.period.name if booking.period else "",
            "path": reverse("booking_log", args=[booking.pk]),
        }

    return outbox.reminder_rows(
        school=school,
        about=booking.about,
        revision=booking.revision,
        kind=KIND,
        event_at=booking.ends_at + FORGOTTEN_AFTER,
        recipients=[booking.mentor],
        context_for=context_for,
        leads=[round((FORGOTTEN_AFTER - after) / dt.timedelta(minutes=1)) for after in REMINDED_AFTER],
        now=now,
    )
