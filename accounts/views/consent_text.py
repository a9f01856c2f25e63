"""The texts that people agree to: reading, changing. Approving may free time and is a page of sessions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.consent_text import ConsentTextForm
from accounts.models import ConsentText
from accounts.permissions import SET_CONSENT_TEXTS, role_required
from accounts.reports.consent_text import text_groups
from accounts.services import Refused
from accounts.services.consent_text import edit_consent_text
from accounts.signed_in import SignedInRequest


@require_safe
@role_required(SET_CONSENT_TEXTS)
def consent_text_list(request: SignedInRequest) -> HttpResponse:
    """Every text of the school by purpose and reader, and which languages are approved."""
    return render(request, "accounts/consent_text_list.html", {"groups": text_groups(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_CONSENT_TEXTS)
def consent_text_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read one version; change it, or make the next one where it is approved."""
    text = get_object_or_404(ConsentText.objects.visible_to(request.user).select_related("approved_by"), pk=pk)
    # The form writes into its instance: the page and the service go by the row as it stands.
    form = ConsentTextForm(request.POST or None, instance=ConsentText.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            draft = edit_consent_text(text, **{"asks_again": False, **form.cleaned_data}, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved as a draft. It is used when it is approved."))
            return redirect("consent_text_edit", pk=draft.pk)
    same = {name: getattr(text, name) for name in ("school_id", "purpose", "reader", "language")}
    context = {"form": form, "text": text, "versions": ConsentText.objects.filter(**same).order_by("-version")}
    return render(request, "accounts/consent_text_edit.html", context, status=422 if request.method == "POST" else 200)
