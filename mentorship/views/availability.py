"""When people are free: each week, and on single days."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.models import User
from accounts.permissions import EDIT_MENTOR, SET_AVAILABILITY, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.forms import AvailabilityForm, ExceptionForm
from mentorship.models import AvailabilityException, Mentor
from mentorship.models.availability import people_whose_time_is_set_by
from mentorship.reports import free_grid
from mentorship.services import remove_exception, set_availability, set_exceptions


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_AVAILABILITY)
def availability_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Fill the grid of kinds of day and periods in which a person is free."""
    person = _person(request, pk)
    grid = free_grid(person)
    form = AvailabilityForm(request.POST if request.method == "POST" else None, grid=grid)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            set_availability(person, said["slot"], leaving=said["leave"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The free periods are saved."))
            return redirect("availability_edit", person.pk)
    return _page(request, person, form=form, exception_form=ExceptionForm(grid=grid, auto_id="day_%s"))


@require_POST
@role_required(SET_AVAILABILITY)
def availability_day_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """On one date the person is free after all, or is not."""
    person = _person(request, pk)
    grid = free_grid(person)
    form = ExceptionForm(request.POST, grid=grid, auto_id="day_%s")
    if form.is_valid():
        try:
            set_exceptions(person, **form.cleaned_data, by=request.user, today=clock.today(request.user.school))
        except Refused as refusal:
            form.add_error("day", str(refusal))
        else:
            messages.success(request, _("The day is saved. What is booked already stays booked."))
            return redirect("availability_edit", person.pk)
    return _page(request, person, form=AvailabilityForm(grid=grid), exception_form=form)


@require_POST
@role_required(SET_AVAILABILITY)
def availability_day_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """The usual week holds on that date again."""
    exceptions = AvailabilityException.objects.visible_to(request.user)
    exception = get_object_or_404(exceptions.select_related("person"), pk=pk)
    remove_exception(exception, by=request.user)
    messages.success(request, _("The usual week holds on that day again."))
    return redirect("availability_edit", exception.person_id)


def _person(request: SignedInRequest, pk: int) -> User:
    people = people_whose_time_is_set_by(request.user)
    return get_object_or_404(people.annotate(is_on_team=Exists(Mentor.objects.filter(user=OuterRef("pk")))), pk=pk)


def _page(
    request: SignedInRequest, person: User, *, form: AvailabilityForm, exception_form: ExceptionForm
) -> HttpResponse:
    grid = form.grid
    free = [cell.slot for cell in grid.cells if cell.is_free]
    left = [cell.slot for cell in grid.cells if cell.is_left]
    exceptions = person.availability_exceptions.filter(date__gte=clock.today(request.user.school))
    context = {
        "person": person,
        "grid": grid,
        "form": form,
        "chosen": request.POST.getlist("slot") if form.is_bound else free,
        "left": request.POST.getlist("leave") if form.is_bound else left,
        "exception_form": exception_form,
        "exceptions": exceptions.select_related("period").order_by("date", "period__position"),
        "is_own": person == request.user,
        "may_edit_mentor": request.user.may(EDIT_MENTOR),
    }
    status = 422 if form.is_bound or exception_form.is_bound else 200
    return render(request, "mentorship/availability_edit.html", context, status=status)
