"""What a person says for herself: read, yes, no, not now; and taking a yes back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.models import Consent, ConsentText
from accounts.permissions import ASK_FOR_HELP, GIVE_OWN_CONSENT, role_required
from accounts.reports.consent import first_open, own_questions
from accounts.reports.consent_text import reader_of
from accounts.services import Refused, answer_for_oneself, withdraw_consent
from accounts.signed_in import SignedInRequest


@require_safe
@role_required(ASK_FOR_HELP)
def my_consent_list(request: SignedInRequest) -> HttpResponse:
    """What this person is asked now, what she said, and what a guardian said for her."""
    consents = (
        Consent.objects.own(request.user).select_related("guardian", "text").order_by("withdrawn_on", "-given_on")
    )
    questions = own_questions(request.user) if request.user.may(GIVE_OWN_CONSENT) else []
    return render(request, "accounts/my_consent_list.html", {"consents": consents, "questions": questions})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(GIVE_OWN_CONSENT)
def my_consent_give(request: SignedInRequest, pk: int) -> HttpResponse:
    """One text, and under it yes, no and not now. Afterwards the next one that is open."""
    texts = ConsentText.objects.visible_to(request.user).approved().filter(reader=reader_of(request.user))
    text = get_object_or_404(texts, pk=pk)
    error = ""
    if request.method == "POST":
        answer = request.POST.get("answer")
        if answer not in ("yes", "no"):
            error = _("Choose yes or no. “Not now” leads back.")
        else:
            today = clock.today(request.user.school)
            try:
                answer_for_oneself(text, says_yes=answer == "yes", by=request.user, today=today)
            except Refused as refusal:
                error = str(refusal)
            else:
                said = _("You said yes. You can take it back on any day.") if answer == "yes" else _("You said no.")
                messages.success(request, said)
                upcoming = first_open(request.user)
                return redirect("my_consent_give", upcoming.text.pk) if upcoming else redirect("my_consent_list")
    own = request.user.consents.standing().filter(purpose=text.purpose, given_by=Consent.GivenBy.SELF)
    context = {"text": text, "standing": own.first(), "error": error}
    return render(request, "accounts/my_consent_give.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ASK_FOR_HELP)
def my_consent_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what disappears, then withdraw one's own yes to surveys or to the use of their answers."""
    consents = Consent.objects.own(request.user).to_be_withdrawn_here().select_related("text")
    consent = get_object_or_404(consents, pk=pk)
    if request.method != "POST":
        return render(request, "accounts/my_consent_withdraw.html", {"consent": consent})
    withdraw_consent(request.user, consent.purpose, by=request.user, today=clock.today(request.user.school))
    messages.success(request, _("Withdrawn. We stop asking you, and your answers leave as this page says."))
    return redirect("my_consent_list")
