"""The outbox: building, writing, withdrawing, claiming and marking messages.

Truth is the row; the broker is only a nudge. A message is `waiting`, then claimed by one scan (`sending`), then `sent`,
`failed`, or `waiting` again; it may be `cancelled`, or `parked` until a person looks at it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any

from celery import current_app
from django.db import transaction

from accounts.models import Guardian, Message, School, User

logger = logging.getLogger(__name__)

SCAN = "accounts.tasks.scan_outbox"
# A scan that has not finished a message after this long is taken for dead.
CLAIM_LASTS = dt.timedelta(seconds=60)
TEXTS_KEPT = dt.timedelta(days=30)
# Sent twice, these ask twice: they wait for a person's look where it is not known whether they left.
PARKED_WHEN_UNSURE = "survey_"

Recipient = User | Guardian
State = Message.State
# What has not reached anybody yet, and still could.
OPEN = [State.WAITING, State.SENDING, State.FAILED, State.PARKED]


def notice_rows(
    *,
    school: School,
    about: str,
    revision: int,
    kind: str,
    event_at: dt.datetime,
    recipients: Iterable[Recipient],
    context_for: Callable[[Any], dict[str, Any]],
    file_for: Callable[[Any], str] | None = None,
    now: dt.datetime,
) -> list[Message]:
    """One message to each recipient, due at once, not yet written: hand them to `post`.

    `context_for(recipient)` answers what the template of `kind` needs (see accounts.mail.KINDS), as JSON, instants as
    ISO strings; `file_for(recipient)` the text of a calendar file.
    """
    return [
        _row(
            recipient,
            school=school,
            about=about,
            revision=revision,
            kind=kind,
            event_at=event_at,
            due_at=now,
            context=context_for(recipient),
            calendar_file=file_for(recipient) if file_for else "",
        )
        for recipient in recipients
    ]


def reminder_rows(
    *,
    school: School,
    about: str,
    revision: int,
    kind: str,
    event_at: dt.datetime,
    recipients: Iterable[Recipient],
    context_for: Callable[[Any], dict[str, Any]],
    file_for: Callable[[Any], str] | None = None,
    leads: Iterable[int] | None = None,
    now: dt.datetime,
) -> list[Message]:
    """One message to each recipient for each lead (minutes before `event_at`), not yet written: hand them to `post`.

    Leads are the school's, if none are given. A reminder whose time is already past is not made.
    """
    wanted = school.reminder_leads if leads is None else leads
    ahead = sorted({minutes for minutes in wanted if minutes > 0 and event_at - lead(minutes) > now}, reverse=True)
    return [
        _row(
            recipient,
            school=school,
            about=about,
            revision=revision,
            kind=kind,
            event_at=event_at,
            lead_minutes=minutes,
            due_at=event_at - lead(minutes),
            context=context_for(recipient),
            calendar_file=file_for(recipient) if file_for else "",
        )
        for recipient in recipients
        for minutes in ahead
    ]


def post(messages: Iterable[Message]) -> None:
    """Write messages in the caller's transaction, and wake the scan after the commit where one is due at once."""
    rows = Message.objects.bulk_create(messages)
    if any(row.lead_minutes == 0 for row in rows):
        nudge()


def withdraw(*abouts: str, user: User | None = None) -> int:
    """Cancel what has not left yet about these, for everybody or for one user; returns how many rows.

    A message that a scan has claimed is cancelled too: the scan looks again before it sends.
    """
    rows = Message.objects.filter(about__in=abouts, state__in=OPEN)
    if user is not None:
        rows = rows.filter(user=user)
    return rows.update(state=State.CANCELLED)


def nudge(task: str = SCAN) -> None:
    """Wake a scan after the commit. A broker that is away is no failure: beat's next scan finds the row."""

    def send() -> None:
        try:
            current_app.send_task(task, retry=False)
        except Exception as error:  # every broker library has its own errors, and none of them may undo a saved act
            logger.warning("broker away, the next scan will find the row: %s", type(error).__name__)

    transaction.on_commit(send)


def lead(minutes: int) -> dt.timedelta:
    """How long before its event a message is due."""
    return dt.timedelta(minutes=minutes)


def _row(recipient: Recipient, **fields: Any) -> Message:
    whom = {"guardian": recipient} if isinstance(recipient, Guardian) else {"user": recipient}
    return Message(**whom, **fields)
