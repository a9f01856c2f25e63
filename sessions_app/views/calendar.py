"""The calendar: a plain list of the week, and month and week drawn by FullCalendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import School, User
from accounts.permissions import BOOK_MENTOR, RUN_PROGRAM, SCHEDULE_PLAYGROUND, SEE_CALENDAR, Role, role_required
from accounts.reports.school_time import next_school_day, weekdays_without_school
from accounts.signed_in import SignedInRequest
from sessions_app.models import Booking
from sessions_app.reports.agenda import Entry, agenda, busy_spans, by_day, midnight, week_of

# A month's view shows up to six weeks; more than two months is nobody's screen.
LONGEST = dt.timedelta(days=62)
# No school has a calendar beyond; at the ends of what a date can say, the next week is an error.
YEARS = range(1900, 2200)


@require_safe
@role_required(SEE_CALENDAR)
def calendar(request: SignedInRequest) -> HttpResponse:
    """The week as a list, which is what students get first; coordinator and teacher see the drawn calendar first.

    The list stands on both, so that the page is whole without a script.
    """
    school, zone = request.user.school, request.user.school.zone
    today = clock.today(school)
    day = asked_day(request.GET.get("week", "")) or next_school_day(school, today)
    start, end = week_of(day, zone)
    is_student = not request.user.has_role(Role.COORDINATOR, Role.TEACHER)
    monday = start.astimezone(zone).date()
    context = {
        "view": request.GET.get("view") or ("list" if is_student else "calendar"),
        "days": by_day(agenda(request.user, start, end), zone),
        "day": day,
        "monday": monday,
        "sunday": monday + dt.timedelta(days=6),
        "week_before": monday - dt.timedelta(days=7),
        "week_after": monday + dt.timedelta(days=7),
        "today": today,
        "now": clock.now().astimezone(zone),
        "days_off": weekdays_without_school(school),
        "can_schedule": request.user.may(SCHEDULE_PLAYGROUND),
        "can_book": request.user.may(BOOK_MENTOR),
    }
    return render(request, "sessions_app/calendar.html", context)


@require_safe
@role_required(SEE_CALENDAR)
def calendar_events(request: SignedInRequest) -> HttpResponse:
    """What FullCalendar draws between `start` and `end`: own entries in full, others' bookings as busy time only."""
    user = request.user
    start, end = (asked_instant(request.GET.get(name, ""), user.school) for name in ("start", "end"))
    if start is None or end is None or not start < end <= start + LONGEST:
        return JsonResponse({"error": _("Ask for a stretch of at most 62 days.")}, status=400)
    events = [event_of(entry, user) for entry in agenda(user, start, end)]
    if not user.may(RUN_PROGRAM):
        events += [busy_event(*span) for span in busy_spans(user, start, end)]
    for event in events:
        event |= {name: event[name].astimezone(user.school.zone).isoformat() for name in ("start", "end")}
    return JsonResponse(events, safe=False)


def event_of(entry: Entry, user: User) -> dict[str, Any]:
    """A booking or playground as FullCalendar reads it."""
    event: dict[str, Any] = {"start": entry.starts_at, "end": entry.ends_at}
    if entry.booking is not None:
        return event | {
            "title": booking_title(entry.booking, user),
            "url": reverse("booking_detail", args=[entry.booking.pk]),
            "className": "event-booking",
        }
    assert entry.playground is not None  # an entry is one of the two
    return event | {
        "title": entry.playground.title,
        "url": reverse("playground_detail", args=[entry.playground.pk]),
        "className": "event-playground",
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


def asked_day(text: str) -> dt.date | None:
    """A date of an address, or None where it is none."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def asked_instant(text: str, school: School) -> dt.datetime | None:
    """An instant of an address: with an offset as it says, else by the clock on the school's wall. None if neither."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None:
        day = asked_day(text)
        return midnight(day, school.zone) if day else None
    if moment.year not in YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=school.zone)
