"""Changing a playground: its plan, who stands where, and a mentor who can't come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.permissions import DECLINE_BOOKING, SCHEDULE_PLAYGROUND, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.forms import PlaygroundChangeForm, StationsForm
from sessions_app.models import PlaygroundSession
from sessions_app.services import (
    ChangedMeanwhile,
    TimeTaken,
    change_following,
    change_playground,
    leave_duty,
    place_at_stations,
)
from sessions_app.views.playground import visible_playground


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SCHEDULE_PLAYGROUND)
def playground_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form that scheduled it, filled in. Somebody taken: 409 that says who or what; a rule: 422.

    Changed by somebody else since the page was read: 409 with what it is now, and the next save is meant.
    """
    playground, now, status, found = visible_playground(request, pk), clock.now(), 200, []
    current = None
    form = PlaygroundChangeForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        today=clock.today(request.user.school),
        playground=playground,
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            wish = form.cleaned_data
            try:
                if wish.pop("scope", "one") == "following":
                    plan = form.plan(playground.program)
                    change_following(
                        playground, plan, by=request.user, day=wish["day"], now=now, revision=wish["revision"]
                    )
                else:
                    change_playground(playground, by=request.user, now=now, **wish)
            except ChangedMeanwhile as refused:
                form.add_error(None, str(refused))
                current, status = visible_playground(request, pk), 409
                form.data = request.POST.copy()
                form.data["revision"] = str(current.revision)
            except Refused as refused:
                form.add_error(None, str(refused))
                found = [one for one in getattr(refused, "found", []) if one.why_not]
                status = 409 if isinstance(refused, TimeTaken) else 422
            else:
                messages.success(request, _("Changed. Who comes is told if the time, the room or the name is new."))
                return redirect("playground_detail", pk=playground.pk)
    context = {"form": form, "playground": playground, "found": found, "current": current}
    return render(request, "sessions_app/playground_change.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SCHEDULE_PLAYGROUND)
def playground_stations(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who stands at which station: one choice for each mentor on duty."""
    playground = visible_playground(request, pk)
    form = StationsForm(request.POST if request.method == "POST" else None, playground=playground)
    if request.method == "POST" and form.is_valid():
        try:
            place_at_stations(playground, by=request.user, stations=form.stations(), now=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Everybody has their station."))
            return redirect("playground_detail", pk=playground.pk)
    context = {"form": form, "playground": playground}
    return render(request, "sessions_app/playground_stations.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(DECLINE_BOOKING)
def playground_duty_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """ "I can't come", in one tap. No reason is asked for, and the page is not hers any more.

    Sent again from the same device it answers the same.
    """
    said, left = _("That is fine. The others are there, and the coordinator can see it."), "left_duties"
    before = request.session.get(left, [])
    if pk in before and not PlaygroundSession.objects.visible_to(request.user).filter(pk=pk).exists():
        messages.success(request, said)
        return redirect("home")
    playground = visible_playground(request, pk)
    try:
        leave_duty(playground, by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        request.session[left] = [*before, pk]
        messages.success(request, said)
    return redirect("home")
