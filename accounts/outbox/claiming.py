"""Claiming what is due, and writing down how each message ended."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Now

from accounts.models import Message, MessageChoice
from accounts.models.message_choice import TOPIC_OF
from accounts.outbox.reasons import STOPPED, because

# A scan that has not finished a message after this long is taken for dead.
CLAIM_LASTS = dt.timedelta(seconds=60)
ATTEMPTS = 8
TEXTS_KEPT = dt.timedelta(days=30)
# Sent twice, these ask twice: they wait for a person's look where it is not known whether they left.
PARKED_WHEN_UNSURE = "survey_"

State = Message.State


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


def chosen_for_home(messages: list[Message]) -> set[tuple[int, str]]:
    """Who of the recipients wants which topic on the home page only, as (user id, topic). One query."""
    people = {message.user_id for message in messages if message.user_id and message.kind in TOPIC_OF}
    chosen = MessageChoice.objects.filter(user__in=people, channel=Message.Channel.HOME)
    return set(chosen.values_list("user_id", "topic"))


def renew_claims(messages: list[Message], *, elapsed: dt.timedelta) -> None:
    """Hold on to what is not yet sent of a batch whose claim was made (or renewed) `elapsed` ago."""
    if messages and messages[0].claimed_at:
        _set_claim(_claimed(messages), messages, messages[0].claimed_at + elapsed)


def still_claimed(messages: list[Message]) -> set[int]:
    """The ids of those that nobody withdrew, or took over, since they were claimed."""
    return set(_claimed(messages).values_list("pk", flat=True))


def mark_sent(messages: list[Message], *, channel: Message.Channel, now: dt.datetime) -> None:
    """They have reached the mail server, or stand on the home page: that is so even if one was withdrawn meanwhile."""
    claims = {message.claimed_at for message in messages}
    Message.objects.filter(pk__in=[message.pk for message in messages], claimed_at__in=claims).update(
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


def _claimed(messages: list[Message]) -> QuerySet[Message]:
    """These rows, as long as the claim under which they were read stands."""
    return Message.objects.filter(
        pk__in=[row.pk for row in messages], state=State.SENDING, claimed_at__in={row.claimed_at for row in messages}
    )


def _set_claim(rows: QuerySet[Message], messages: list[Message], moment: dt.datetime) -> None:
    rows.update(state=State.SENDING, claimed_at=moment)
    for message in messages:
        message.claimed_at = moment
