"""When each period is: the table of periods, several bell schedules, and their times by kind of day."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.bells import BellScheduleForm, BellTimesForm
from accounts.forms.school import PeriodFormSet
from accounts.models import BellSchedule, Period
from accounts.permissions import SET_SCHOOL_TIME, role_required
from accounts.reports.school_time import bell_rows, grades_of_school, period_lines
from accounts.services import Refused
from accounts.services.bells import delete_bell_schedule, save_bell_schedule, set_bell_times
from accounts.services.school_time import PeriodLine, set_periods
from accounts.signed_in import SignedInRequest
from sessions_app.services.school_time import Attempt
from sessions_app.views.time_change import asking, attempt_change


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_time(request: SignedInRequest) -> HttpResponse:
    """The periods of the day with their times, as one table: change lines, add lines, take lines out."""
    periods = Period.objects.visible_to(request.user)
    formset = PeriodFormSet(
        request.POST or None, initial=period_lines(request.user.school), form_kwargs={"periods": periods}
    )
    attempt: Attempt | None = None
    if request.method == "POST" and formset.is_valid():
        gone = [form.cleaned_data["period"] for form in formset.deleted_forms if form.cleaned_data.get("period")]
        filled = [form for form in formset if form.cleaned_data.get("name") and form not in formset.deleted_forms]
        lines = [
            PeriodLine(*(form.cleaned_data[name] for name in ("period", "name", "starts", "ends"))) for form in filled
        ]
        try:
            attempt = attempt_change(
                request,
                lambda: set_periods(lines=lines, removed=gone, by=request.user),
                said=lambda: _("The periods are saved. What is booked already keeps its time."),
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            if attempt.is_made:
                return redirect("school_time")
    context = {"formset": formset, **asking(request, attempt)}
    return render(request, "accounts/school_time.html", context, status=422 if request.method == "POST" else 200)


@require_safe
@role_required(SET_SCHOOL_TIME)
def school_bell_list(request: SignedInRequest) -> HttpResponse:
    """All bell schedules and all kinds of day, and which times stand where they meet."""
    kinds, rows = bell_rows(request.user.school)
    return render(request, "accounts/school_bell_list.html", {"kinds": kinds, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_bell_create(request: SignedInRequest) -> HttpResponse:
    """One more bell schedule, for some grades."""
    return _bell_form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_bell_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The name of a bell schedule, and for which grades it is."""
    return _bell_form(request, _bells(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_bell_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the schedule of some grades away: asked once, with what fits no longer then."""
    bells = _bells(request, pk)
    attempt: Attempt | None = None
    if request.method == "POST":
        try:
            attempt = attempt_change(
                request,
                lambda: delete_bell_schedule(bells, by=request.user),
                said=lambda: _("The schedule is taken away. Its grades have the times of everybody."),
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("school_bell_list")
        if attempt.is_made:
            return redirect("school_bell_list")
    context = {"bells": bells, **asking(request, attempt)}
    return render(request, "accounts/school_bell_delete.html", context, status=422 if attempt else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_bell_times(request: SignedInRequest, pk: int, kind: int) -> HttpResponse:
    """When each period is by this bell schedule on this kind of day."""
    bells = _bells(request, pk)
    day_type = get_object_or_404(request.user.school.day_types, pk=kind)
    there = bells.times.filter(day_type=day_type)
    times = {time.period_id: (time.starts, time.ends) for time in there}
    form = BellTimesForm(
        request.POST if request.method == "POST" else None, periods=list(request.user.school.periods.all()), times=times
    )
    attempt: Attempt | None = None
    if request.method == "POST" and form.is_valid():
        attempt = attempt_change(
            request,
            lambda: set_bell_times(bells, day_type, form.times(), by=request.user),
            said=lambda: _("The times are saved. What is booked already keeps its time."),
        )
        if attempt.is_made:
            return redirect("school_bell_list")
    context = {"bells": bells, "day_type": day_type, "form": form, **asking(request, attempt)}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/school_bell_times.html", context, status=status)


def _bells(request: SignedInRequest, pk: int) -> BellSchedule:
    return get_object_or_404(request.user.school.bell_schedules, pk=pk)


def _bell_form(request: SignedInRequest, bells: BellSchedule | None) -> HttpResponse:
    initial = {"name": bells.name, "grades": bells.grades} if bells else {}
    grades = sorted({*grades_of_school(request.user.school), *(bells.grades if bells else [])})
    form = BellScheduleForm(request.POST if request.method == "POST" else None, grades=grades, initial=initial)
    attempt: Attempt | None = None
    if request.method == "POST" and form.is_valid():
        try:
            attempt = attempt_change(
                request,
                lambda: save_bell_schedule(bells, **form.cleaned_data, by=request.user),
                said=lambda: _("The bell schedule is saved."),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if attempt.is_made:
                return redirect("school_bell_list")
    context = {"form": form, "bells": bells, **asking(request, attempt)}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/school_bell_form.html", context, status=status)
