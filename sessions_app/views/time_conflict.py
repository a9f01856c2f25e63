"""What fits the school's times no longer: a list that stands until each is moved, kept or cancelled."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.permissions import RUN_PROGRAM, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.reports.school_time import Misfit, misfits
from sessions_app.services.school_time import cancel_misfit, keep_as_it_is, move_to_bells

PER_PAGE = 50
ACTS = {"move": move_to_bells, "keep": keep_as_it_is, "cancel": cancel_misfit}


@require_safe
@role_required(RUN_PROGRAM)
def school_conflict_list(request: SignedInRequest) -> HttpResponse:
    """All bookings and playgrounds to come that stand where the bells do not put them."""
    found = misfits(request.user.school, now=clock.now())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "sessions_app/school_conflict_list.html", {"page": page})


@require_POST
@role_required(RUN_PROGRAM)
def school_conflict_resolve(request: SignedInRequest) -> HttpResponse:
    """Move, keep or cancel those that are marked, one by one: what is refused stays on the list and says why."""
    act = ACTS.get(request.POST.get("act", ""))
    marked = set(request.POST.getlist("meeting"))
    chosen = [one for one in misfits(request.user.school, now=clock.now()) if one.about in marked]
    if act is None or not chosen:
        messages.error(request, _("Mark what this is about first."))
        return redirect("school_conflict_list")
    done = 0
    for misfit in chosen:
        try:
            act(misfit, by=request.user, now=clock.now())
        except Refused as refusal:
            messages.error(request, f"{name_of(misfit)}: {refusal}")
        else:
            done += 1
    if done:
        words = ngettext("%(count)s conflict is resolved.", "%(count)s conflicts are resolved.", done)
        messages.success(request, words % {"count": done})
    return redirect("school_conflict_list")


def name_of(misfit: Misfit) -> str:
    """Whom or what it is about, in short."""
    meeting = misfit.meeting
    if misfit.is_booking:
        return _("%(mentor)s with %(teacher)s") % {
            "mentor": meeting.mentor.short_name,  # type: ignore[union-attr]
            "teacher": meeting.teacher.short_name,  # type: ignore[union-attr]
        }
    return str(meeting)
