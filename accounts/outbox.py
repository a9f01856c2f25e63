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
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Guardian, Message, School, User

logger = logging.getLogger(__name__)

SCAN = "accounts.tasks.scan_outbox"
# A scan that has not finished a message after this long is taken for dead.
CLAIM_LASTS = dt.timedelta(seconds=60)
ATTEMPTS = 8
TEXTS_KEPT = dt.timedelta(days=30)
# Sent twice, these ask twice: they wait for a person's look where it is not known whether they left.
PARKED_WHEN_UNSURE = "survey_"

Recipient = User | Guardian
State = Message.State

# Why a message is where it is. Stored in English, perhaps with ": " and what the mail server said; shown by `explain`.
TOO_LATE = gettext_noop("Too late, it had already begun")
NO_ADDRESS = gettext_noop("There is no e-mail address")
HAS_LEFT = gettext_noop("This person has left")
NO_TEXT = gettext_noop("Its text could not be made")
REFUSED = gettext_noop("The mail server refused it")
SERVER_AWAY = gettext_noop("The mail server does not answer")
BROKEN_OFF = gettext_noop("The connection broke off while it was sent")
STOPPED = gettext_noop("The sending program stopped while it was sent")

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


def release_stale_claims() -> int:
    """Take back what a scan claimed and did not finish in a minute, since it was killed; returns how many rows.

    It is due again, but a survey message is parked: it may have left. Claims are measured on the database's clock, so
    that a clock that jumps takes no message from a scan that is at work.
    """
    rows = Message.objects.filter(state=State.SENDING, claimed_at__lt=Now() - CLAIM_LASTS)
    return rows.update(
        state=Case(
            When(kind__startswith=PARKED_WHEN_UNSURE, then=Value(State.PARKED)),
            When(attempts__gte=ATTEMPTS - 1, then=Value(State.FAILED)),
            default=Value(State.WAITING),
        ),
        attempts=F("attempts") + 1,
        error=STOPPED,
    )


def claim_due(now: dt.datetime, *, limit: int = 50) -> list[Message]:
    """Take up to `limit` due messages for the caller alone, the longest due first, committed before this returns.

    Each comes with its school and recipient; its `claimed_at` is the proof of the claim, for the functions below.
    """
    with transaction.atomic():
        due = list(
            Message.objects.due_by(now)
            .order_by("due_at", "pk")
            .select_related("school", "user", "guardian__student")
            .annotate(moment=Now())
            .select_for_update(skip_locked=True, of=("self",))[:limit]
        )
        claimed: list[Message] = [*due]
        if claimed:
            _set_claim(Message.objects.filter(pk__in=[row.pk for row in claimed]), claimed, due[0].moment)
    return claimed


def renew_claims(messages: list[Message], *, elapsed: dt.timedelta) -> None:
    """Hold on to what is not yet sent of a batch whose claim was made (or renewed) `elapsed` ago."""
    if messages and messages[0].claimed_at:
        _set_claim(_claimed(messages), messages, messages[0].claimed_at + elapsed)


def still_claimed(messages: list[Message]) -> set[int]:
    """The ids of those that nobody withdrew, or took over, since they were claimed."""
    return set(_claimed(messages).values_list("pk", flat=True))


def mark_sent(message: Message, *, channel: Message.Channel, now: dt.datetime) -> None:
    """It has reached the mail server, or stands on the home page: that is so even if it was withdrawn meanwhile."""
    Message.objects.filter(pk=message.pk, claimed_at=message.claimed_at).update(
        state=State.SENT, channel=channel, sent_at=now, attempts=F("attempts") + 1, retry_at=None, error=""
    )


def mark_failed(message: Message, *, reason: str, detail: str = "") -> None:
    """It will not be tried again, unless a person asks for it."""
    _claimed([message]).update(state=State.FAILED, attempts=F("attempts") + 1, error=because(reason, detail))


def mark_cancelled(message: Message, *, reason: str) -> None:
    """There is nobody to send it to."""
    _claimed([message]).update(state=State.CANCELLED, error=because(reason))


def mark_for_retry(message: Message, *, reason: str, detail: str = "", now: dt.datetime) -> bool:
    """Try it again after a pause of 1, 2, 4, ... up to 60 minutes; the last attempt fails it. Answers if it failed."""
    attempts = message.attempts + 1
    if attempts >= ATTEMPTS:
        mark_failed(message, reason=reason, detail=detail)
        return True
    pause = dt.timedelta(minutes=min(2 ** (attempts - 1), 60))
    _claimed([message]).update(
        state=State.WAITING, attempts=attempts, retry_at=now + pause, error=because(reason, detail)
    )
    return False


def park(message: Message, *, reason: str, detail: str = "") -> None:
    """Let it lie until a person resends or cancels it: it may have left already."""
    _claimed([message]).update(state=State.PARKED, attempts=F("attempts") + 1, error=because(reason, detail))


def put_back(messages: list[Message], *, until: dt.datetime, reason: str, detail: str = "") -> None:
    """Leave messages that were not tried to a scan after `until`: that the mail server is away is not their fault."""
    _claimed(messages).update(state=State.WAITING, retry_at=until, error=because(reason, detail))


def expire(now: dt.datetime) -> int:
    """Empty the texts of messages that ended 30 days ago; that they were sent, and to whom, stays. Returns how many."""
    day = now - TEXTS_KEPT
    ended = Message.objects.exclude(state__in=[State.WAITING, State.SENDING])
    old = ended.filter(Q(sent_at=None, due_at__lt=day) | Q(sent_at__lt=day))
    return old.exclude(context={}, calendar_file="", error="").update(context={}, calendar_file="", error="")


def because(reason: str, detail: str = "") -> str:
    """What is stored in `error`: one of the reasons above, and what the mail server or the program said."""
    words = " ".join(detail.split())
    return f"{reason}: {words}"[:300] if words else reason


def explain(error: str) -> str:
    """A stored error in the reader's language; what the mail server said stays as it was said."""
    reason, colon, detail = error.partition(": ")
    if not colon:
        return _(reason) if reason else ""
    return _("%(reason)s: %(detail)s") % {"reason": _(reason), "detail": detail}


def lead(minutes: int) -> dt.timedelta:
    """How long before its event a message is due."""
    return dt.timedelta(minutes=minutes)


def _row(recipient: Recipient, **fields: Any) -> Message:
    whom = {"guardian": recipient} if isinstance(recipient, Guardian) else {"user": recipient}
    return Message(**whom, **fields)


def _claimed(messages: list[Message]) -> QuerySet[Message]:
    """These rows, as long as the claim under which they were read stands."""
    return Message.objects.filter(
        pk__in=[row.pk for row in messages], state=State.SENDING, claimed_at__in={row.claimed_at for row in messages}
    )


def _set_claim(rows: QuerySet[Message], messages: list[Message], moment: dt.datetime) -> None:
    rows.update(state=State.SENDING, claimed_at=moment)
    for message in messages:
        message.claimed_at = moment
