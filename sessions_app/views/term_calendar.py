"""The days of a term from a file: read, looked at, and only then set."""

from __future__ import annotations

import datetime as dt

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.forms.term_calendar import TermCalendarForm
from accounts.forms.term_days import TermCalendar
from accounts.models import DayType, School
from accounts.permissions import SET_SCHOOL_TIME, role_required
from accounts.reports.school_time import DayChange, day_changes
from accounts.services.school_days import DaysChanged, set_school_days
from accounts.signed_in import SignedInRequest
from sessions_app.services.school_time import Attempt
from sessions_app.views.time_change import asking, attempt_change

SALT = "flipside.term-calendar"
# How long somebody may look at a preview.
PREVIEW_LASTS = dt.timedelta(hours=12)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_calendar_import(request: SignedInRequest) -> HttpResponse:
    """Choose a file, and read what it would change. Nothing is written here."""
    school = request.user.school
    kinds = list(school.day_types.all())
    is_sent = request.method == "POST"
    data = (request.POST, request.FILES) if is_sent else ()
    form = TermCalendarForm(*data, kinds=kinds, today=clock.today(school), zone=school.zone)
    if is_sent and form.is_valid():
        return _preview(request, form.calendar)
    status = 422 if is_sent else 200
    return render(request, "accounts/school_calendar_import.html", {"form": form, "kinds": kinds}, status=status)


@require_POST
@role_required(SET_SCHOOL_TIME)
def school_calendar_confirm(request: SignedInRequest) -> HttpResponse:
    """Set the days of the preview; what fits no longer is listed first, as with every other change."""
    school = request.user.school
    try:
        plan = signing.loads(request.POST.get("plan", ""), salt=SALT, max_age=PREVIEW_LASTS)
    except signing.BadSignature:
        plan = {}
    if plan.get("school") != school.pk:
        form = TermCalendarForm(kinds=[], today=clock.today(school), zone=school.zone)
        context = {"form": form, "kinds": list(school.day_types.all()), "is_stale": True}
        return render(request, "accounts/school_calendar_import.html", context, status=422)
    kinds = {kind.pk: kind for kind in school.day_types.all()}
    days = {
        dt.date.fromisoformat(day): kinds.get(kind) for day, kind in plan["days"].items() if not kind or kind in kinds
    }
    done: list[DaysChanged] = []
    attempt = attempt_change(
        request,
        lambda: done.append(set_school_days(days, by=request.user)),
        said=lambda: _said(done[-1]),
    )
    if attempt.is_made:
        return redirect("school_calendar")
    return _preview(request, TermCalendar(days=days), attempt=attempt)


def _preview(request: SignedInRequest, calendar: TermCalendar, *, attempt: Attempt | None = None) -> HttpResponse:
    school = request.user.school
    changes = day_changes(school, calendar.days)
    context = {
        "changes": changes,
        "same_count": len(calendar.days) - len(changes),
        "refused": calendar.refused,
        "cut_after": calendar.cut_after,
        "plan": sealed(school, changes),
        **asking(request, attempt),
    }
    return render(request, "accounts/school_calendar_preview.html", context, status=422 if attempt else 200)


def sealed(school: School, changes: list[DayChange]) -> str:
    """The changes of a preview as the page carries them: signed, so that they are those that were looked at."""
    days: dict[str, int | None] = {change.date.isoformat(): _pk(change.after) for change in changes}
    return signing.dumps({"school": school.pk, "days": days}, salt=SALT, compress=True)


def _pk(kind: DayType | None) -> int | None:
    return kind.pk if kind else None


def _said(done: DaysChanged) -> str:
    if not done.count:
        return _("Nothing to change: the calendar says so already.")
    return ngettext("%(count)s day is changed.", "%(count)s days are changed.", done.count) % {"count": done.count}
