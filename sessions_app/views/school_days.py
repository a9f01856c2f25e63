"""On which days there is school, and of what kind they are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.forms.day import FIRST, LAST, read_day
from accounts.forms.school_days import MonthForm, NoSchoolForm, SchoolDayFillForm
from accounts.permissions import SET_SCHOOL_TIME, role_required
from accounts.reports.school_time import days_without_school, month_of_school, months_of_school
from accounts.services.school_days import DaysChanged, fill_school_days, remove_school_days, set_school_days
from accounts.signed_in import SignedInRequest
from sessions_app.services.school_time import Attempt
from sessions_app.views.time_change import asking, attempt_change


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_calendar(request: SignedInRequest) -> HttpResponse:
    """One month: of what kind each day is, or that there is no school."""
    school = request.user.school
    if not school.day_types.exists():
        return _periods_first(request)
    first = _month(request)
    after = (first + dt.timedelta(days=31)).replace(day=1)
    weeks = month_of_school(school, first)
    days = dict(cell for week in weeks for cell in week if cell)
    form = MonthForm(request.POST if request.method == "POST" else None, days=days, kinds=list(school.day_types.all()))
    attempt: Attempt | None = None
    if request.method == "POST" and form.is_valid():
        done: list[DaysChanged] = []
        attempt = attempt_change(
            request,
            lambda: done.append(set_school_days(form.days(), by=request.user)),
            said=lambda: _days_changed(done[-1].count),
        )
        if attempt.is_made:
            return redirect(f"{reverse('school_calendar')}?month={first:%Y-%m}")
    context = {
        "form": form,
        "weeks": [[(cell[0], form[f"day_{cell[0].isoformat()}"]) if cell else None for cell in week] for week in weeks],
        "weekdays": [dt.date(2024, 1, 1 + number) for number in range(7)],
        "first": first,
        "before": (first - dt.timedelta(days=1)).replace(day=1) if first > FIRST else None,
        "after": after if after < LAST else None,
        **asking(request, attempt),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/school_calendar.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_day_fill(request: SignedInRequest) -> HttpResponse:
    """The days of the school year: fill a stretch by weekdays."""
    return _school_days(request, filling=request.method == "POST")


@require_POST
@role_required(SET_SCHOOL_TIME)
def school_day_close(request: SignedInRequest) -> HttpResponse:
    """No school on a day, or on a stretch of days."""
    return _school_days(request, closing=True)


def _school_days(request: SignedInRequest, *, filling: bool = False, closing: bool = False) -> HttpResponse:
    school = request.user.school
    if not school.day_types.exists():
        return _periods_first(request)
    fill = SchoolDayFillForm(request.POST if filling else None, day_types=school.day_types.order_by("name"))
    close = NoSchoolForm(request.POST if closing else None, auto_id="close_%s")
    attempt: Attempt | None = None
    if filling and fill.is_valid():
        filled: list[DaysChanged] = []
        attempt = attempt_change(
            request,
            lambda: filled.append(fill_school_days(**fill.cleaned_data, by=request.user)),
            said=lambda: _days_filled(filled[-1]),
        )
    elif closing and close.is_valid():
        closed: list[int] = []
        attempt = attempt_change(
            request,
            lambda: closed.append(remove_school_days(**close.cleaned_data, by=request.user)),
            said=lambda: _days_closed(closed[-1]),
        )
    if attempt is not None and attempt.is_made:
        return redirect("school_day_fill")
    context: dict[str, Any] = {
        "fill": fill,
        "close": close,
        "is_filling": filling,
        "months": months_of_school(school),
        "closed": days_without_school(school, after=clock.today(school)),
        **asking(request, attempt),
    }
    return render(request, "accounts/school_day_fill.html", context, status=422 if filling or closing else 200)


def _month(request: SignedInRequest) -> dt.date:
    """The first day of the month in the address, else of the present one."""
    return read_day(f"{request.GET.get('month', '')}-01") or clock.today(request.user.school).replace(day=1)


def _periods_first(request: SignedInRequest) -> HttpResponse:
    messages.info(request, _("Set the periods of the day first. Then say on which days there is school."))
    return redirect("school_time")


def _days_filled(done: DaysChanged) -> str:
    new = ngettext("%(count)s school day is new.", "%(count)s school days are new.", done.added) % {"count": done.added}
    if not done.changed:
        return new
    changed = ngettext("%(count)s day is of another kind.", "%(count)s days are of another kind.", done.changed)
    return f"{new} {changed % {'count': done.changed}}"


def _days_closed(count: int) -> str:
    words = ngettext("%(count)s school day was taken out.", "%(count)s school days were taken out.", count)
    return words % {"count": count}


def _days_changed(count: int) -> str:
    return ngettext("%(count)s day is changed.", "%(count)s days are changed.", count) % {"count": count}
