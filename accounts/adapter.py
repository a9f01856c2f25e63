from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.models import User


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
