"""What Google and Microsoft say of somebody who comes from there, and which address that proves."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.microsoft.views import MicrosoftGraphOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest

# Addresses that Google gives out itself.
GOOGLES_OWN = ("@gmail.com", "@googlemail.com")
# How Microsoft writes a guest of a directory, whose address is somebody else's.
GUEST = "#ext#"


def proven_address(provider: str, facts: dict[str, Any]) -> str:
    """The e-mail address that this account surely has, in small letters; empty if the provider proves none.

    `facts` are the claims of Google's ID token, or what Microsoft's Graph answers for /me. For Google see
    developers.google.com/identity/gsi/web/guides/verify-google-id-token: outside gmail.com "email_verified" holds only
    with "hd". At Microsoft the domain of the sign-in name belongs to the directory, while "mail" is free text.
    """
    address = {"google": _of_google, "microsoft": _of_microsoft}[provider](facts)
    return address.strip().lower()


def _of_google(facts: dict[str, Any]) -> str:
    address = str(facts.get("email") or "")
    is_googles = address.lower().endswith(GOOGLES_OWN) or bool(facts.get("hd"))
    return address if facts.get("email_verified") is True and is_googles else ""


def _of_microsoft(facts: dict[str, Any]) -> str:
    name, address = str(facts.get("userPrincipalName") or ""), str(facts.get("mail") or "")
    if GUEST in name.lower() or "@" not in name:
        return ""
    same_domain = address.rpartition("@")[2].lower() == name.rpartition("@")[2].lower()
    return address if same_domain else name


class MicrosoftOfOneSchool(MicrosoftGraphOAuth2Adapter):
    """Microsoft's sign-in, for people of the one directory that the school named."""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """The ID token must be made for us (aud) by the named directory (iss), and not be over (exp).

        It came straight from Microsoft over TLS, so its signature adds nothing (OpenID Connect Core 3.1.3.7).
        """
        claims = jwtkit.verify_and_decode(
            credential=kwargs["response"].get("id_token", ""),
            keys_url=None,
            issuer=self._build_tenant_url("/v2.0"),
            audience=app.client_id,
            lookup_kid=None,
            verify_signature=False,
        )
        if str(claims.get("tid", "")).lower() != app.settings["tenant"]:
            raise OAuth2Error("the directory is another one")
        return super().complete_login(request, app, token, **kwargs)
