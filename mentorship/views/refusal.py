"""Rather not with whom: one's own list, and the coordinator's of the school."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.permissions import REFUSE_PERSON, RUN_PROGRAM, may, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.forms import refusal_form
from mentorship.models import Refusal
from mentorship.services import refuse_person, take_back_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(REFUSE_PERSON)
def refusal_list(request: SignedInRequest) -> HttpResponse:
    """Whom one would rather not meet; one more can be named."""
    form = refusal_form(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data.get("person", request.user)
        try:
            refuse_person(person, form.cleaned_data["about"], by=request.user, now=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Noted. No new booking brings these two together."))
            return redirect("refusal_list")
    context = {
        "form": form,
        "refusals": Refusal.objects.visible_to(request.user).with_names(),
        "is_for_all": may(request.user, RUN_PROGRAM),
    }
    return render(request, "mentorship/refusal_list.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(REFUSE_PERSON)
def refusal_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """They may be booked together again."""
    refusal = get_object_or_404(Refusal.objects.visible_to(request.user).with_names(), pk=pk)
    take_back_refusal(refusal, by=request.user)
    messages.success(request, _("Taken back. These two can be booked together again."))
    return redirect("refusal_list")
