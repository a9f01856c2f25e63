"""One page for everybody: how and when one's messages come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.forms.message_choice import MessageChoiceForm
from accounts.permissions import CHOOSE_MESSAGES, role_required
from accounts.services.message_choice import choose_messages
from accounts.signed_in import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(CHOOSE_MESSAGES)
def my_messages(request: SignedInRequest) -> HttpResponse:
    """Show what comes, how and when; keep what is chosen. Somebody without an address chooses the times alone."""
    form = MessageChoiceForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        choose_messages(channels=form.channels, leads=form.leads, by=request.user, now=clock.now())
        messages.success(request, _("Saved. What waits comes as you chose."))
        return redirect("my_messages")
    context = {"form": form, "school": request.user.school}
    return render(request, "accounts/my_messages.html", context, status=422 if request.method == "POST" else 200)
