"""What the home page says about bookings and playgrounds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F
from django.urls import reverse

from accounts.models import User
from accounts.panels import Need, Panel
from accounts.permissions import BOOK_MENTOR, LOG_HELP, RUN_PROGRAM
from mentorship.forms import HelpEntryForm
from mentorship.models import Tool
from sessions_app.models import Booking, PlaygroundSession
from sessions_app.reports.again import helped_last
from sessions_app.reports.agenda import Entry, agenda, by_day, midnight, playgrounds_for, week_of
from sessions_app.reports.limits import COUNTED_DAYS, unmet_tools
from sessions_app.reports.school_time import count_misfits
from sessions_app.reports.stations import playgrounds_that_lack

# How many rows a panel shows before it points to the page with all of them.
ROWS = 4
# How long the coordinator's home page tells that a booking did not take place.
NO_SHOWS_SHOWN = dt.timedelta(days=7)


def panels(user: User, now: dt.datetime) -> list[Panel]:
    """The panels of each hat that this person wears; a fixed number of statements for each."""
    shown: list[Panel] = []
    if user.may(RUN_PROGRAM):
        shown += coordinator_panels(user, now)
    if user.may(BOOK_MENTOR):
        shown += teacher_panels(user, now)
    if user.may(LOG_HELP):
        shown += student_panels(user, now)
    return shown


def teacher_panels(user: User, now: dt.datetime) -> list[Panel]:
    """What is next, who could help again, what could help, and the playgrounds to join. Four statements."""
    bookings = Booking.objects.filter(teacher=user).standing().ahead_of(now).with_people()
    supports = set(Tool.objects.visible_to(user).order_by().values_list("support", flat=True).distinct())
    # A place that is offered stands first: it does not wait.
    ahead = playgrounds_for(user).ahead_of(now)
    playgrounds = ahead.order_by(F("offered_until").asc(nulls_last=True), "starts_at", "pk")[:ROWS]
    following = bookings.first()
    context = {
        "booking": following,
        **meeting_acts(following, now),
        "needs": [(value, label) for value, label in Tool.Support.choices if value in supports],
        "playgrounds": playgrounds,
        "now": now,
    }
    shown = [
        Panel("sessions_app/_teacher_next.html", context, order=10),
        Panel("sessions_app/_teacher_needs.html", context, order=30),
        Panel("sessions_app/_teacher_playgrounds.html", context, order=40),
    ]
    if again := helped_last(user, now=now, today=now.astimezone(user.school.zone).date()):
        shown.append(Panel("sessions_app/_teacher_again.html", {"again": again}, order=20))
    return shown


def student_panels(user: User, now: dt.datetime) -> list[Panel]:
    """What is next, what comes after it, and the last help that is not logged yet. At most four statements."""
    entries = agenda(user, now, now + dt.timedelta(days=28))
    own = [entry for entry in entries if is_own(entry, user)]
    next_one = {"entry": own[0] if own else None, "now": now, **meeting_acts(own[0].booking if own else None, now)}
    shown = [Panel("sessions_app/_student_next.html", next_one, order=10)]
    if later := own[1 : ROWS + 1]:
        shown.append(Panel("sessions_app/_student_later.html", {"later": later}, order=30))
    unlogged = Booking.objects.not_logged_by(user, now).with_people().first()
    if unlogged is not None:
        initial = {"minutes": unlogged.given_minutes, "tools": [unlogged.tool_id]}
        form = HelpEntryForm(school=user.school, initial=initial, auto_id="quick_%s")
        is_today = unlogged.starts_at.astimezone(user.school.zone).date() == now.astimezone(user.school.zone).date()
        context = {"booking": unlogged, "form": form, "is_today": is_today}
        shown.append(Panel("sessions_app/_student_quick_log.html", context, order=20))
    return shown


def is_own(entry: Entry, user: User) -> bool:
    """Whether this person mentors in it, and is not done with it."""
    if entry.booking is not None:
        return entry.booking.mentor_id == user.pk and entry.booking.finished_at is None
    return entry.is_on_duty


def meeting_acts(booking: Booking | None, now: dt.datetime) -> dict[str, bool]:
    """Whether the card of what is next offers "We have started" or "We are done"."""
    return {
        "can_start": booking is not None and booking.may_start(now),
        "can_finish": booking is not None and booking.may_finish(now),
    }


def coordinator_panels(user: User, now: dt.datetime) -> list[Panel]:
    """What needs her, this week, and what did not take place. At most nine statements."""
    zone = user.school.zone
    today = now.astimezone(zone).date()
    # On a weekend "this week" is the one that is about to begin.
    start, end = week_of(today + dt.timedelta(days=2) if today.weekday() >= 5 else today, zone)
    entries = agenda(user, max(start, midnight(today, zone)), end)
    missing = Booking.objects.visible_to(user).standing().filter(ends_at__lte=now, help_entry=None)
    missing_logs = list(missing.select_related("mentor", "teacher").order_by("ends_at")[: ROWS + 1])
    empty = list(playgrounds_that_lack(user, now)[:ROWS])
    needs: dict[str, Any] = {
        "missing_logs": missing_logs[:ROWS],
        "has_more_missing": len(missing_logs) > ROWS,
        "empty_playgrounds": empty,
        "today": today,
    }
    shown = [
        Panel(
            "sessions_app/_coordinator_week.html",
            {"days": [day_of(day, rows) for day, rows in by_day(entries, zone)], "today": today},
            order=40,
        )
    ]
    if conflicts := count_misfits(user.school, now=now):
        shown.append(Panel("sessions_app/_coordinator_conflicts.html", {"count": conflicts}, order=15))
    no_shows = Booking.objects.visible_to(user).did_not_take_place(since=now - NO_SHOWS_SHOWN)
    if lately := list(no_shows.select_related("mentor", "teacher")[:ROWS]):
        shown.append(Panel("sessions_app/_coordinator_no_shows.html", {"no_shows": lately}, order=45))
    if wishes := unmet_tools(user.school, today=today):
        shown.append(Panel("sessions_app/_coordinator_wishes.html", {"wishes": wishes, "days": COUNTED_DAYS}, order=50))
    if missing_logs or empty:
        waiting = needs_of(missing_logs[:ROWS], empty, has_more_missing=len(missing_logs) > ROWS)
        shown.append(Panel("sessions_app/_coordinator_needs.html", needs, order=20, needs=waiting))
    return shown


def needs_of(
    missing_logs: list[Booking], empty: list[PlaygroundSession], *, has_more_missing: bool
) -> tuple[Need, ...]:
    """The same in numbers, for the daily mail; one thing alone leads straight to it."""
    found = []
    if empty:
        path = reverse("playground_detail", args=[empty[0].pk]) if len(empty) == 1 else reverse("home")
        found.append(Need("empty", len(empty), path, is_more=len(empty) == ROWS))
    if missing_logs:
        path = reverse("booking_detail", args=[missing_logs[0].pk]) if len(missing_logs) == 1 else reverse("home")
        found.append(Need("missing_logs", len(missing_logs), path, is_more=has_more_missing))
    return tuple(found)


def day_of(day: dt.date, entries: list[Entry]) -> dict[str, Any]:
    """One day of the week: its playgrounds one by one, its bookings as a number and their periods."""
    bookings = [entry.booking for entry in entries if entry.booking is not None]
    periods = dict.fromkeys(str(booking.period) for booking in bookings if booking.period_id)
    return {
        "day": day,
        "playgrounds": [entry.playground for entry in entries if entry.playground is not None],
        "booking_count": len(bookings),
        "periods": list(periods),
    }
