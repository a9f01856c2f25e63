"""One booking: reading it, moving it, ending it, and logging the help that was given in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.models import User
from accounts.permissions import (
    CHANGE_BOOKING,
    DECLINE_BOOKING,
    LOG_HELP,
    RUN_PROGRAM,
    SEE_CALENDAR,
    role_required,
)
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.forms import HelpEntryForm
from sessions_app.forms import CancelForm, MoveForm, NoShowForm
from sessions_app.models import Booking
from sessions_app.services import TimeTaken, cancel_booking, decline_booking, log_help, move_booking
from sessions_app.services.meeting import may_say_it_did_not, who_may_have_been_away
from sessions_app.views.asked import wants_json
from sessions_app.views.offers import offers_to_move, time_taken


def visible_booking(request: SignedInRequest, pk: int) -> Booking:
    """A booking that this person may see, else 404."""
    bookings = Booking.objects.with_people().select_related("program", "help_entry")
    return get_object_or_404(bookings.visible_to(request.user), pk=pk)


@require_safe
@role_required(SEE_CALENDAR)
def booking_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who, when, where, for what; and what can be done with it."""
    return show_booking(request, visible_booking(request, pk))


def show_booking(
    request: SignedInRequest, booking: Booking, *, cancel: CancelForm | None = None, no_show: NoShowForm | None = None
) -> HttpResponse:
    """The page of a booking, with the forms that end it: once more, with 422, the one that was not taken."""
    now = clock.now()
    is_mentor = request.user.pk == booking.mentor_id
    is_one_of_the_two = is_mentor or request.user.pk == booking.teacher_id
    who_may_be_away = who_may_have_been_away(booking, request.user)
    is_changeable = booking.is_open_to_change(now) and booking.started_at is None
    context = {
        "booking": booking,
        "is_mentor": is_mentor,
        "is_teacher": request.user.pk == booking.teacher_id,
        "can_change": may_change(booking, request.user, now),
        "can_repeat": is_changeable and request.user.may(CHANGE_BOOKING) and booking.series_id is None,
        "overridden": booking.overridden_by_id is not None and request.user.may(RUN_PROGRAM),
        "can_decline": is_changeable and is_mentor and booking.starts_at > now,
        "can_log": is_mentor and booking.is_standing and booking.has_begun(now),
        "can_book_again": booking.is_standing and booking.is_over(now) and request.user.pk == booking.teacher_id,
        "can_start": is_one_of_the_two and booking.may_start(now),
        "can_finish": is_one_of_the_two and booking.may_finish(now),
        "can_say_no_show": who_may_be_away and may_say_it_did_not(booking, by=request.user, now=now),
        "can_take_back": booking.state == Booking.State.NO_SHOW and request.user.may(RUN_PROGRAM),
        "cancel_form": cancel or CancelForm(),
        "no_show_form": no_show or NoShowForm(may_be=who_may_be_away),
        **of_series(booking, request.user, now),
    }
    return render(request, "sessions_app/booking_detail.html", context, status=422 if cancel or no_show else 200)


def may_change(booking: Booking, user: User, now: dt.datetime) -> bool:
    """Whether pages offer to move or cancel it; what else stands against it is said when it is tried.

    Once it has begun, only to who runs the program; once the two have started, to nobody.
    """
    is_open = booking.is_open_to_change(now) and booking.started_at is None
    return is_open and user.may(CHANGE_BOOKING) and (booking.starts_at > now or user.may(RUN_PROGRAM))


def of_series(booking: Booking, user: User, now: dt.datetime) -> dict[str, Any]:
    """The dates of its series that this person may see, and how many of those from this one on are to come."""
    if booking.series_id is None:
        return {}
    standing = Booking.objects.visible_to(user).standing().filter(series=booking.series_id).order_by("starts_at", "pk")
    dates = list(standing.only("pk", "starts_at"))
    following = set(Booking.objects.following(booking, now).values_list("pk", flat=True))
    return {"dates": dates, "following_count": len(following) if booking.pk in following else 0}


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(CHANGE_BOOKING)
def booking_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another time for the same two people: one of the proposals, or a time and room of one's own choice.

    The drawn calendar asks for the answer as JSON, and moves the event when it is yes.
    """
    booking = visible_booking(request, pk)
    is_dragged = wants_json(request)
    now, today = clock.now(), clock.today(request.user.school)
    form = MoveForm(request.POST if request.method == "POST" else None, user=request.user, booking=booking)
    if request.method == "POST" and form.is_valid():
        try:
            move_booking(booking, by=request.user, now=now, **form.cleaned_data)
        except TimeTaken:
            if is_dragged:
                said = _("That time was just taken. Somebody was a moment faster. Your booking stands as it was.")
                return JsonResponse({"said": said}, status=409)
            offers = offers_to_move(booking, now=now, today=today)
            action = reverse("booking_move", args=[booking.pk])
            return time_taken(request, offers, action=action, tool=booking.tool, booking=booking)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            said = _("Moved. Both of you are told, and the reminders moved too.")
            if is_dragged:
                return JsonResponse({"said": said})
            messages.success(request, said)
            return redirect("booking_detail", pk=booking.pk)
    if is_dragged and form.errors:
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"said": said}, status=422)
    context = {
        "booking": booking,
        "form": form,
        "offers": offers_to_move(booking, now=now, today=today) if booking.is_standing else [],
        "action": reverse("booking_move", args=[booking.pk]),
    }
    return render(request, "sessions_app/booking_move.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(CHANGE_BOOKING)
def booking_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel it: the time is free again, and both are told."""
    booking = visible_booking(request, pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return show_booking(request, booking, cancel=form)
    try:
        cancel_booking(booking, by=request.user, reason=form.cleaned_data["reason"], now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Cancelled. Both of you are told, and no reminder will come."))
    return redirect("booking_detail", pk=booking.pk)


@require_POST
@role_required(DECLINE_BOOKING)
def booking_decline(request: SignedInRequest, pk: int) -> HttpResponse:
    """ "I can't", in one tap. No reason is asked for."""
    booking = visible_booking(request, pk)
    try:
        decline_booking(booking, by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("That is fine. The teacher will find another time."))
    return redirect("booking_detail", pk=booking.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(LOG_HELP)
def booking_log(request: SignedInRequest, pk: int) -> HttpResponse:
    """The mentor says how it went. All is filled in from the booking; nothing has to be typed."""
    booking, now = visible_booking(request, pk), clock.now()
    if booking.mentor_id != request.user.pk or not booking.is_standing or not booking.has_begun(now):
        raise Http404
    if request.method == "POST":
        form = HelpEntryForm(request.POST, school=request.user.school)
    else:
        initial = {"minutes": booking.given_minutes, "tools": [booking.tool_id]}
        entry = booking.help_entry
        form = HelpEntryForm(school=request.user.school, initial=HelpEntryForm.initial_of(entry) if entry else initial)
    if request.method == "POST" and form.is_valid():
        try:
            log_help(booking, by=request.user, now=now, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Thank you. Your help is in the log."))
            return redirect("home")
    context = {"booking": booking, "form": form}
    return render(request, "sessions_app/booking_log.html", context, status=422 if form.errors else 200)
