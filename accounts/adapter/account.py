import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.models import User
from accounts.reports.lock_out import key_of
from accounts.services.password_link import post_password_link
from accounts.services.sign_in import tell_sign_in_changed

# Who came in and who did not, by id: no name, no address, no password (docs/asvs.md, 16.3).
security = logging.getLogger("flipside.security")


class AccountAdapter(DefaultAccountAdapter):
    """Nobody makes an account alone: people come by a roster or an invitation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy("There were too many wrong passwords for this name."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is closed, on every path."""
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """The link for a new password goes through the outbox, as all mail, to the address that the person has."""
        post_password_link(user, now=clock.now())

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """That something changed in how a person signs in is told to that person, by the outbox as all mail."""
        tell_sign_in_changed(user, template_prefix.rpartition("/")[2], now=clock.now())

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to show that it is still oneself, in our words."""
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        return [
            method | {"description": words.get(method["id"], method["description"])}
            for method in super().get_reauthentication_methods(user)
        ]

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """People of the demo school, whose password is in the README, come in with DEBUG on only.

        allauth hands over here whom the backend refused, too, to say "inactive" instead of "wrong password".
        """
        if user.school.is_demo and not settings.DEBUG:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        """Note that somebody came in, and by which page."""
        super().login(request, user)
        security.info("signed in: user %s, school %s, by %s", user.pk, user.school_id, _page_of(request))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted for a name however it is written (allauth: also for the host that was asked)."""
        return key_of(credentials.get("email") or credentials.get("username") or "")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note that somebody did not; whom they tried is not written down, since it may be a password."""
        security.warning("sign-in failed: by %s", _page_of(request))

    def logout(self, request: HttpRequest) -> None:
        """Note that somebody went."""
        security.info("signed out: user %s", request.user.pk)
        super().logout(request)


def _page_of(request: HttpRequest) -> str:
    return request.resolver_match.url_name or "" if request.resolver_match else ""
