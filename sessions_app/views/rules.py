"""The page of the school's booking rules."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import School
from accounts.permissions import SET_SCHOOL_TIME, role_required
from accounts.signed_in import SignedInRequest
from sessions_app.forms.rules import BookingRulesForm
from sessions_app.models import BookingRules


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_booking_rules(request: SignedInRequest) -> HttpResponse:
    """How early, how often, and what students may miss; what is booked already stays as it is."""
    school = School.objects.select_related("booking_rules").get(pk=request.user.school_id)
    with transaction.atomic():
        if request.method == "POST":
            BookingRules.objects.get_or_create(school=school)
        form = BookingRulesForm(request.POST or None, instance=BookingRules.of(school))
        if request.method == "POST" and form.is_valid():
            form.save()
            messages.success(request, _("Saved. What is booked already stays."))
            return redirect("school_settings")
        transaction.set_rollback(request.method == "POST")
    status = 422 if request.method == "POST" else 200
    return render(request, "sessions_app/school_booking_rules.html", {"form": form}, status=status)
