"""Booking a mentor by the clock, where no period fits."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.permissions import BOOK_MENTOR, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.models import LearnerGroup, Tool
from sessions_app.forms.clock_time import ClockTimeForm
from sessions_app.reports.finder import propose_soon
from sessions_app.reports.rules import clock_span
from sessions_app.services import TimeTaken, book_mentor
from sessions_app.views.finding import own_program
from sessions_app.views.offers import offers_to_book, time_taken


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(BOOK_MENTOR)
def booking_clock(request: SignedInRequest) -> HttpResponse:
    """A day, a start and a length of one's own. Too late: other times (409). Not allowed: the reason (422)."""
    now, today = clock.now(), clock.today(request.user.school)
    asked = request.POST if request.method == "POST" else request.GET
    learners = asked.get("learners") or LearnerGroup.ALL
    if not asked.get("tool", "").isdecimal():  # a tool is chosen first
        return redirect("booking_find")
    program = own_program(request.user, today)
    if program is None:
        return render(request, "sessions_app/booking_no_program.html", {"error": ""})
    if learners not in LearnerGroup.values:
        raise Http404
    tool = get_object_or_404(Tool.objects.visible_to(request.user), pk=asked["tool"])
    data = request.POST if request.method == "POST" else None
    form = ClockTimeForm(
        data, user=request.user, program=program, tool=tool, initial={"tool": tool, "learners": learners}
    )
    if form.is_valid():
        wanted = form.cleaned_data
        span = clock_span(wanted["day"], wanted.pop("starts"), wanted.pop("minutes"), school=request.user.school)
        learners = wanted.pop("learners")
        try:
            booking = book_mentor(
                by=request.user, teacher=request.user, program=program, period=None, span=span, learner_group=learners,
                now=now, **wanted,
            )  # fmt: skip
        except TimeTaken:
            proposals = propose_soon(
                request.user, tool=tool, program=program, now=now, today=today, learner_group=learners
            )
            offers = offers_to_book(proposals, program=program, tool=tool, learners=learners, goal=wanted["goal"])
            return time_taken(request, offers, action=reverse("booking_create"), tool=tool, booking=None)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            words = _("Booked. %(mentor)s knows, and you will both be reminded.")
            messages.success(request, words % {"mentor": booking.mentor.short_name})
            return redirect("booking_detail", pk=booking.pk)
    context = {"form": form, "tool": tool, "learners": learners}
    return render(request, "sessions_app/booking_clock.html", context, status=422 if form.errors else 200)
