"""Studies: the list, a new one, and how far its waves are."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.permissions import ANSWER_SURVEY, EXPORT_STUDY, RUN_STUDY, SEE_STUDY, SEE_SURVEYS, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from surveys.forms import StudyForm
from surveys.models import Study, Wave
from surveys.reports import progress
from surveys.services import create_study


@require_safe
@role_required(SEE_SURVEYS)
def survey_list(request: SignedInRequest) -> HttpResponse:
    """What waits for the person's answer; and the studies, for those who run or export them."""
    now = clock.now()
    user = request.user
    waiting: list[Wave] = []
    if user.may(ANSWER_SURVEY):
        waiting = list(
            Wave.objects.open_at(now)
            .asked_of(user)
            .not_done_by(user)
            .select_related("instrument_version")
            .order_by("closes_at")
        )
    waves = progress.with_progress(Wave.objects.all())
    studies = Study.objects.visible_to(user).prefetch_related(Prefetch("waves", waves))
    context = {
        "now": now,
        "asks_me": user.may(ANSWER_SURVEY),
        "waiting": waiting,
        "sees_studies": user.may(SEE_STUDY),
        "may_create": user.may(RUN_STUDY),
        "studies": list(studies),
    }
    return render(request, "surveys/survey_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RUN_STUDY)
def study_create(request: SignedInRequest) -> HttpResponse:
    """Start a study of one or more programs: a survey before and one after."""
    school = request.user.school
    form = StudyForm(request.POST if request.method == "POST" else None, school=school, today=clock.today(school))
    if request.method == "POST" and form.is_valid():
        try:
            study = create_study(
                school=school,
                title=form.cleaned_data["title"],
                programs=form.cleaned_data["programs"],
                pre=form.before,
                post=form.after,
                by=request.user,
                now=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The study is ready. The invitations go out when each survey opens."))
            return redirect("study_detail", study.pk)
    return render(request, "surveys/study_create.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@role_required(SEE_STUDY)
def study_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A study's waves: dates, and how many are done; names of an open wave for the coordinator alone."""
    now = clock.now()
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    sees_names = request.user.may(RUN_STUDY)
    waves = []
    for wave in progress.with_progress(study.waves.all()):
        runs = wave.closed_at is None and wave.opens_at <= now
        waves.append(
            {
                "wave": wave,
                "runs": runs,
                "by_day": progress.done_by_day(wave) if runs else [],
                "names": progress.names(wave) if sees_names and wave.is_open(now) else None,
            }
        )
    context = {
        "study": study,
        "programs": study.programs.all(),
        "waves": waves,
        "now": now,
        "sees_names": sees_names,
        "may_export": request.user.may(EXPORT_STUDY),
    }
    return render(request, "surveys/study_detail.html", context)
