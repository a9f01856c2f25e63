"""The kinds of day of the school: A, B, testing, early release."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.bells import DayTypeForm
from accounts.models import DayType
from accounts.permissions import SET_SCHOOL_TIME, role_required
from accounts.services import Refused
from accounts.services.bells import delete_day_type, save_day_type
from accounts.signed_in import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_kind_create(request: SignedInRequest) -> HttpResponse:
    """One more kind of day; it begins with the times of the first."""
    return _kind_form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_kind_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The name of a kind of day, and whether it is one of tests."""
    return _kind_form(request, get_object_or_404(request.user.school.day_types, pk=pk))


@require_POST
@role_required(SET_SCHOOL_TIME)
def school_kind_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a kind of day away that nothing is of."""
    kind = get_object_or_404(request.user.school.day_types, pk=pk)
    try:
        delete_day_type(kind, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The kind of day is taken away."))
    return redirect("school_bell_list")


def _kind_form(request: SignedInRequest, kind: DayType | None) -> HttpResponse:
    form = DayTypeForm(request.POST if request.method == "POST" else None, instance=kind)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            save_day_type(
                DayType.objects.get(pk=kind.pk) if kind else None,
                name=said["name"],
                is_testing=said["is_testing"],
                by=request.user,
            )
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The kind of day is saved."))
            return redirect("school_bell_list")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/school_kind_form.html", {"form": form, "kind": kind}, status=status)
