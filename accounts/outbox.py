"""The outbox: writing, withdrawing and claiming messages. Truth is the row; the broker is only a nudge."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from celery import current_app
from django.db import transaction

from accounts.models import Message

logger = logging.getLogger(__name__)

SCAN = "accounts.tasks.scan_outbox"


def post(messages: Iterable[Message]) -> None:
    """Write messages in the caller's transaction, and wake the scan after the commit where one is due at once."""
    rows = Message.objects.bulk_create(messages)
    if any(row.lead_minutes == 0 for row in rows):
        nudge()


def withdraw(about: str, *, kinds: Iterable[str] | None = None) -> int:
    """Cancel what still waits about this; returns how many rows. What is being sent can't be called back."""
    waiting = Message.objects.waiting().filter(about=about)
    if kinds is not None:
        waiting = waiting.filter(kind__in=list(kinds))
    return waiting.update(state=Message.State.CANCELLED)


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
