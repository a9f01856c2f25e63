from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from accounts.models import User


class PersonBackend(AuthenticationBackend):
    """Sign-in by user name or e-mail; every page gets the person with the school, in one statement."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, or nobody if the account rests."""
        user = User.objects.select_related("school").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Active people; those of the demo school, whose password is in the README, only with DEBUG on."""
        return super().user_can_authenticate(user) and (settings.DEBUG or not user.school.is_demo)
