"""Who signs in with a second factor, and who should."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q

from accounts.models import School, User
from accounts.models.user import UserQuerySet
from accounts.permissions import Role

# Spare codes come along with one of these and are none themselves.
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def lacks_required_factor(user: User) -> bool:
    """Whether the school asks this person for a second factor that she has not set up; at most one query."""
    return user.is_asked_for_second_factor and not has_second_factor(user)


def has_second_factor(user: User) -> bool:
    """Whether this person has an app for codes or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists()


def second_factor_lines(school: School) -> UserQuerySet:
    """Coordinators and admins, and everybody else who has a second factor; each with `has_factor`. One query."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
    asked = Q(roles__overlap=[Role.COORDINATOR, Role.ADMIN])
    people = User.objects.active().filter(school=school).annotate(has_factor=Exists(factors))
    return people.filter(asked | Q(has_factor=True))
