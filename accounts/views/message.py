"""The outbox as the coordinator sees it: what left, what waits, what failed and why."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock, mail, outbox
from accounts.models import Message
from accounts.permissions import SEE_OUTBOX, role_required
from accounts.services import Refused
from accounts.services.message import cancel_message, resend_message
from accounts.signed_in import SignedInRequest

PAGE_ROWS = 50
State = Message.State


@require_safe
@role_required(SEE_OUTBOX)
def message_list(request: SignedInRequest) -> HttpResponse:
    """Show the messages of the school, the latest due first; `?state=failed` shows those alone."""
    rows = Message.objects.visible_to(request.user)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    chosen = request.GET.get("state", "")
    if chosen in State.values:
        rows = rows.filter(state=chosen)
    else:
        chosen = ""
    shown = rows.select_related("user", "guardian").defer("context", "calendar_file")
    page = Paginator(shown, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/message_list.html",
        {
            "page": page,
            "lines": [_line(message) for message in page.object_list],
            "chosen": chosen,
            "states": [(state, counts.get(state.value, 0)) for state in State],
            "total": sum(counts.values()),
        },
    )


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
    return redirect(reverse("message_list", query={"state": chosen} if chosen in State.values else None))
