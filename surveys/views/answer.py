"""Answering a survey: what it is and who sees it, the questions, done. After sending nobody reads the answers again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.models import ConsentText
from accounts.permissions import ANSWER_SURVEY, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from surveys.forms import AnswerForm
from surveys.models import Wave
from surveys.services import agree_to_answer, decline_wave, send_response, texts_to_agree


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ANSWER_SURVEY)
def survey_begin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what is asked and who can see the answers, and ask for the consents that are missing. POST agrees."""
    wave = _wave(request, pk)
    if elsewhere := _elsewhere(request, wave):
        return elsewhere
    texts, refusal = _texts(request)
    if request.method == "POST" and not refusal:
        agree_to_answer(request.user, today=clock.today(request.user.school))
        return redirect("survey_answer", wave.pk)
    context = {"wave": wave, "version": wave.instrument_version, "texts": texts, "refusal": refusal}
    return render(request, "surveys/survey_begin.html", context, status=409 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ANSWER_SURVEY)
def survey_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """All questions on one page. What was typed stays when something is missing."""
    wave = _wave(request, pk)
    if elsewhere := _elsewhere(request, wave):
        return elsewhere
    if any(_texts(request)):
        return redirect("survey_begin", wave.pk)
    form = AnswerForm(request.POST if request.method == "POST" else None, version=wave.instrument_version)
    if form.is_valid():
        try:
            send_response(wave, request.user, form.answers, now=clock.now())
        except Refused as refusal:
            if elsewhere := _elsewhere(request, wave):
                return elsewhere
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. Your answers were sent."))
            return redirect("survey_done", wave.pk)
    context = {"wave": wave, "version": wave.instrument_version, "form": form}
    return render(request, "surveys/survey_answer.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(ANSWER_SURVEY)
def survey_decline(request: SignedInRequest, pk: int) -> HttpResponse:
    """No, thank you: done with this survey, without answers and without reminders."""
    wave = _wave(request, pk)
    if elsewhere := _elsewhere(request, wave):
        return elsewhere
    try:
        decline_wave(wave, request.user, now=clock.now())
    except Refused as refusal:
        messages.info(request, str(refusal))
    return redirect("survey_done", wave.pk)


@require_safe
@role_required(ANSWER_SURVEY)
def survey_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """The last page, the same for everybody who is done."""
    wave = _wave(request, pk)
    if not _is_done(request, wave):
        return _elsewhere(request, wave) or redirect("survey_begin", wave.pk)
    return render(request, "surveys/survey_done.html", {"wave": wave, "version": wave.instrument_version})


def _wave(request: SignedInRequest, pk: int) -> Wave:
    waves = Wave.objects.asked_of(request.user).select_related("instrument_version", "study")
    return get_object_or_404(waves, pk=pk)


def _is_done(request: SignedInRequest, wave: Wave) -> bool:
    return wave.receipts.filter(person=request.user).exists()


def _texts(request: SignedInRequest) -> tuple[list[ConsentText], str]:
    """What the person has not said yes to yet, or why she can't be asked."""
    try:
        return texts_to_agree(request.user), ""
    except Refused as refusal:
        return [], str(refusal)


def _elsewhere(request: SignedInRequest, wave: Wave) -> HttpResponse | None:
    """The page for an old link, a second tab or a wave that is shut; None where the survey can be answered.

    An attempt to send (POST) to a wave that is shut is answered 409.
    """
    now = clock.now()
    if _is_done(request, wave):
        return redirect("survey_done", wave.pk)
    if wave.is_open(now):
        return None
    context = {"wave": wave, "version": wave.instrument_version, "is_early": wave.opens_at > now}
    return render(request, "surveys/survey_shut.html", context, status=409 if request.method == "POST" else 200)
