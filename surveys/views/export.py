"""What leaves the house: a page that says what is in it, the file, and its codebook. Admins only."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import EXPORT_STUDY, RUN_STUDY, role_required
from accounts.signed_in import SignedInRequest
from accounts.trail import writing
from surveys.models import Study
from surveys.reports import export
from surveys.services.export import note_export


@require_safe
@role_required(EXPORT_STUDY)
def study_export(request: SignedInRequest, pk: int) -> HttpResponse:
    """Before the download: what is in the file and what is held back."""
    return _export_page(request, _study(request, pk))


@require_safe
@role_required(EXPORT_STUDY)
def study_export_csv(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The answers as CSV; where nothing may leave, the page with the reason and no row (409)."""
    study = _study(request, pk)
    if export.contents(study).refusal:
        return _export_page(request, study, status=409)
    if request.method == "GET":
        with writing("study_export_csv", user=request.user):
            note_export(study, by=request.user)
    return _as_file(StreamingHttpResponse(export.rows_as_csv(study)), f"flipside-study-{study.pk}.csv")


@require_safe
@role_required(EXPORT_STUDY)
def study_codebook_csv(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """What each column of the answers means."""
    study = _study(request, pk)
    return _as_file(HttpResponse(export.codebook_as_csv(study)), f"flipside-study-{study.pk}-codebook.csv")


def _study(request: SignedInRequest, pk: int) -> Study:
    return get_object_or_404(Study.objects.visible_to(request.user).select_related("school"), pk=pk)


def _export_page(request: SignedInRequest, study: Study, status: int = 200) -> HttpResponse:
    context = {
        "study": study,
        "contents": export.contents(study),
        "knows_names": request.user.may(RUN_STUDY),
    }
    return render(request, "surveys/study_export.html", context, status=status)


def _as_file(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Type"] = "text/csv; charset=utf-8"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
