"""Importing a roster: upload, preview with picks, confirm."""

from __future__ import annotations

import csv
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import clock
from accounts.forms.roster import NOT_OF_THIS_FILE, PickForm, RosterFilterForm, RosterForm
from accounts.models import RosterRow, RosterUpload
from accounts.permissions import IMPORT_ROSTER, role_required
from accounts.reports.roster import preview_counts
from accounts.services import Refused
from accounts.services.roster import (
    RosterChanged,
    confirm_roster,
    discard_roster,
    look_again,
    pick_students,
    stage_roster,
)
from accounts.signed_in import SignedInRequest

PAGE_ROWS = 100
TEMPLATE_COLUMNS = ["role", "givenName", "familyName", "email", "username", "grade", "title", "language", "sourcedId"]


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(IMPORT_ROSTER)
def roster_upload(request: SignedInRequest) -> HttpResponse:
    """Take a file, and go to its preview; show the files that wait for a confirmation."""
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = stage_roster(form.roster, by=request.user, now=clock.now())
        address = reverse("roster_preview", args=[upload.pk])
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    waiting = RosterUpload.objects.visible_to(request.user).filter(confirmed_at=None).select_related("by")[:10]
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/roster_upload.html", {"form": form, "waiting": waiting}, status=status)


@require_safe
@role_required(IMPORT_ROSTER)
def roster_template(request: SignedInRequest) -> HttpResponse:
    """An empty roster with the names of the columns. The mark at its start tells spreadsheets that it is UTF-8."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="roster.csv"'
    csv.writer(response).writerow(TEMPLATE_COLUMNS)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(IMPORT_ROSTER)
def roster_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the fate of each row; keep the ticks; confirm."""
    upload = get_object_or_404(RosterUpload.objects.visible_to(request.user), pk=pk)
    if upload.confirmed_at:
        messages.info(request, _("This roster was imported already."))
        return redirect("person_list")
    if request.method == "POST":
        return _keep_ticks(request, upload)
    counts = preview_counts(upload)
    show, query = _filter_of(request.GET, has_students=bool(counts["to_pick"]))
    page = Paginator(_rows(upload, show, query), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"upload": upload, "counts": counts, "page": page, "show": show, "query": query}
    return render(request, "accounts/roster_preview.html", context)


@require_POST
@role_required(IMPORT_ROSTER)
def roster_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget an upload."""
    upload = get_object_or_404(RosterUpload.objects.visible_to(request.user), pk=pk)
    try:
        discard_roster(upload, by=request.user)
        messages.success(request, _("The file is forgotten. Nothing was changed."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("roster_upload")


def _keep_ticks(request: SignedInRequest, upload: RosterUpload) -> HttpResponse:
    """Every button of the preview keeps the page's ticks first; one of them confirms, the others lead on."""
    form = PickForm(request.POST, upload=upload)
    if not form.is_valid():
        messages.error(request, NOT_OF_THIS_FILE)
        return redirect("roster_preview", pk=upload.pk)
    chosen = form.cleaned_data
    try:
        pick_students(upload, shown=chosen["shown"], picked=chosen["picked"], by=request.user)
        if "confirm" not in request.POST:
            return redirect(f"{reverse('roster_preview', args=[upload.pk])}?{_way_on(request.POST)}")
        counts = confirm_roster(upload, all_students=chosen["all_students"], by=request.user, now=clock.now())
    except RosterChanged as changed:
        look_again(upload, by=request.user)
        messages.warning(request, str(changed))
        return redirect("roster_preview", pk=upload.pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("roster_upload")
    messages.success(request, said(counts))
    return redirect("person_list")


def said(counts: dict[str, int]) -> str:
    """What an import did, in one sentence each."""
    added = ngettext("%(count)s person was added.", "%(count)s people were added.", counts["new"])
    changed = ngettext("%(count)s person was changed.", "%(count)s people were changed.", counts["changed"])
    return f"{added % {'count': counts['new']}} {changed % {'count': counts['changed']}}"


def _way_on(posted: QueryDict) -> str:
    """Where the pressed button leads: its own query, or a search for students."""
    if "find" in posted:
        return urlencode({"show": "students", "q": posted.get("q", "")})
    asked = QueryDict(posted.get("go", ""))
    return urlencode({name: asked[name] for name in ("show", "q", "page") if name in asked})


def _filter_of(asked: QueryDict, *, has_students: bool) -> tuple[str, str]:
    form = RosterFilterForm(asked)
    found = form.cleaned_data if form.is_valid() else {}
    return found.get("show") or ("students" if has_students else "new"), found.get("q", "")


def _rows(upload: RosterUpload, show: str, query: str) -> QuerySet[RosterRow]:
    if show == "students":
        return upload.rows.students_to_pick().named_like(query)
    return upload.rows.filter(fate=show).named_like(query)
