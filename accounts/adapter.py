from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody makes an account alone: people come by a roster or an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is closed, on every path."""
        return False
