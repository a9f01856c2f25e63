"""What a coordinator may do with a message of the outbox."""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Message, User
from accounts.permissions import SEE_OUTBOX
from accounts.services.refusal import Refused, require_act

logger = logging.getLogger(__name__)

State = Message.State


def resend_message(message: Message, *, by: User, now: dt.datetime) -> None:
    """Let a failed or parked message be tried again at once, with all its attempts, under the same Message-ID.

    Refused when it was not failed or parked, its event has begun, or its text was deleted after 30 days.
    """
    require_act(by, SEE_OUTBOX, message.school_id)
    with transaction.atomic():
        row = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if row.state not in {State.FAILED, State.PARKED}:
            raise Refused(_("Only a message that failed or was parked can be sent again."))
        if row.lead_minutes and row.event_at <= now:
            raise Refused(_("It is too late for this reminder: it had already begun."))
        if row.due_at < row.event_at <= now:
            raise Refused(_("It is too late for this message: what it is about has begun."))
        if not row.context:
            raise Refused(_("The text of this message was deleted after 30 days."))
        row.state, row.attempts, row.retry_at, row.error = State.WAITING, 0, None, ""
        row.save(update_fields=["state", "attempts", "retry_at", "error"])
        outbox.nudge()
    logger.info("message %s is sent again, by user %s", message.pk, by.pk)


def resend_failed(*, by: User, now: dt.datetime) -> int:
    """Let every failed message that `by` may see be tried again at once; answers how many.

    Those whose event has begun, or whose text was deleted, stay. Parked ones too: each of them wants a look.
    """
    require_act(by, SEE_OUTBOX, by.school_id)
    rows = Message.objects.visible_to(by).filter(state=State.FAILED).exclude(context={})
    with transaction.atomic():
        count = rows.filter(Q(lead_minutes=0, due_at__gte=F("event_at")) | Q(event_at__gt=now)).update(
            state=State.WAITING, attempts=0, retry_at=None, error=""
        )
        if count:
            outbox.nudge()
    logger.info("%s failed messages are sent again, by user %s", count, by.pk)
    return count


def cancel_message(message: Message, *, by: User) -> None:
    """Make sure that a message does not leave. Refused when it has left, is leaving, or was cancelled before."""
    require_act(by, SEE_OUTBOX, message.school_id)
    open_rows = Message.objects.filter(pk=message.pk, state__in=[State.WAITING, State.FAILED, State.PARKED])
    if not open_rows.update(state=State.CANCELLED):
        raise Refused(_("This message can't be cancelled any more."))
    logger.info("message %s is cancelled, by user %s", message.pk, by.pk)
