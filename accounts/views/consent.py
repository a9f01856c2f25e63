"""Recording what guardians signed, one student at a time, and putting it right."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.forms.consent import CorrectionForm, PaperForm
from accounts.models import Consent, User
from accounts.permissions import RECORD_CONSENT, Role, role_required
from accounts.reports.consent import record_lines
from accounts.services import Paper, Refused, record_consent, withdraw_consent
from accounts.services.consent import correct_consent, guardian_named
from accounts.signed_in import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RECORD_CONSENT)
def consent_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a guardian and the student said to each purpose; and a form for the paper that was signed."""
    person = get_object_or_404(User.objects.visible_to(request.user).with_role(Role.STUDENT), pk=pk)
    today = clock.today(request.user.school)
    lines = record_lines(person)
    purposes = [line.purpose for line in lines if not line.is_complete]
    form = PaperForm(request.POST or None, today=today, person=person, purposes=purposes)
    if request.method == "POST" and form.is_valid():
        try:
            record_consent(Paper(person=person, **form.words), by=request.user, today=today)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            sentence = _("Recorded for %(name)s. Keep the signed paper in the office.")
            messages.success(request, sentence % {"name": person.full_name})
            return redirect("consent_record", pk=pk)
    context = {
        "form": form,
        "person": person,
        "lines": lines,
        "has_more": bool(purposes),
        "has_address": person.guardians.exclude(email=None).exists(),
    }
    return render(request, "accounts/consent_record.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RECORD_CONSENT)
def consent_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another day, or another guardian, for what was recorded from a paper."""
    consents = Consent.objects.visible_to(request.user).from_paper().select_related("person", "guardian")
    consent = get_object_or_404(consents, pk=pk)
    today = clock.today(request.user.school)
    form = CorrectionForm(request.POST or None, today=today, person=consent.person, consent=consent)
    if request.method == "POST" and form.is_valid():
        try:
            guardian = guardian_named(consent.person, **form.signer)
            day = form.cleaned_data["given_on"]
            correct_consent(consent, guardian=guardian, given_on=day, by=request.user, today=today)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Corrected."))
            return redirect("consent_record", pk=consent.person_id)
    context = {"form": form, "consent": consent, "person": consent.person}
    return render(request, "accounts/consent_correct.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RECORD_CONSENT)
def consent_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a yes about surveys on the word of the one who gave it: first what disappears, then the act."""
    consents = Consent.objects.visible_to(request.user).standing().about_surveys().exclude(person=request.user)
    consent = get_object_or_404(consents.select_related("person", "guardian", "text"), pk=pk)
    if request.method == "POST":
        today = clock.today(request.user.school)
        withdraw_consent(consent.person, consent.purpose, by=request.user, today=today, given_by=consent.given_by)
        messages.success(request, _("Withdrawn. What the page named disappears."))
        return redirect("consent_record" if consent.person.is_student else "consent_board", *_of(consent))
    context = {"consent": consent, "action": "consent_take_back"}
    return render(request, "accounts/consent_take_back.html", context)


def _of(consent: Consent) -> list[int]:
    return [consent.person_id] if consent.person.is_student else []
