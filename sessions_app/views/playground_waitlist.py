"""Waiting for a place at a full playground."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.permissions import JOIN_PLAYGROUND, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.services import join_waitlist, leave_waitlist
from sessions_app.views.playground import visible_playground


@require_POST
@role_required(JOIN_PLAYGROUND)
def playground_wait(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put me on the list."""
    playground = visible_playground(request, pk)
    try:
        join_waitlist(playground, by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("You are on the list. When a place is free, you are told, and it is kept for you."))
    return redirect("playground_detail", pk=playground.pk)


@require_POST
@role_required(JOIN_PLAYGROUND)
def playground_wait_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take me off the list, or: I do not want this place."""
    playground = visible_playground(request, pk)
    try:
        leave_waitlist(playground, by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("You are off the list."))
    return redirect("playground_detail", pk=playground.pk)
