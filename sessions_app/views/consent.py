"""Pages of consent that may also free time: a text is approved, a guardian answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.models import ConsentText
from accounts.permissions import SET_CONSENT_TEXTS, role_required
from accounts.services import Refused
from accounts.services.consent_text import consents_asked_again
from accounts.signed_in import SignedInRequest
from sessions_app.services import approve_text


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_CONSENT_TEXTS)
def consent_text_approve(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read a draft as its readers will, with what its approval ends; then approve it."""
    text = get_object_or_404(ConsentText.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        try:
            approve_text(text, by=request.user, now=clock.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Approved. From now on this is the text that people read and agree to."))
        return redirect("consent_text_list")
    count = consents_asked_again(text).count() if text.asks_again and text.is_draft else 0
    return render(request, "sessions_app/consent_text_approve.html", {"text": text, "asked_again_count": count})
