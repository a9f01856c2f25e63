from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest
from django.shortcuts import redirect

from accounts import clock
from accounts.identity import proven_address
from accounts.models import User
from accounts.services import Refused
from accounts.services.sign_in import person_of_account
from accounts.trail import writing


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Google and Microsoft let in whom the school knows by the address that they prove. They never make anybody."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Sign-up is closed, on every path."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Take the proven address, and forget the rest: names, pictures and phones are not ours to keep."""
        account = sociallogin.account
        sociallogin.proven_address = proven_address(account.provider, account.extra_data)
        account.extra_data = {}
        sociallogin.email_addresses = []
        user: User = sociallogin.user
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Whoever it was the last time, the address decides each time anew. All that is refused looks alike."""
        sociallogin.state["process"] = "login"  # nothing else is offered, whatever the address bar asks for
        account = sociallogin.account
        try:
            with writing("provider_callback"):
                sociallogin.user = person_of_account(
                    provider=account.provider, uid=account.uid, address=sociallogin.proven_address, now=clock.now()
                )
        except Refused as refusal:
            raise ImmediateHttpResponse(redirect("socialaccount_login_error")) from refusal

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: str | None = None, exception: Any = None, **_more: Any
    ) -> None:
        """Stopped by the person: back to the sign-in page. Everything else: the page that also a stranger gets."""
        page = "account_login" if error == AuthError.CANCELLED else "socialaccount_login_error"
        raise ImmediateHttpResponse(redirect(page))
