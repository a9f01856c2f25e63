import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.models import User

# Who came in and who did not, by id: no name, no address, no password (docs/asvs.md, 16.3).
security = logging.getLogger("flipside.security")


class AccountAdapter(DefaultAccountAdapter):
    """Nobody makes an account alone: people come by a roster or an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is closed, on every path."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail is in the language of the person who reads it, not of the page where it was asked for."""
        with translation.override(context["user"].language):
            super().send_mail(template_prefix, email, context)

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

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note that somebody did not; whom they tried is not written down, since it may be a password."""
        security.warning("sign-in failed: by %s", _page_of(request))

    def logout(self, request: HttpRequest) -> None:
        """Note that somebody went."""
        security.info("signed out: user %s", request.user.pk)
        super().logout(request)


def _page_of(request: HttpRequest) -> str:
    return request.resolver_match.url_name or "" if request.resolver_match else ""
