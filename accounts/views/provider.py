"""Signing in with an account at Google or Microsoft. Where the school has set no keys, these addresses do not exist."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.identity import MicrosoftOfOneSchool
from accounts.permissions import OWN_DATA, role_required
from accounts.services import Refused
from accounts.services.sign_in import disconnect_account
from accounts.signed_in import SignedInRequest

CALLBACKS: dict[str, Any] = {
    "google": OAuth2CallbackView.adapter_view(GoogleOAuth2Adapter),
    "microsoft": OAuth2CallbackView.adapter_view(MicrosoftOfOneSchool),
}


@login_not_required
@require_POST
def provider_login(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Send the browser to the provider, with a state and a PKCE challenge that only this visit can answer."""
    _refuse_without_keys(provider)
    way: HttpResponseBase = (
        get_adapter()
        .get_provider(request, provider)
        .redirect(request, process="login", next_url=get_next_redirect_url(request))
    )
    return way


@login_not_required
@require_safe
def provider_callback(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Where the provider sends the browser back to. The second factor of this program still applies."""
    _refuse_without_keys(provider)
    answer: HttpResponseBase = CALLBACKS[provider](request)
    return answer


@login_not_required
@require_safe
def provider_refused(request: HttpRequest) -> HttpResponse:
    """The same page for every reason: it does not tell who is in a school."""
    return render(request, "account/provider_refused.html", status=403)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(OWN_DATA)
def provider_disconnect(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """No longer sign in with an account at Google or Microsoft."""
    account = get_object_or_404(SocialAccount.objects.filter(user=request.user), pk=pk)
    return _disconnect(request, account)


@reauthentication_required(app="allauth.mfa")
def _disconnect(request: SignedInRequest, account: SocialAccount) -> HttpResponse:
    if request.method == "POST":
        try:
            disconnect_account(account, by=request.user, now=clock.now())
            messages.success(request, _("That account no longer lets you in."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("mfa_index")
    return render(request, "account/provider_disconnect.html", {"account": account})


def _refuse_without_keys(provider: str) -> None:
    if provider not in settings.SOCIALACCOUNT_PROVIDERS:
        raise Http404
