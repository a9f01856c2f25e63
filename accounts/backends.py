from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.http import HttpRequest

from accounts.models import User


class PersonBackend(AuthenticationBackend):
    """Sign-in by user name or e-mail; every page gets the person with the school, in one statement."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Whoever has this name or address, each person's password checked once.

        allauth would check it twice for an address that it knows: whoever measures the time would learn who is here.
        """
        name = Lower(Value(credentials.get("username") or credentials.get("email") or ""))
        people = User.objects.select_related("school").alias(as_name=Lower("username"), as_address=Lower("email"))
        for person in people.filter(Q(as_name=name) | Q(as_address=name)):
            if self._check_password(person, credentials["password"]):
                return person
        return None

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, or nobody if the account rests."""
        user = User.objects.select_related("school").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Active people; those of the demo school, whose password is in the README, only with DEBUG on."""
        return super().user_can_authenticate(user) and (settings.DEBUG or not user.school.is_demo)
