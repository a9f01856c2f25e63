"""Importing a roster: upload, preview with picks, confirm."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts import clock
from accounts.forms.roster import NOT_OF_THIS_FILE, PickForm, RosterFilterForm, RosterForm
from accounts.models import RosterRow, RosterUpload
from accounts.permissions import IMPORT_ROSTER, role_required
from accounts.reports.roster import Fate, names_of_children, preview_counts
from accounts.services import Refused
from accounts.services.roster import (
    RosterChanged,
    choose_people,
    discard_roster,
    look_again,
    pick_rows,
    request_confirmation,
    stage_roster,
    stop_work,
)
from accounts.signed_in import SignedInRequest

PAGE_ROWS = 100
DECIDED_FIRST = [Fate.REUSED, Fate.LEAVING, Fate.PARENT, Fate.NEW, Fate.CHANGED, Fate.SAME, Fate.REFUSED, Fate.LEFT_OUT]


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(IMPORT_ROSTER)
def roster_upload(request: SignedInRequest) -> HttpResponse:
    """Take a file, and go to its preview; show the files that wait for a confirmation."""
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        is_whole = form.cleaned_data["is_whole"]
        upload = stage_roster(form.roster, is_whole=is_whole, by=request.user, now=clock.now())
        return _go(request, reverse("roster_preview", args=[upload.pk]))
    waiting = RosterUpload.objects.visible_to(request.user).filter(confirmed_at=None).select_related("by")[:10]
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/roster_upload.html", {"form": form, "waiting": waiting}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(IMPORT_ROSTER)
def roster_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the fate of each row; keep the ticks; confirm. While a worker has the file, show how far that is."""
    uploads = RosterUpload.objects.visible_to(request.user).with_classes_counted().select_related("job")
    upload = get_object_or_404(uploads, pk=pk)
    if upload.confirmed_at:
        messages.info(request, _("This roster is imported.") + " " + said(upload.counts))
        return _go(request, reverse("person_list"))
    if upload.is_worked_on or upload.has_no_plan:
        return render(request, "accounts/roster_progress.html", {"upload": upload, "job": upload.job})
    if request.htmx:  # the page of the progress asked, and there is none any more
        return _go(request, reverse("roster_preview", args=[upload.pk]))
    if request.method == "POST":
        return _keep_ticks(request, upload)
    counts = preview_counts(upload)
    show, query = _filter_of(request.GET, counts)
    page = Paginator(_rows(upload, show, query), PAGE_ROWS).get_page(request.GET.get("page"))
    if show == Fate.PARENT:
        names = names_of_children(upload, page.object_list)
        for row in page.object_list:
            row.child_names = [names[child] for child in row.children if child in names]
    context = {
        "upload": upload,
        "counts": counts,
        "page": page,
        "show": show,
        "query": query,
        "is_ticked": show in ("students", Fate.PARENT),
        "warning": upload.job.error or upload.job.result.get("warning", "") if upload.job else "",
    }
    return render(request, "accounts/roster_preview.html", context)


@require_POST
@role_required(IMPORT_ROSTER)
def roster_stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """End what a worker does with this file; nothing of it is written."""
    upload = get_object_or_404(RosterUpload.objects.visible_to(request.user), pk=pk)
    if stop_work(upload, by=request.user, now=clock.now()):
        messages.success(request, _("Stopped. Nothing was changed."))
    return redirect("roster_preview", pk=upload.pk)


@require_POST
@role_required(IMPORT_ROSTER)
def roster_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget an upload."""
    upload = get_object_or_404(RosterUpload.objects.visible_to(request.user), pk=pk)
    try:
        discard_roster(upload, by=request.user, now=clock.now())
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
        pick_rows(upload, shown=chosen["shown"], picked=chosen["picked"], by=request.user)
        choose_people(upload, choices=chosen["choices"], by=request.user)
        if "confirm" not in request.POST:
            return redirect(f"{reverse('roster_preview', args=[upload.pk])}?{_way_on(request.POST)}")
        counts = request_confirmation(
            upload,
            all_students=chosen["all_students"],
            is_leaving=chosen["is_leaving"],
            by=request.user,
            now=clock.now(),
        )
    except RosterChanged as changed:
        look_again(upload, by=request.user)
        messages.warning(request, str(changed))
        return redirect("roster_preview", pk=upload.pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("roster_upload")
    if counts is None:
        return redirect("roster_preview", pk=upload.pk)
    messages.success(request, said(counts))
    return redirect("person_list")


def _go(request: SignedInRequest, address: str) -> HttpResponse:
    """To another page, also where htmx asked for a part of this one."""
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def said(counts: dict[str, int]) -> str:
    """What an import did, in one sentence each."""
    told = {"count": counts["new"]}
    sentences = [ngettext("%(count)s person was added.", "%(count)s people were added.", counts["new"]) % told]
    told = {"count": counts["changed"]}
    sentences.append(
        ngettext("%(count)s person was changed.", "%(count)s people were changed.", counts["changed"]) % told
    )
    if count := counts.get("leaving"):
        sentence = ngettext(
            "%(count)s person is marked as no longer in the roster.",
            "%(count)s people are marked as no longer in the roster.",
            count,
        )
        sentences.append(sentence % {"count": count})
    if count := counts.get("parent"):
        sentence = ngettext("%(count)s guardian was noted.", "%(count)s guardians were noted.", count)
        sentences.append(sentence % {"count": count})
    if count := counts.get("classes"):
        sentence = ngettext("%(count)s class was added or changed.", "%(count)s classes were added or changed.", count)
        sentences.append(sentence % {"count": count})
    return " ".join(sentences)


def _way_on(posted: QueryDict) -> str:
    """Where the pressed button leads: its own query, or a search for students."""
    if "find" in posted:
        return urlencode({"show": "students", "q": posted.get("q", "")})
    asked = QueryDict(posted.get("go", ""))
    return urlencode({name: asked[name] for name in ("show", "q", "page") if name in asked})


def _filter_of(asked: QueryDict, counts: dict[str, int]) -> tuple[str, str]:
    """What is shown: what was asked for, else what wants a decision first."""
    form = RosterFilterForm(asked)
    found = form.cleaned_data if form.is_valid() else {}
    first = "students" if counts["to_pick"] else next((fate for fate in DECIDED_FIRST if counts[fate]), Fate.NEW)
    return found.get("show") or first, found.get("q", "")


def _rows(upload: RosterUpload, show: str, query: str) -> QuerySet[RosterRow]:
    if show == "students":
        return upload.rows.students_to_pick().named_like(query)
    rows = upload.rows.filter(fate=show, needs_pick=show == Fate.PARENT).named_like(query)
    return rows.select_related("match") if show in (Fate.REUSED, Fate.LEAVING) else rows
