"""Building, writing and withdrawing messages."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Q

from accounts.models import Guardian, Message, School, User
from accounts.outbox.planning import due_at, lead, leads_for

logger = logging.getLogger(__name__)

SCAN = "accounts.tasks.scan_outbox"

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
    """One message to each recipient, due at once or after the quiet hours, not yet written: hand them to `post`.

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
            due_at=due_at(school, kind=kind, event_at=event_at, lead_minutes=0, now=now),
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

    Leads are those that each person chose, or the school's, if none are given. A reminder whose time is already past is
    not made.
    """
    given = None if leads is None else list(leads)
    messages = []
    for recipient in recipients:
        wanted = leads_for(recipient, school) if given is None else given
        for minutes in sorted({minutes for minutes in wanted if minutes > 0}, reverse=True):
            if event_at - lead(minutes) <= now:
                continue
            messages.append(
                _row(
                    recipient,
                    school=school,
                    about=about,
                    revision=revision,
                    kind=kind,
                    event_at=event_at,
                    lead_minutes=minutes,
                    due_at=due_at(school, kind=kind, event_at=event_at, lead_minutes=minutes, now=now),
                    context=context_for(recipient),
                    calendar_file=file_for(recipient) if file_for else "",
                )
            )
    return messages


def post(messages: Iterable[Message]) -> None:
    """Write messages in the caller's transaction, and wake the scan after the commit where one is due at once."""
    rows = Message.objects.bulk_create(messages)
    if any(row.lead_minutes == 0 for row in rows):
        nudge()


def withdraw(*abouts: str, user: User | None = None, kind: str = "") -> int:
    """Cancel what has not left yet about these, for everybody or one user, of all kinds or one; returns how many rows.

    A message that a scan has claimed is cancelled too: the scan looks again before it sends. What stands on a home page
    is taken down.
    """
    at_home = Q(state=State.SENT, channel=Message.Channel.HOME)
    rows = Message.objects.filter(Q(state__in=OPEN) | at_home, about__in=abouts)
    if user is not None:
        rows = rows.filter(user=user)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.update(state=State.CANCELLED)


def nudge(task: str = SCAN, *arguments: int) -> None:
    """Wake a scan, or send another task with ids, after the commit.

    A broker that is away is no failure: beat's next scan finds the row.
    """

    def send() -> None:
        try:
            current_app.send_task(task, arguments, retry=False)
        except Exception as error:  # every broker library has its own errors, and none of them may undo a saved act
            logger.warning("broker away, the next scan will find the row: %s", type(error).__name__)

    transaction.on_commit(send)


def _row(recipient: Recipient, **fields: Any) -> Message:
    whom = {"guardian": recipient} if isinstance(recipient, Guardian) else {"user": recipient}
    return Message(**whom, **fields)
