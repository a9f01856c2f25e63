"""Google and Microsoft, where the environment has keys for them. Needs neither Django's settings nor any service."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# Where the browser is sent from the sign-in page: the only other sites that a form may lead to.
FORM_TARGETS = {"google": "https://accounts.google.com", "microsoft": "https://login.microsoftonline.com"}
# The directory (tenant) ID: 8-4-4-4-12 hexadecimal digits. Not a domain, and not "common", "organizations" or
# "consumers": there anybody can make a directory and write any address into it.
TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def sign_in_providers(environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What allauth needs to know of each provider that has keys; empty where none has. Raises ImproperlyConfigured."""
    providers: dict[str, dict[str, Any]] = {}
    if keys := _keys(environment, "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"):
        providers["google"] = _provider(keys, scope=["openid", "email"])
    if keys := _keys(environment, "MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET", "MICROSOFT_TENANT"):
        tenant = keys["MICROSOFT_TENANT"].lower()
        if not TENANT.fullmatch(tenant):
            raise ImproperlyConfigured(
                "MICROSOFT_TENANT must be the directory (tenant) ID of your school, such as "
                "1b4db7eb-4057-5ddf-91e0-36dec72071f5. With common, organizations or consumers anybody could come in."
            )
        providers["microsoft"] = _provider(keys, scope=["openid", "User.Read"], tenant=tenant)
    return providers


def _keys(environment: Mapping[str, str], *names: str) -> dict[str, str]:
    """All of these values, or none; half of them is a mistake."""
    given = {name: value for name in names if (value := environment.get(name, "").strip())}
    if given and len(given) < len(names):
        missing = ", ".join(name for name in names if name not in given)
        raise ImproperlyConfigured(f"Flipside does not start: {', '.join(given)} is set, but {missing} is missing.")
    return given


def _provider(keys: dict[str, str], *, scope: list[str], **more: str) -> dict[str, Any]:
    client_id, secret = list(keys.values())[:2]
    return {
        "APPS": [{"client_id": client_id, "secret": secret, "key": "", "settings": more}],
        "SCOPE": scope,
        "AUTH_PARAMS": {"prompt": "select_account"},  # on a shared computer somebody else may be signed in there
        "OAUTH_PKCE_ENABLED": True,
    }
