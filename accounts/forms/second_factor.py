"""The forms in which the code of an authenticator app is typed. A code lives for its 30 seconds and one step to each
side, since phones and fingers are slow (RFC 6238, 5.2), and is good for one use in all of them."""

from __future__ import annotations

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as authenticate
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from django.core.cache import cache

from accounts.models import User


class AuthenticateForm(authenticate.AuthenticateForm):
    """The second step of signing in."""

    def clean_code(self) -> str:
        """The code, if it is right and was not used before."""
        return _used_once(super().clean_code(), self.user, self.authenticator)


class ReauthenticateForm(authenticate.ReauthenticateForm):
    """Once more, before something delicate."""

    def clean_code(self) -> str:
        """The code, if it is right and was not used before."""
        return _used_once(super().clean_code(), self.user, self.authenticator)


class ActivateTOTPForm(totp.ActivateTOTPForm):
    """Setting the app up uses a code, too."""

    def clean_code(self) -> str:
        """The code, which then signs nobody in."""
        return _used_once(super().clean_code(), self.user)


def _used_once(code: str, user: User, authenticator: Authenticator | None = None) -> str:
    if authenticator and authenticator.type != Authenticator.Type.TOTP:
        return code  # spare codes are used up in the database
    lives = app_settings.TOTP_PERIOD * (1 + 2 * app_settings.TOTP_TOLERANCE)
    if not cache.add(f"totp-used:{user.pk}:{normalize_user_code(code)}", 1, timeout=lives):
        raise get_adapter().validation_error("incorrect_code")
    return code
