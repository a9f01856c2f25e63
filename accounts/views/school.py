"""When and where school is, and what the school chose."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.forms.school import (
    NoSchoolForm,
    PeriodFormSet,
    RoomForm,
    SchoolDayFillForm,
)
from accounts.models import Period, Room
from accounts.permissions import SET_SCHOOL_TIME, role_required
from accounts.reports.school_time import days_without_school, months_of_school, period_lines
from accounts.services import Refused
from accounts.services.school_time import (
    PeriodLine,
    fill_school_days,
    remove_school_days,
    set_periods,
)
from accounts.signed_in import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_time(request: SignedInRequest) -> HttpResponse:
    """The periods of the day with their times, as one table: change lines, add lines, take lines out."""
    periods = Period.objects.visible_to(request.user)
    formset = PeriodFormSet(
        request.POST or None, initial=period_lines(request.user.school), form_kwargs={"periods": periods}
    )
    if request.method == "POST" and formset.is_valid():
        gone = [form.cleaned_data["period"] for form in formset.deleted_forms if form.cleaned_data.get("period")]
        filled = [form for form in formset if form.cleaned_data.get("name") and form not in formset.deleted_forms]
        lines = [
            PeriodLine(*(form.cleaned_data[name] for name in ("period", "name", "starts", "ends"))) for form in filled
        ]
        try:
            set_periods(lines=lines, removed=gone, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The periods are saved. What is booked already keeps its time."))
            return redirect("school_time")
    context = {"formset": formset}
    return render(request, "accounts/school_time.html", context, status=422 if request.method == "POST" else 200)


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
        messages.info(request, _("Set the periods of the day first. Then say on which days there is school."))
        return redirect("school_time")
    fill = SchoolDayFillForm(request.POST if filling else None, day_types=school.day_types.order_by("pk"))
    close = NoSchoolForm(request.POST if closing else None, auto_id="close_%s")
    if filling and fill.is_valid():
        count = fill_school_days(**fill.cleaned_data, by=request.user)
        sentence = ngettext("%(count)s school day is new.", "%(count)s school days are new.", count)
        messages.success(request, sentence % {"count": count})
        return redirect("school_day_fill")
    if closing and close.is_valid():
        count = remove_school_days(**close.cleaned_data, by=request.user)
        sentence = ngettext("%(count)s school day was taken out.", "%(count)s school days were taken out.", count)
        messages.success(request, sentence % {"count": count})
        return redirect("school_day_fill")
    context = {
        "fill": fill,
        "close": close,
        "months": months_of_school(school),
        "closed": days_without_school(school, after=clock.today(school)),
    }
    return render(request, "accounts/school_day_fill.html", context, status=422 if filling or closing else 200)


@require_safe
@role_required(SET_SCHOOL_TIME)
def room_list(request: SignedInRequest) -> HttpResponse:
    """The rooms of the school, and which of them are in view or shared."""
    return render(request, "accounts/room_list.html", {"rooms": Room.objects.visible_to(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def room_create(request: SignedInRequest) -> HttpResponse:
    """One more room."""
    return _room_form(request, Room(school=request.user.school))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def room_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a room's name and what may happen in it."""
    return _room_form(request, get_object_or_404(Room.objects.visible_to(request.user), pk=pk))


def _room_form(request: SignedInRequest, room: Room) -> HttpResponse:
    form = RoomForm(request.POST or None, instance=room)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The room is saved."))
        return redirect("room_list")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/room_form.html", {"form": form, "room": room}, status=status)
