""" "I helped somebody": a mentor on duty begins a log entry at a playground."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.permissions import LOG_HELP, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.forms import WalkUpForm
from sessions_app.reports.walk_up import is_walk_up_time, teachers_here, teachers_named, tool_of, tools_of
from sessions_app.services import note_walk_up
from sessions_app.views.playground import visible_playground


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(LOG_HELP)
def playground_helped(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whom, with what: those who checked in are one tap away, others are found by name. The rest is asked at home."""
    playground, now = visible_playground(request, pk), clock.now()
    duty = playground.duties.filter(person=request.user).select_related("station__tool").first()
    if duty is None or not playground.is_standing or not is_walk_up_time(playground, now):
        raise Http404
    tool = tool_of(duty, tools_of(playground))
    data = request.POST if request.method == "POST" else None
    form = WalkUpForm(data, playground=playground, initial={"tool": tool.pk if tool else None})
    if request.method == "POST" and form.is_valid():
        try:
            note_walk_up(playground, by=request.user, now=now, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("It is begun. Say how it went, and send it."))
            return redirect("home")
    words = request.GET.get("name", "")[:100]
    context = {
        "playground": playground,
        "form": form,
        "here": list(teachers_here(playground)),
        "words": words,
        "named": teachers_named(playground, words),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "sessions_app/playground_helped.html", context, status=status)
