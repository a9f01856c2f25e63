"""The people of a school."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms.people import PersonFilterForm
from accounts.models import User
from accounts.permissions import RECORD_CONSENT, SEE_PEOPLE, Role, role_required
from accounts.signed_in import SignedInRequest

PAGE_ROWS = 50


@require_safe
@role_required(SEE_PEOPLE)
def person_list(request: SignedInRequest) -> HttpResponse:
    """Everybody of the school with role, grade and consent; found by name, role or missing consent."""
    form = PersonFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    people = User.objects.visible_to(request.user).named_like(chosen.get("q", "")).with_consent_state()
    if chosen.get("show") == PersonFilterForm.MISSING:
        people = people.active().with_role(Role.STUDENT).filter(has_consent=False)
    elif chosen.get("show"):
        people = people.with_role(chosen["show"])
    page = Paginator(people, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "is_filtered": bool(chosen.get("q") or chosen.get("show")),
        "can_record": request.user.may(RECORD_CONSENT),
    }
    return render(request, "accounts/person_list.html", context)
