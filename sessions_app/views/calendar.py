"""The calendar: a plain list of the week or month, and both drawn by FullCalendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.forms.day import is_day_of_school, read_day
from accounts.models import School, User
from accounts.permissions import (
    BOOK_MENTOR,
    CHANGE_BOOKING,
    RUN_PROGRAM,
    SCHEDULE_PLAYGROUND,
    SEE_CALENDAR,
    Role,
    role_required,
)
from accounts.reports.school_time import next_school_day, weekdays_without_school
from accounts.signed_in import SignedInRequest
from sessions_app.models import Booking
from sessions_app.reports.agenda import Entry, agenda, busy_spans, by_day, midnight, month_of, week_of
from sessions_app.reports.school_time import Bells
from sessions_app.views.booking import may_change, visible_booking

# A month's view shows up to six weeks; more than two months is nobody's screen.
LONGEST = dt.timedelta(days=62)
VIEWS = ("list", "calendar", "month")


@require_safe
@role_required(SEE_CALENDAR)
def calendar(request: SignedInRequest) -> HttpResponse:
    """The week as a list, which is what students get first; coordinator and teacher see the drawn week first.

    The list stands on all three, of the month where the month is drawn, so that the page is whole without a script.
    """
    school, zone = request.user.school, request.user.school.zone
    today, now = clock.today(school), clock.now()
    day = read_day(request.GET.get("week", "")) or next_school_day(school, today)
    is_student = not request.user.has_role(Role.COORDINATOR, Role.TEACHER)
    view = request.GET.get("view", "")
    if view not in VIEWS:
        view = "list" if is_student else "calendar"
    start, end = (month_of if view == "month" else week_of)(day, zone)
    first, after = start.astimezone(zone).date(), end.astimezone(zone).date()
    context = {
        "view": view,
        "days": by_day(agenda(request.user, start, end), zone),
        "day": day,
        "first": first,
        "last": after - dt.timedelta(days=1),
        "before": first - dt.timedelta(days=1 if view == "month" else 7),
        "after": after,
        "today": today,
        "now": now.astimezone(zone),
        "days_off": weekdays_without_school(school),
        "can_schedule": request.user.may(SCHEDULE_PLAYGROUND),
        "can_book": request.user.may(BOOK_MENTOR),
        "can_change": request.user.may(CHANGE_BOOKING),
    }
    return render(request, "sessions_app/calendar.html", context)


@require_safe
@role_required(SEE_CALENDAR)
def calendar_events(request: SignedInRequest) -> HttpResponse:
    """What FullCalendar draws between `start` and `end`: own entries in full, others' bookings as busy time only."""
    user, now = request.user, clock.now()
    start, end = (asked_instant(request.GET.get(name, ""), user.school) for name in ("start", "end"))
    if start is None or end is None or not start < end <= start + LONGEST:
        return JsonResponse({"error": _("Ask for a stretch of at most 62 days.")}, status=400)
    events = [event_of(entry, user, now) for entry in agenda(user, start, end)]
    if not user.may(RUN_PROGRAM):
        events += [busy_event(*span) for span in busy_spans(user, start, end)]
    for event in events:
        event |= {name: event[name].astimezone(user.school.zone).isoformat() for name in ("start", "end")}
    return JsonResponse(events, safe=False)


@require_safe
@role_required(CHANGE_BOOKING)
def booking_periods(request: SignedInRequest, pk: int) -> HttpResponse:
    """The periods onto which this booking could be dropped, between `start` and `end`, by the bells of its mentor."""
    booking, school = visible_booking(request, pk), request.user.school
    start, end = (asked_instant(request.GET.get(name, ""), school) for name in ("start", "end"))
    if start is None or end is None or not start < end <= start + LONGEST:
        return JsonResponse({"error": _("Ask for a stretch of at most 62 days.")}, status=400)
    first, last = (moment.astimezone(school.zone).date() for moment in (start, end - dt.timedelta(microseconds=1)))
    periods = [
        {
            "day": day.isoformat(),
            "period": period.pk,
            "title": period.name,
            "start": span[0].astimezone(school.zone).isoformat(),
            "end": span[1].astimezone(school.zone).isoformat(),
        }
        for day, period, span in Bells(school, first, last).periods(grade=booking.mentor.grade)
    ]
    return JsonResponse(periods, safe=False)


def event_of(entry: Entry, user: User, now: dt.datetime) -> dict[str, Any]:
    """A booking or playground as FullCalendar reads it; `move` stands in what this person may move."""
    event: dict[str, Any] = {"start": entry.starts_at, "end": entry.ends_at}
    if entry.booking is not None:
        event |= {
            "title": booking_title(entry.booking, user),
            "url": reverse("booking_detail", args=[entry.booking.pk]),
            "className": "event-booking",
        }
        return event | (how_to_move(entry.booking) if may_change(entry.booking, user, now) else {})
    assert entry.playground is not None  # an entry is one of the two
    return event | {
        "title": entry.playground.title,
        "url": reverse("playground_detail", args=[entry.playground.pk]),
        "className": "event-playground",
    }


def how_to_move(booking: Booking) -> dict[str, Any]:
    """Where a moved event asks for the periods of the mentor, where it is sent, and the room that it keeps."""
    return {
        "move": reverse("booking_move", args=[booking.pk]),
        "periods": reverse("booking_periods", args=[booking.pk]),
        "room": booking.room_id,
        "startEditable": True,
    }


def booking_title(booking: Booking, user: User) -> str:
    """Whom one meets, and for what; the coordinator reads both names."""
    words = {"teacher": booking.teacher.short_name, "mentor": booking.mentor.short_name, "tool": booking.tool.name}
    if user.pk == booking.teacher_id:
        return _("%(mentor)s, %(tool)s") % words
    if user.pk == booking.mentor_id:
        return _("%(teacher)s, %(tool)s") % words
    return _("%(teacher)s with %(mentor)s") % words


def busy_event(start: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    """A time at which others have a booking. No name, no place, no number."""
    return {"start": start, "end": end, "title": _("Busy"), "display": "background", "className": "event-busy"}


def asked_instant(text: str, school: School) -> dt.datetime | None:
    """An instant of an address: with an offset as it says, else by the clock on the school's wall. None if neither."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None:
        day = read_day(text)
        return midnight(day, school.zone) if day else None
    if not is_day_of_school(moment.date()):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=school.zone)
