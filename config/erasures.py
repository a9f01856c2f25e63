"""Coordinators read who asks to be erased, look at what that would do, and do it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.models import ErasureRequest, User
from accounts.permissions import ERASE_PERSON, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from config import personal_data

PAGE_ROWS = 50


class ErasureForm(forms.Form):
    """One tick: whoever erases has read what that does."""

    is_read = forms.BooleanField(
        label=gettext_lazy("I have read this page. What is erased can't be brought back."),
        error_messages={"required": gettext_lazy("Read what happens, then tick this.")},
    )


@require_safe
@role_required(ERASE_PERSON)
def erasure_list(request: SignedInRequest) -> HttpResponse:
    """Who asks to be erased, those that wait first, and what was done."""
    requests = ErasureRequest.objects.visible_to(request.user).select_related("person", "carried_out_by")
    requests = requests.order_by(F("ended_at").desc(nulls_first=True), "-asked_at")
    page = Paginator(requests, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "config/erasure_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ERASE_PERSON)
def person_erase(request: SignedInRequest, pk: int) -> HttpResponse:
    """What erasing this person would do; after a tick, do it."""
    person = get_object_or_404(User.objects.visible_to(request.user).select_related("school"), pk=pk)
    form = ErasureForm(request.POST if request.method == "POST" else None)
    status = 422 if request.method == "POST" else 200
    try:
        if request.method == "POST" and form.is_valid():
            personal_data.erase(person, by=request.user, now=clock.now())
            messages.success(request, _("Erased. Only days, hours and numbers are left of this person."))
            return redirect("erasure_list")
        preview = personal_data.preview_erasure(person, by=request.user)
    except Refused as refusal:
        context = {"person": person, "refusal": str(refusal)}
        return render(request, "config/person_erase.html", context, status=status)
    context = {"person": person, "form": form, "preview": preview}
    return render(request, "config/person_erase.html", context, status=status)
