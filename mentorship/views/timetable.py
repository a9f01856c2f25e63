"""Everybody's timetable from a file: read, looked at, and only then taken over."""

from __future__ import annotations

import datetime as dt
from dataclasses import astuple

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import RUN_PROGRAM, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.forms import TimetableForm
from mentorship.reports import TimetableLine, timetable_changes
from mentorship.services import apply_timetable

SALT = "flipside.timetable"
# How long somebody may look at a preview.
PREVIEW_LASTS = dt.timedelta(hours=12)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RUN_PROGRAM)
def timetable_import(request: SignedInRequest) -> HttpResponse:
    """Choose a file, and read what it would change. Nothing is written here."""
    school = request.user.school
    is_sent = request.method == "POST"
    form = TimetableForm(request.POST if is_sent else None, request.FILES if is_sent else None, school=school)
    if not is_sent or not form.is_valid():
        return render(request, "mentorship/timetable_import.html", {"form": form}, status=422 if is_sent else 200)
    lines = form.timetable.lines
    changes = timetable_changes(lines, school)
    plan = {"school": school.pk, "lines": [astuple(line) for line in lines]}
    context = {
        "changes": changes,
        "line_count": len(lines),
        "people_count": len({line.person_id for line in lines}),
        "refused": form.timetable.refused,
        "plan": signing.dumps(plan, salt=SALT, compress=True),
    }
    return render(request, "mentorship/timetable_preview.html", context)


@require_POST
@role_required(RUN_PROGRAM)
def timetable_confirm(request: SignedInRequest) -> HttpResponse:
    """Take over what the preview showed."""
    try:
        plan = signing.loads(request.POST.get("plan", ""), salt=SALT, max_age=PREVIEW_LASTS)
    except signing.BadSignature:
        plan = {}
    form = TimetableForm(school=request.user.school)
    if plan.get("school") != request.user.school_id:
        return render(request, "mentorship/timetable_import.html", {"form": form, "is_stale": True}, status=422)
    try:
        changes = apply_timetable([TimetableLine(*line) for line in plan["lines"]], by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return render(request, "mentorship/timetable_import.html", {"form": form}, status=422)
    slots = ngettext("%(count)s free period is changed.", "%(count)s free periods are changed.", changes.slot_count)
    classes = ngettext("%(count)s class is changed.", "%(count)s classes are changed.", changes.class_count)
    words = f"{slots % {'count': changes.slot_count}} {classes % {'count': changes.class_count}}"
    messages.success(request, words + " " + _("What is booked already stays booked."))
    return redirect("class_list")
