"""The outbox as the coordinator sees it: what left, what waits, what failed and why."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import clock, mail, outbox
from accounts.models import Message
from accounts.models.message import STUCK, MessageQuerySet
from accounts.permissions import SEE_OUTBOX, role_required
from accounts.services import Refused
from accounts.services.message import cancel_message, resend_failed, resend_message
from accounts.signed_in import SignedInRequest

PAGE_ROWS = 25
ID_DIGITS = 19  # fewer than a number of the database may have
# A page says "more than 99" and does not count on: a school has a hundred thousand messages after some years.
COUNTED = 99
State = Message.State
STUCK_FILTER = "stuck"
FILTERS = [*State.values, STUCK_FILTER]
EXPLAINED = {
    State.WAITING: gettext_lazy("Will leave at their time. Cancelling the session withdraws them by itself."),
    State.SENDING: gettext_lazy("Leave at this moment."),
    State.SENT: gettext_lazy(
        "Were taken by the mail server, or stand on the home page of somebody who reads them there."
    ),
    State.FAILED: gettext_lazy("Could not be sent, and are not tried again by themselves. Each line says why."),
    State.CANCELLED: gettext_lazy(
        "Were not sent, or were taken down again, since what they were about is over or changed."
    ),
    State.PARKED: gettext_lazy(
        "May have left already, the connection broke off. So that nobody is asked twice for a survey, you decide."
    ),
    STUCK_FILTER: gettext_lazy("Failed or parked: these wait for your decision. Each line says why."),
}


@require_safe
@role_required(SEE_OUTBOX)
def message_list(request: SignedInRequest) -> HttpResponse:
    """Show the messages of the school, the latest due first; `?state=failed` shows those alone, `?person=7` hers.

    `?before=` continues below a line, so that the last page costs what the first does.
    """
    rows = Message.objects.visible_to(request.user)
    counts = count_up_to(rows, COUNTED)
    chosen = request.GET.get("state", "")
    if chosen == STUCK_FILTER:
        rows = rows.filter(state__in=STUCK)
    elif chosen in State.values:
        rows = rows.filter(state=chosen)
    else:
        chosen = ""
    if (person := request.GET.get("person", "")).isdecimal() and len(person) < ID_DIGITS:
        rows = rows.filter(user=int(person))
    else:
        person = ""
    if before := cursor_of(request.GET.get("before", "")):
        due_at, pk = before
        rows = rows.filter(due_at__lte=due_at).exclude(due_at=due_at, pk__gte=pk)
    shown = list(rows.select_related("user", "guardian").defer("context", "calendar_file")[: PAGE_ROWS + 1])
    lines = [_line(message) for message in shown[:PAGE_ROWS]]
    kept = {name: value for name, value in (("state", chosen), ("person", person)) if value}
    last = shown[PAGE_ROWS - 1] if len(shown) > PAGE_ROWS else None
    return render(
        request,
        "accounts/message_list.html",
        {
            "lines": lines,
            "chosen": chosen,
            "person": person,
            "explained": EXPLAINED.get(chosen),
            "states": [(state, counts.get(state.value, 0)) for state in State],
            "counted": COUNTED,
            "is_continued": before is not None,
            "newest": reverse("message_list", query=kept or None),
            "earlier": last
            and reverse("message_list", query=kept | {"before": f"{last.due_at.isoformat()}_{last.pk}"}),
        },
    )


def count_up_to(rows: MessageQuerySet, most: int) -> dict[str, int]:
    """How many messages are in each state, one more than `most` at the utmost. One statement, whatever the rows."""
    parts = [rows.filter(state=state).order_by().values_list("state")[: most + 1] for state in State]
    return Counter(state for (state,) in parts[0].union(*parts[1:], all=True))


def cursor_of(text: str) -> tuple[dt.datetime, int] | None:
    """The line after which a page goes on, as "<due_at>_<id>"; None for anything else."""
    moment, _underscore, pk = text.partition("_")
    try:
        due_at = dt.datetime.fromisoformat(moment)
    except ValueError:
        return None
    is_id = pk.isdecimal() and len(pk) < ID_DIGITS
    return (due_at, int(pk)) if is_id and due_at.tzinfo is not None else None


@require_POST
@role_required(SEE_OUTBOX)
def message_resend_failed(request: SignedInRequest) -> HttpResponse:
    """Try all failed messages again that can still be of use."""
    count = resend_failed(by=request.user, now=clock.now())
    if count:
        said = ngettext("%(count)s message is on its way again.", "%(count)s messages are on their way again.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("None of them can still be of use: what they were about has begun."))
    return _back(request)


@require_POST
@role_required(SEE_OUTBOX)
def message_resend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Try a failed or parked message again."""
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    try:
        resend_message(message, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The message is on its way again."))
    return _back(request)


@require_POST
@role_required(SEE_OUTBOX)
def message_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel a message that has not left."""
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    try:
        cancel_message(message, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The message was cancelled."))
    return _back(request)


def _line(message: Message) -> dict[str, object]:
    kind = mail.KINDS.get(message.kind)
    return {
        "message": message,
        "kind": kind.words if kind else message.kind,
        "reason": outbox.explain(message.error),
        "is_open": message.state in {State.WAITING, State.FAILED, State.PARKED},
        "needs_look": message.state in {State.FAILED, State.PARKED},
    }


def _back(request: SignedInRequest) -> HttpResponse:
    """To the list with the filter that was on."""
    chosen = request.POST.get("state", "")
    return redirect(reverse("message_list", query={"state": chosen} if chosen in FILTERS else None))
