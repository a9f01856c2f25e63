"""Another mentor for a booking, at the same time."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.permissions import CHANGE_BOOKING, RUN_PROGRAM, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.forms import ReplaceForm
from sessions_app.reports.replacement import replacements
from sessions_app.services import TimeTaken, replace_mentor
from sessions_app.views.booking import may_change, visible_booking


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(CHANGE_BOOKING)
def booking_replace(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who fits and is free then, each one tap away. Somebody was taken meanwhile: 409 with who is left; a rule: 422."""
    booking, now, status = visible_booking(request, pk), clock.now(), 200
    form = ReplaceForm(request.POST if request.method == "POST" else None, booking=booking, user=request.user)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                booking = replace_mentor(booking, by=request.user, now=now, **form.cleaned_data)
            except Refused as refused:
                form.add_error(None, str(refused))
                status = 409 if isinstance(refused, TimeTaken) else 422
            else:
                messages.success(
                    request, _("%(mentor)s helps now. All three are told.") % {"mentor": booking.mentor.short_name}
                )
                return redirect("booking_detail", pk=booking.pk)
    is_open = may_change(booking, request.user, now)
    context = {
        "booking": booking,
        "form": form,
        "is_coordinator": request.user.may(RUN_PROGRAM),
        "proposals": replacements(booking, now=now, is_bound=not request.user.may(RUN_PROGRAM)) if is_open else [],
    }
    return render(request, "sessions_app/booking_replace.html", context, status=status)
