"""Consents: a guardian's, recorded by a coordinator, and one's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.forms.people import ConsentForm
from accounts.models import Consent, User
from accounts.permissions import ASK_FOR_HELP, RECORD_CONSENT, Role, role_required
from accounts.services import Refused, record_consent, withdraw_consent
from accounts.signed_in import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RECORD_CONSENT)
def consent_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that a guardian signed, for one student; where a consent stands, show it."""
    person = get_object_or_404(User.objects.visible_to(request.user).with_role(Role.STUDENT), pk=pk)
    today = clock.today(request.user.school)
    form = ConsentForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            record_consent(person=person, by=request.user, today=today, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            sentence = _("Recorded: %(name)s may take part. Keep the signed paper in the office.")
            messages.success(request, sentence % {"name": person.full_name})
            return redirect("person_list")
    given = (
        Consent.objects.visible_to(request.user)
        .standing()
        .filter(person=person, purpose=Consent.Purpose.TAKE_PART, given_by=Consent.GivenBy.GUARDIAN)
    )
    context = {"form": form, "person": person, "consent": given.select_related("guardian", "recorded_by").first()}
    return render(request, "accounts/consent_record.html", context, status=422 if request.method == "POST" else 200)


@require_safe
@role_required(ASK_FOR_HELP)
def my_consent_list(request: SignedInRequest) -> HttpResponse:
    """What this person agreed to, and what a guardian agreed to for her."""
    consents = Consent.objects.own(request.user).select_related("guardian").order_by("withdrawn_on", "-given_on")
    return render(request, "accounts/my_consent_list.html", {"consents": consents})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ASK_FOR_HELP)
def my_consent_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what disappears, then withdraw one's own yes to the use of survey answers."""
    consent = get_object_or_404(Consent.objects.own(request.user).to_be_withdrawn_here(), pk=pk)
    if request.method != "POST":
        return render(request, "accounts/my_consent_withdraw.html", {"consent": consent})
    withdraw_consent(request.user, consent.purpose, by=request.user, today=clock.today(request.user.school))
    messages.success(request, _("Withdrawn. We stop asking you, and your answers leave as this page says."))
    return redirect("my_consent_list")
