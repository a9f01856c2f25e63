"""Who changed what, when, and from where."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms.trail import TrailFilterForm
from accounts.permissions import READ_TRAIL, Role, role_required
from accounts.reports.trail import trail_page
from accounts.signed_in import SignedInRequest


@require_safe
@role_required(READ_TRAIL)
def trail_list(request: SignedInRequest) -> HttpResponse:
    """The newest entries first: all of the school for staff (an admin without contents), own acts for everybody."""
    form = TrailFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    sees_school = request.user.has_role(Role.COORDINATOR, Role.ADMIN)
    page = trail_page(
        request.user,
        kind=chosen.get("kind", ""),
        name=chosen.get("q", "") if sees_school else "",
        before=chosen.get("before"),
    )
    context = {
        "form": form,
        "page": page,
        "sees_school": sees_school,
        "reads_contents": request.user.has_role(Role.COORDINATOR),
        "is_filtered": bool(chosen.get("kind") or chosen.get("q")),
        "is_older": bool(chosen.get("before")),
    }
    return render(request, "accounts/trail_list.html", context)
