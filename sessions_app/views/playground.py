"""Tech playgrounds: scheduling, reading, coming to one."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.models import User
from accounts.permissions import JOIN_PLAYGROUND, SCHEDULE_PLAYGROUND, SEE_CALENDAR, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.forms import PlaygroundForm
from sessions_app.models import Attendance, Booking, PlaygroundSession
from sessions_app.reports.playground_pin import expected_people
from sessions_app.reports.walk_up import is_walk_up_time
from sessions_app.services import (
    TimeTaken,
    cancel_following,
    cancel_playground,
    leave_playground,
    may_keep_presence,
    may_open_kiosk,
    schedule_playground,
    sign_up,
)


def visible_playground(request: SignedInRequest, pk: int) -> PlaygroundSession:
    """A playground that this person may see, else 404."""
    playgrounds = PlaygroundSession.objects.select_related("program__school", "room", "period", "adult_in_charge")
    return get_object_or_404(playgrounds.visible_to(request.user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SCHEDULE_PLAYGROUND)
def playground_create(request: SignedInRequest) -> HttpResponse:
    """One form. Somebody taken: 409 that says who or what; a rule: 422; both with all that was typed."""
    now, today, status = clock.now(), clock.today(request.user.school), 200
    form = PlaygroundForm(request.POST if request.method == "POST" else None, user=request.user, today=today)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                playground = schedule_playground(by=request.user, now=now, **form.cleaned_data)
            except Refused as refused:
                form.add_error(None, str(refused))
                status = 409 if isinstance(refused, TimeTaken) else 422
            else:
                messages.success(request, _("The playground stands in the calendar."))
                return redirect("playground_detail", pk=playground.pk)
    return render(request, "sessions_app/playground_create.html", {"form": form}, status=status)


@require_safe
@role_required(SEE_CALENDAR)
def playground_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The coordinator sees everything; a teacher the places; a student the own duty, no sign-ups."""
    playground, now = visible_playground(request, pk), clock.now()
    is_runner = request.user.may(SCHEDULE_PLAYGROUND)
    sign_ups = list(playground.sign_ups.select_related("teacher"))
    is_ahead = playground.is_standing and playground.ends_at > now
    waitlist = list(playground.waitlist.open().select_related("teacher"))
    own_wait = next((entry for entry in waitlist if entry.teacher_id == request.user.pk), None)
    kept = [entry for entry in waitlist if entry.offered_until and entry is not own_wait]
    is_joined = any(place.teacher_id == request.user.pk for place in sign_ups)
    can_join = is_ahead and request.user.may(JOIN_PLAYGROUND)
    duties = list(playground.duties.select_related("person").order_by("person__given_name", "pk"))
    own_duty = next((duty for duty in duties if duty.person_id == request.user.pk), None)
    stations = [
        (station.tool, [duty for duty in duties if duty.station_id == station.pk])
        for station in playground.stations.select_related("tool")
    ]
    keeps_presence = may_keep_presence(playground, request.user, now)
    present = dict(playground.attendances.values_list("person", "how")) if is_runner or keeps_presence else {}
    context = {
        "playground": playground,
        "present": present,
        "presence": presence_of(playground, present) if keeps_presence else [],
        "has_pin": is_ahead and (is_joined or playground.adult_in_charge_id == request.user.pk or own_duty is not None),
        "can_open_kiosk": is_ahead and may_open_kiosk(playground, request.user),
        "stations": stations,
        "elsewhere": [duty for duty in duties if duty.station_id is None],
        "can_change": is_runner and playground.is_standing and playground.starts_at > now,
        "can_place": is_ahead and is_runner and stations and duties,
        "can_say_helped": own_duty is not None and playground.is_standing and is_walk_up_time(playground, now),
        "can_leave_duty": is_ahead and own_duty is not None,
        "later_count": later_in_series(playground, now) if is_runner else 0,
        "missing": max(0, playground.minimum - len(sign_ups)) if is_ahead and is_runner else 0,
        "sign_ups": sign_ups if is_runner else [],
        "sign_up_count": len(sign_ups),
        "places_left": max(0, playground.places - len(sign_ups) - len(kept)),
        "waitlist": waitlist if is_runner else [],
        "own_wait": own_wait if can_join else None,
        "is_runner": is_runner,
        "is_joined": is_joined,
        "can_join": can_join and not is_joined,
        "can_leave": can_join and is_joined,
        "can_cancel": is_ahead and is_runner,
        "clash": booking_at(request, playground) if can_join else None,
    }
    return render(request, "sessions_app/playground_detail.html", context)


@require_POST
@role_required(SCHEDULE_PLAYGROUND)
def playground_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel it, or with `scope=following` also those after it in its series; all who were coming are told."""
    playground = visible_playground(request, pk)
    cancel = cancel_following if request.POST.get("scope") == "following" else cancel_playground
    try:
        cancel(playground, by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Cancelled. Everybody who was coming is told."))
    return redirect("playground_detail", pk=playground.pk)


@require_POST
@role_required(JOIN_PLAYGROUND)
def playground_sign_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a place. Another booking at that time only warns."""
    playground = visible_playground(request, pk)
    try:
        sign_up(playground, by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("You are coming. A place is kept for you."))
        if booking_at(request, playground):
            messages.warning(request, _("You have a booking at the same time. Move it, or leave this playground."))
    return redirect("playground_detail", pk=playground.pk)


@require_POST
@role_required(JOIN_PLAYGROUND)
def playground_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the place back."""
    playground = visible_playground(request, pk)
    try:
        leave_playground(playground, by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Your place is free for somebody else."))
    return redirect("playground_detail", pk=playground.pk)


def presence_of(playground: PlaygroundSession, present: dict[int, str]) -> list[tuple[User, str]]:
    """Everybody who is expected, by name, and how each checked in; empty words for who did not."""
    people = sorted(expected_people(playground), key=lambda person: person.full_name)
    return [
        (person, str(Attendance.How(present[person.pk]).label) if person.pk in present else "") for person in people
    ]


def later_in_series(playground: PlaygroundSession, now: dt.datetime) -> int:
    """How many dates after this one stand in its series; no statement where it has none."""
    if playground.series_id is None:
        return 0
    return PlaygroundSession.objects.following(playground, now).exclude(pk=playground.pk).count()


def booking_at(request: SignedInRequest, playground: PlaygroundSession) -> Booking | None:
    """An own booking at the same time, if there is one."""
    own = Booking.objects.of(request.user).standing()
    return own.overlapping(playground.starts_at, playground.ends_at).with_people().first()
