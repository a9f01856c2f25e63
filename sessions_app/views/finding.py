"""Finding a time with a fitting mentor, and booking it."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import clock
from accounts.models import User
from accounts.permissions import BOOK_MENTOR, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.models import LearnerGroup, Program, Tool
from sessions_app.forms import BookingForm, FindForm
from sessions_app.forms.booking import mentors_for
from sessions_app.models import UnmetWish
from sessions_app.models.rules import OF_PROGRAM
from sessions_app.reports.finder import propose_soon
from sessions_app.reports.limits import sentence_of, sentence_of_choice, what_limits
from sessions_app.reports.proposals import proposals_for
from sessions_app.services import TimeTaken, book_mentor
from sessions_app.views.offers import offers_to_book, time_taken

LEARNER_GROUPS = [(group.value, group.label) for group in (LearnerGroup.ALL, LearnerGroup.EB, LearnerGroup.DYSLEXIC)]


def own_program(teacher: User, today: dt.date) -> Program | None:
    """The program in which a teacher books: of those that she is in, the one that began first."""
    return (
        Program.objects.joined_by(teacher)
        .not_over_on(today)
        .select_related(OF_PROGRAM)
        .order_by("starts_on", "pk")
        .first()
    )


@require_safe
@role_required(BOOK_MENTOR)
def booking_find(request: SignedInRequest) -> HttpResponse:
    """First the tool, then three times at which the teacher and a fitting mentor are both free."""
    return show_finding(request, request.GET)


@require_POST
@role_required(BOOK_MENTOR)
def booking_create(request: SignedInRequest) -> HttpResponse:
    """Book one proposal. Too late: other times (409). Not allowed: the reason, and the finder again (422)."""
    now, today = clock.now(), clock.today(request.user.school)
    form = BookingForm(request.POST, user=request.user, today=today)
    if not form.is_valid():
        return show_finding(request, request.POST, error=_("This time can't be booked. Choose one of these."))
    wanted = form.cleaned_data
    learners = wanted.pop("learners")
    try:
        booking = book_mentor(by=request.user, teacher=request.user, learner_group=learners, now=now, **wanted)
    except TimeTaken:
        program, tool = wanted["program"], wanted["tool"]
        proposals = propose_soon(request.user, tool=tool, program=program, now=now, today=today, learner_group=learners)
        offers = offers_to_book(proposals, program=program, tool=tool, learners=learners, goal=wanted["goal"])
        action = reverse("booking_create")
        return time_taken(request, offers, action=action, tool=tool, booking=None)
    except Refused as refused:
        return show_finding(request, request.POST, error=str(refused))
    messages.success(
        request, _("Booked. %(mentor)s knows, and you will both be reminded.") % {"mentor": booking.mentor.short_name}
    )
    return redirect("booking_detail", pk=booking.pk)


@require_POST
@role_required(BOOK_MENTOR)
def unmet_wish(request: SignedInRequest) -> HttpResponse:
    """Count for the coordinator that nothing fits, once a day; where something fits by now, nothing is counted."""
    now, today = clock.now(), clock.today(request.user.school)
    program = own_program(request.user, today)
    form = FindForm({name: request.POST.get(name, "") for name in ("tool", "learners")}, user=request.user)
    tool = form.cleaned_data["tool"] if form.is_valid() else None
    if program is None or tool is None:
        return redirect("booking_find")
    learners = form.cleaned_data["learners"]
    finder = f"{reverse('booking_find')}?tool={tool.pk}&learners={learners}"
    if proposals_for(request.user, tool=tool, program=program, now=now, today=today, learner_group=learners):
        return HttpResponseClientRedirect(finder) if request.htmx else redirect(finder)
    cause = what_limits(request.user, tool=tool, program=program, now=now, today=today)
    UnmetWish.note(request.user, tool, program=program, limit=cause, today=today)
    if request.htmx:
        return render(request, "sessions_app/_unmet_wish.html")
    messages.success(request, _("The coordinator sees that nothing fitted: the tool, and no name."))
    return redirect(finder)


def show_finding(request: SignedInRequest, asked: Any, *, error: str = "") -> HttpResponse:
    """The finder's page for what is asked for; with an `error` it answers 422 and keeps the lesson goal."""
    now, today = clock.now(), clock.today(request.user.school)
    status = 422 if error else 200
    program = own_program(request.user, today)
    if program is None:
        return render(request, "sessions_app/booking_no_program.html", {"error": error}, status=status)
    # After an error the choice is open again: only the tool and the learners stay.
    kept = ["tool", "learners"] if error else FindForm.base_fields
    form = FindForm({name: asked.get(name, "") for name in kept}, user=request.user)
    if not form.is_valid() and set(form.errors) != {"day"} and not error:
        raise Http404
    chosen = form.cleaned_data
    learners = chosen.get("learners") or LearnerGroup.ALL
    context = {"error": error, "learners": learners, "learner_groups": LEARNER_GROUPS}
    tool = chosen.get("tool")
    if tool is None:
        tools = tools_for(request.user, chosen.get("support", ""))
        if len(tools) != 1 or not chosen.get("support"):
            needs = [(support, list(group)) for support, group in itertools.groupby(tools, Tool.get_support_display)]
            return render(request, "sessions_app/booking_tool.html", {**context, "needs": needs}, status=status)
        tool = tools[0]
    mentor, name, day = chosen.get("mentor"), chosen.get("name", ""), chosen.get("day")
    context |= {"tool": tool, "form": form, "mentor": mentor}
    if not error and (form.errors or asked.get("more")):
        context["mentors"] = mentors_for(tool, program)
        return render(request, "sessions_app/booking_narrow.html", context)
    proposals = proposals_for(
        request.user,
        tool=tool,
        program=program,
        now=now,
        today=today,
        learner_group=learners,
        mentor_id=mentor,
        name=name,
        day=day,
    )
    limit = choice = ""
    is_narrowed = bool(mentor or name or day)
    if not proposals:
        wish: dict[str, Any] = {"tool": tool, "program": program, "now": now, "today": today}
        choice = sentence_of_choice(request.user, **wish, learner_group=learners, mentor_id=mentor, name=name, day=day)
        limit = "" if choice else sentence_of(what_limits(request.user, **wish), tool)
    context |= {
        "offers": offers_to_book(proposals, program=program, tool=tool, learners=learners),
        "action": reverse("booking_create"),
        "goal": str(asked.get("goal", "")) if error else "",
        "is_narrowed": is_narrowed,
        "choice": choice,
        "limit": limit,
    }
    return render(request, "sessions_app/booking_find.html", context, status=status)


def tools_for(teacher: User, support: str) -> list[Tool]:
    """The school's tools in the order of the needs that they serve; only those of one need where it is known."""
    tools = Tool.objects.visible_to(teacher)
    order = Tool.Support.values
    return sorted(tools.filter(support=support) if support else tools, key=lambda tool: order.index(tool.support))
