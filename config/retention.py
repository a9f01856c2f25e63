"""How long a school keeps what: read by coordinators, set by admins; and what each night ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import RetentionReport, School
from accounts.permissions import SEE_THRESHOLDS, SET_THRESHOLDS, may, role_required
from accounts.personal_data.rules import days_kept
from accounts.signed_in import SignedInRequest
from config.personal_data import KEPT, STOPPED, periods

PAGE_ROWS = 50


class RetentionForm(forms.Form):
    """One number of days for each kind of data, within its limits."""

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kept in KEPT:
            limits = {"counted": kept.counted, "least": kept.minimum, "most": kept.maximum, "usual": kept.default}
            self.fields[kept.key] = forms.IntegerField(
                label=str(kept.label),
                initial=days_kept(school, kept),
                min_value=kept.minimum,
                max_value=kept.maximum,
                help_text=_("Days, %(counted)s. From %(least)s to %(most)s; %(usual)s is usual.") % limits,
            )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SEE_THRESHOLDS)
def retention_settings(request: SignedInRequest) -> HttpResponse:
    """How many days each kind of data is kept; only an admin changes that."""
    # A copy of its own: a form that fails must not change the school that the frame of the page shows.
    school = School.objects.get(pk=request.user.school_id)
    if not may(request.user, SET_THRESHOLDS):
        if request.method == "POST":
            raise PermissionDenied
        return render(request, "config/retention_settings.html", {"periods": periods(school)})
    form = RetentionForm(request.POST if request.method == "POST" else None, school=school)
    if request.method == "POST" and form.is_valid():
        school.retention_days = form.cleaned_data
        school.save(update_fields=["retention_days"])
        messages.success(request, _("Saved. The next night clears by these days."))
        return redirect("retention_settings")
    return render(
        request, "config/retention_settings.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


@require_safe
@role_required(SEE_THRESHOLDS)
def retention_report_list(request: SignedInRequest) -> HttpResponse:
    """What each night ended in this school: numbers, no names."""
    reports = RetentionReport.objects.filter(school=request.user.school_id)
    page = Paginator(reports, PAGE_ROWS).get_page(request.GET.get("page"))
    nights = [(report, _in_words(report)) for report in page]
    return render(request, "config/retention_report_list.html", {"page": page, "nights": nights})


def _in_words(report: RetentionReport) -> list[str]:
    """One line a kind: how many rows ended; and that something stopped early."""
    lines = []
    for kept in KEPT:
        if count := report.counts.get(kept.key, 0):
            said = ngettext("%(kind)s: %(count)s row", "%(kind)s: %(count)s rows", count)
            lines.append(said % {"kind": kept.label, "count": count})
    if report.counts.get(STOPPED):
        lines.append(_("A part stopped early. The next night tries again; the log of the program says why."))
    return lines
