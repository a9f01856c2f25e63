"""What the two of a booking tap when they meet, or when one of them did not come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.permissions import RUN_PROGRAM, SAY_HOW_IT_WENT, SAY_IT_DID_NOT_TAKE_PLACE, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.forms import NoShowForm
from sessions_app.models import Booking
from sessions_app.services import (
    TimeTaken,
    finish_meeting,
    say_it_did_not_take_place,
    start_meeting,
    take_back_that_it_did_not,
)
from sessions_app.services.meeting import who_may_have_been_away
from sessions_app.views.booking import show_booking, visible_booking


def own_booking(request: SignedInRequest, pk: int) -> Booking:
    """A booking of which this person is one of the two, else 404: who runs the program was not there."""
    return get_object_or_404(Booking.objects.of(request.user), pk=pk)


@require_POST
@role_required(SAY_HOW_IT_WENT)
def booking_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """ "We have started", in one tap."""
    booking = own_booking(request, pk)
    try:
        start_meeting(booking, by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Have a good time. Tap “We are done” at the end."))
    return redirect("booking_detail", pk=booking.pk)


@require_POST
@role_required(SAY_HOW_IT_WENT)
def booking_finish(request: SignedInRequest, pk: int) -> HttpResponse:
    """ "We are done": the mentor goes on to the log, which has the real minutes already."""
    booking = own_booking(request, pk)
    try:
        booking = finish_meeting(booking, by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("booking_detail", pk=booking.pk)
    if request.user.pk == booking.mentor_id and booking.help_entry_id is None:
        return redirect("booking_log", pk=booking.pk)
    messages.success(request, _("Done. The mentor logs the help."))
    return redirect("booking_detail", pk=booking.pk)


@require_POST
@role_required(SAY_IT_DID_NOT_TAKE_PLACE)
def booking_no_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """It did not take place: who was away, and nothing else."""
    booking = visible_booking(request, pk)
    form = NoShowForm(request.POST, may_be=who_may_have_been_away(booking, request.user))
    if not form.is_valid():
        return show_booking(request, booking, no_show=form)
    try:
        say_it_did_not_take_place(booking, by=request.user, who=form.cleaned_data["who"], now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Noted. No log is asked for."))
    return redirect("booking_detail", pk=booking.pk)


@require_POST
@role_required(RUN_PROGRAM)
def booking_no_show_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """The coordinator takes it back: the booking stands again."""
    booking = visible_booking(request, pk)
    try:
        take_back_that_it_did_not(booking, by=request.user, now=clock.now())
    except TimeTaken:
        messages.error(request, _("One of the two, or the room, has something else at that time now."))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Taken back. The mentor can log the help."))
    return redirect("booking_detail", pk=booking.pk)
