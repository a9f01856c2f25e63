"""One person at a time: made, changed, told of a changed address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import School, User
from accounts.permissions import INVITE_PEOPLE, MANAGE_PEOPLE, Role
from accounts.reports.roster import taken_user_names
from accounts.roster import base_user_name, first_free
from accounts.services.address import follow_changed_addresses
from accounts.services.invitation import post_invitations
from accounts.services.refusal import Refused, require_act
from accounts.services.user_name_lock import stand_in_line_for_user_names

# Whom a coordinator brings in; an admin brings in everybody.
PUPILS_AND_TEACHERS = frozenset({Role.TEACHER.value, Role.STUDENT.value})


@dataclass(frozen=True)
class Particulars:
    """What stands about a person in the list of people. Empty text where there is nothing."""

    given_name: str
    family_name: str
    language: str
    title: str = ""
    grade: str = ""
    email: str = ""


def roles_offered(by: User) -> list[str]:
    """The hats that `by` may give to somebody new."""
    return [role.value for role in Role if by.may(MANAGE_PEOPLE) or role in PUPILS_AND_TEACHERS]


@transaction.atomic
def add_person(
    particulars: Particulars, *, roles: Collection[str], is_invited: bool, by: User, now: dt.datetime
) -> User:
    """Add somebody to the school, with a user name made from the name; invited at once if wished and there is an
    address. Refused for a role that `by` can't give, and for an address that somebody has."""
    require_act(by, INVITE_PEOPLE, by.school_id)
    if not roles or not set(roles) <= set(roles_offered(by)):
        raise Refused(_("You can't give this role."))
    person = make_person(by.school, particulars, roles=roles)
    if is_invited and person.email:
        post_invitations([person], now=now)
    return person


@transaction.atomic
def change_person(person: User, particulars: Particulars, *, by: User, now: dt.datetime) -> User:
    """Change what stands about somebody. With another address every link that was sent dies, the old address is told,
    and who was invited there is invited again. Refused for an address that somebody else has."""
    require_act(by, MANAGE_PEOPLE, person.school_id)
    person = User.objects.select_for_update(of=("self",), no_key=True).select_related("school").get(pk=person.pk)
    if person.erased_at:
        raise Refused(_("This person was erased."))
    former, email = person.email, particulars.email or None
    for name in ("given_name", "family_name", "language", "title", "grade"):
        setattr(person, name, getattr(particulars, name))
    person.email = email
    with _address_for_one(email, but=person):
        person.save(update_fields=["given_name", "family_name", "language", "title", "grade", "email"])
    if (former or "").lower() != (email or "").lower():
        follow_changed_address(person, former, now=now)
    return person


def follow_changed_address(person: User, former: str | None, *, now: dt.datetime) -> None:
    """What a changed address brings with it, once it is saved: links and sign-ins of the old one die, and it is told.

    Inside the caller's transaction.
    """
    follow_changed_addresses([person], {person.pk: former} if former else {}, now=now)


def make_person(school: School, particulars: Particulars, *, roles: Collection[str]) -> User:
    """Write a person without a password, with a user name made from the name; inside the caller's transaction.

    Refused where somebody has the address.
    """
    stand_in_line_for_user_names()
    wanted = base_user_name(particulars.given_name, particulars.family_name)
    with _address_for_one(particulars.email):
        return User.objects.create_user(
            first_free(wanted, taken_user_names([wanted])),
            school=school,
            roles=[role.value for role in Role if role in roles],
            given_name=particulars.given_name,
            family_name=particulars.family_name,
            title=particulars.title,
            grade=particulars.grade,
            email=particulars.email or None,
            language=particulars.language,
        )


@contextmanager
def _address_for_one(email: str | None, *, but: User | None = None) -> Iterator[None]:
    """Say no to an address that somebody of this installation has, whatever its capitals. Nobody is told who."""
    owners = User.objects.filter(email__iexact=email) if email else User.objects.none()
    refusal = Refused(_("This e-mail can't be used."))
    if owners.exclude(pk=but.pk if but else None).exists():
        raise refusal
    try:
        with transaction.atomic():
            yield
    except IntegrityError:  # somebody got it in this very moment
        raise refusal from None
