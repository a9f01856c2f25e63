"""Passkeys by their number: only one's own exist. The pages themselves are allauth's."""

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as passkey
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from accounts.permissions import OWN_DATA, role_required
from accounts.signed_in import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(OWN_DATA)
def passkey_edit(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Another name for one of one's own passkeys."""
    _own_passkey(request, pk)
    return passkey.edit_webauthn(request, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(OWN_DATA)
def passkey_remove(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Take away one of one's own passkeys."""
    _own_passkey(request, pk)
    return passkey.remove_webauthn(request, pk=pk)


def _own_passkey(request: SignedInRequest, pk: int) -> Authenticator:
    own = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    return get_object_or_404(own, pk=pk)
