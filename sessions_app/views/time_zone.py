"""The school's time zone. It stands here, since what is booked has to be looked at before it changes."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.permissions import SEE_THRESHOLDS, SET_THRESHOLDS, may, role_required
from accounts.services.school_settings import change_time_zone
from accounts.signed_in import SignedInRequest
from sessions_app.forms.time_zone import TimeZoneForm
from sessions_app.reports.time_zone import what_lies_ahead


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SEE_THRESHOLDS)
def school_time_zone(request: SignedInRequest) -> HttpResponse:
    """Show and set it. Where something is booked, first how many and what they will read; nothing moves silently."""
    may_set = may(request.user, SET_THRESHOLDS)
    if request.method == "POST" and not may_set:
        raise PermissionDenied
    ahead = what_lies_ahead(request.user.school, now=clock.now())
    form = TimeZoneForm(
        request.POST if request.method == "POST" else None, school=request.user.school, is_empty=ahead.count == 0
    )
    if request.method == "POST" and form.is_valid():
        change_time_zone(time_zone=form.cleaned_data["time_zone"], by=request.user, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("school_settings")
    context = {
        "form": form,
        "may_set": may_set,
        "school": request.user.school,
        "ahead": ahead,
        "example": ahead.as_read_in(form.wanted_zone) if form.wanted_zone else None,
    }
    return render(
        request, "sessions_app/school_time_zone.html", context, status=422 if request.method == "POST" else 200
    )
