"""Who is at a playground: the square that a person's own phone read, and the hand of the adult in charge."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.permissions import SEE_CALENDAR, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from accounts.views.unseen import unseen
from sessions_app.forms import PresenceForm
from sessions_app.models import PlaygroundSession
from sessions_app.reports.playground_code import READ_FOR, is_code_of
from sessions_app.services import (
    check_in_by_hand,
    check_in_by_square,
    may_open_kiosk,
    undo_check_in,
    why_not_here,
)
from sessions_app.views.playground import visible_playground

READ = "read_square"  # where a session holds which square a phone read, and when


@unseen
@login_not_required
@require_safe
@sensitive_variables()
def check_in_link(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """What the square at the entrance opens. The code leaves the address bar at once; signing in may come first."""
    now = clock.now()
    request.session.pop(READ, None)
    if is_code_of(pk, secret, now):
        request.session[READ] = [pk, now.timestamp()]
    return redirect("check_in_here")


@unseen
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SEE_CALENDAR)
def check_in_here(request: SignedInRequest) -> HttpResponse:
    """ "I am here", in one tap, after the square was read; or why not."""
    now = clock.now()
    playground = _playground_read(request, now)
    if playground is None:
        status = 422 if request.method == "POST" else 200
        return render(request, "sessions_app/check_in_over.html", status=status)
    status, why_not = 200, why_not_here(playground, request.user, now)
    if request.method == "POST":
        try:
            check_in_by_square(playground, by=request.user, now=now)
        except Refused as refused:
            status, why_not = 422, str(refused)
        else:
            messages.success(request, _("You are checked in."))
            return redirect("playground_detail", pk=playground.pk)
    is_own_school = playground.program.school_id == request.user.school_id
    context = {
        "playground": playground,
        "why_not": why_not,
        "is_own_school": is_own_school,
        "can_look": PlaygroundSession.objects.visible_to(request.user).filter(pk=playground.pk).exists(),
    }
    with timezone.override(playground.program.school.zone):
        return render(request, "sessions_app/check_in_here.html", context, status=status)


@require_POST
@role_required(SEE_CALENDAR)
def playground_check_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody who is expected is here; with `undo`, is not."""
    playground = visible_playground(request, pk)
    if not may_open_kiosk(playground, request.user):
        raise PermissionDenied
    form = PresenceForm(request.POST, school=request.user.school)
    if not form.is_valid():
        messages.error(request, _("This person is not expected here."))
        return redirect("playground_detail", pk=playground.pk)
    act = undo_check_in if form.cleaned_data["undo"] else check_in_by_hand
    try:
        act(playground, person=form.cleaned_data["person"], by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("playground_detail", pk=playground.pk)


def _playground_read(request: HttpRequest, now: dt.datetime) -> PlaygroundSession | None:
    """The playground whose square this browser read in the last minutes."""
    pk, read_at = request.session.get(READ, (0, 0))
    if not 0 <= now.timestamp() - read_at < READ_FOR.total_seconds():
        return None
    rows = PlaygroundSession.objects.select_related("program__school", "room", "period", "adult_in_charge")
    return rows.filter(pk=pk).first()
