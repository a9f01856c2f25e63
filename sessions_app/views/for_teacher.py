"""A coordinator books a mentor for a teacher."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.permissions import RUN_PROGRAM, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.forms.for_teacher import BookForTeacherForm, ForTeacherForm
from sessions_app.models import BookingRules
from sessions_app.reports.finder import propose
from sessions_app.reports.limits import sentence_for_coordinator, what_limits
from sessions_app.reports.proposals import SHOWN
from sessions_app.services import TimeTaken, book_mentor
from sessions_app.views.finding import own_program
from sessions_app.views.offers import Offer, offers_to_book


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RUN_PROGRAM)
def booking_for(request: SignedInRequest) -> HttpResponse:
    """First the teacher and the tool, then times. Taken meanwhile: 409 with other times; a rule: 422.

    The school's notice and limits do not bind her; past a mentor's protection she goes with a reason.
    """
    now, today, status = clock.now(), clock.today(request.user.school), 200
    asked = request.POST if request.method == "POST" else request.GET
    chosen = ForTeacherForm(
        asked if "teacher" in asked or request.method == "POST" else None, user=request.user, today=today
    )
    if not chosen.is_valid():
        status = 422 if chosen.is_bound else 200
        return render(request, "sessions_app/booking_for.html", {"chosen": chosen}, status=status)
    teacher, tool, learners = (chosen.cleaned_data[name] for name in ("teacher", "tool", "learners"))
    program = own_program(teacher, today)
    assert program is not None  # the form offers only teachers who are in one
    initial = {"teacher": teacher, "tool": tool, "learners": learners}
    data = request.POST if request.method == "POST" else None
    form = BookForTeacherForm(data, user=request.user, today=today, initial=initial)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            wish: dict[str, Any] = form.cleaned_data
            learner_group = wish.pop("learners")
            try:
                booking = book_mentor(by=request.user, program=program, learner_group=learner_group, now=now, **wish)
            except Refused as refused:
                form.add_error(None, str(refused))
                status = 409 if isinstance(refused, TimeTaken) else 422
            else:
                names = {"teacher": booking.teacher.short_name, "mentor": booking.mentor.short_name}
                messages.success(request, _("Booked. %(teacher)s and %(mentor)s know, and will be reminded.") % names)
                return redirect("booking_detail", pk=booking.pk)
    search: dict[str, Any] = {
        "tool": tool,
        "program": program,
        "now": now,
        "today": today,
        "rules": BookingRules.of(program.school).for_coordinators(),
    }
    proposals = propose(teacher, **search, learner_group=learners, limit=SHOWN, to_teacher=False)
    offers = offers_to_book(proposals, program=program, tool=tool, learners=learners)
    context = {
        "chosen": chosen,
        "teacher": teacher,
        "tool": tool,
        "form": form,
        "limit": "" if proposals else sentence_for_coordinator(what_limits(teacher, **search), tool, teacher),
        "offers": [Offer(offer.proposal, [("teacher", teacher.pk), *offer.hidden]) for offer in offers],
        "action": reverse("booking_for"),
    }
    return render(request, "sessions_app/booking_for.html", context, status=status)
