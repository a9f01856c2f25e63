"""A new person, one at a time."""

from __future__ import annotations

from django.db import connection

from accounts.models import School, User
from accounts.reports.roster import taken_user_names
from accounts.roster import base_user_name, first_free
from accounts.services.roster import USER_NAME_LOCK


def make_person(
    school: School,
    *,
    roles: list[str],
    given_name: str,
    family_name: str,
    email: str | None,
    language: str,
    title: str = "",
    grade: str = "",
) -> User:
    """Write a person without a password, with a user name made from the name; inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [USER_NAME_LOCK])
    wanted = base_user_name(given_name, family_name)
    return User.objects.create_user(
        first_free(wanted, taken_user_names([wanted])),
        school=school,
        roles=roles,
        given_name=given_name,
        family_name=family_name,
        email=email or None,
        language=language,
        title=title,
        grade=grade,
    )


def is_email_taken(email: str | None, *, but: User | None = None) -> bool:
    """Whether somebody of this installation has this address, whatever its capitals. Nobody is told who."""
    people = User.objects.filter(email__iexact=email) if email else User.objects.none()
    return people.exclude(pk=but.pk if but else None).exists()
