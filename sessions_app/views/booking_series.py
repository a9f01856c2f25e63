"""A booking every week: all dates looked at before anything is saved, and ended from one date on."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.permissions import CHANGE_BOOKING, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.forms import CancelForm, RepeatForm
from sessions_app.services import TimeTaken, book_series, cancel_series, look_at_dates
from sessions_app.views.booking import show_booking, visible_booking


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(CHANGE_BOOKING)
def booking_repeat(request: SignedInRequest, pk: int) -> HttpResponse:
    """Without `save` every date is shown with what stands in its way; with it, all that are not left out are booked.

    `leave_out_clashes` leaves out each date that is not possible. Where a date is not possible any more: 409 with all
    dates, those marked that have become so since they were looked at.
    """
    booking, now, status = visible_booking(request, pk), clock.now(), 200
    if not booking.is_standing:  # its page says so
        return redirect("booking_detail", pk=booking.pk)
    form = RepeatForm(
        request.POST if request.method == "POST" else None,
        booking=booking,
        user=request.user,
        initial={
            "until": booking.program.ends_on,
            "weekdays": [booking.starts_at.astimezone(request.user.school.zone).weekday()],
            "revision": booking.revision,
            "request_key": uuid.uuid4(),
        },
    )
    context: dict[str, Any] = {"form": form, "booking": booking}
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        wish = form.cleaned_data
        left_out, reason = set(wish["left_out"]), wish.get("override_reason", "")
        if "save" in request.POST:
            try:
                series = book_series(
                    booking,
                    by=request.user,
                    until=wish["until"],
                    weekdays=wish["weekdays"],
                    every=wish["every"],
                    left_out=left_out,
                    revision=wish["revision"],
                    request_key=wish["request_key"],
                    now=now,
                    override_reason=reason,
                )
            except Refused as refused:
                form.add_error(None, str(refused))
                status = 409 if isinstance(refused, TimeTaken) else 422
            else:
                count = series.bookings.count()
                said = ngettext(
                    "Booked: %(count)s date. Both know, and will be reminded of each.",
                    "Booked: %(count)s dates. Both know, and will be reminded of each.",
                    count,
                )
                messages.success(request, said % {"count": count})
                return redirect("booking_detail", pk=booking.pk)
        context |= looked_at(request, form, left_out=left_out, is_refused=status != 200)
    return render(request, "sessions_app/booking_repeat.html", context, status=status)


def looked_at(request: SignedInRequest, form: RepeatForm, *, left_out: set[Any], is_refused: bool) -> dict[str, Any]:
    """All dates of a form that is valid, with what stands in their way now."""
    reason = form.cleaned_data.get("override_reason", "")
    days, now = form.days(), clock.now()
    found = look_at_dates(form.booking, days, by=request.user, now=now, left_out=left_out, override_reason=reason)
    if "leave_out_clashes" in request.POST:
        left_out |= {one.day for one in found if one.why_not}
    known = set(form.cleaned_data["known"])
    kept = [one for one in found if one.day not in left_out]
    return {
        "dates": [
            (one, one.day in left_out, is_refused and bool(one.why_not) and one.day not in known) for one in found
        ],
        "known": [one.day for one in found if one.why_not],
        "kept_count": len(kept),
        "clash_count": sum(1 for one in kept if one.why_not),
    }


@require_POST
@role_required(CHANGE_BOOKING)
def booking_series_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel this date and all after it in its series: all of them or none."""
    booking = visible_booking(request, pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return show_booking(request, booking, cancel=form)
    try:
        ended = cancel_series(booking, by=request.user, reason=form.cleaned_data["reason"], now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = ngettext(
            "Cancelled: %(count)s date. Everybody in it is told once.",
            "Cancelled: %(count)s dates. Everybody in them is told once.",
            len(ended),
        )
        messages.success(request, said % {"count": len(ended)})
    return redirect("booking_detail", pk=booking.pk)
