"""Hats given and taken, accounts ended and taken back. What hangs on a person in programs is freed by the caller."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Guardian, Message, School, SecretLink, User
from accounts.permissions import MANAGE_PEOPLE, Role
from accounts.services.refusal import Refused, require_act


@transaction.atomic
def set_roles(person: User, roles: Collection[str], *, by: User) -> set[str]:
    """Give somebody exactly these hats; answers those that were taken away.

    Refused for no hat at all, for a student with another hat, for coordinator to oneself, and where the last admin or
    the last coordinator would lose the hat.
    """
    person = _lock(person, by)
    before, after = set(person.roles), {role.value for role in Role if role in roles}
    if not person.is_active:
        raise Refused(_("%(name)s has left.") % {"name": person.full_name})
    if not after:
        raise Refused(_("Everybody has at least one role. To take the last one away, end the account."))
    if Role.STUDENT in after and len(after) > 1:
        raise Refused(_("A student mentor has no other role."))
    if Role.COORDINATOR in after - before and by.pk == person.pk:
        raise Refused(_("Nobody makes themselves coordinator. Another admin can."))
    if Role.ADMIN in before - after and not _others(person, Role.ADMIN):
        raise Refused(_("The last admin keeps this role."))
    if Role.COORDINATOR in before - after and not _others(person, Role.COORDINATOR):
        raise Refused(_("Nobody else is coordinator. Name the next coordinator first."))
    if Role.STUDENT in after and person.school.second_adult_id == person.pk:
        raise Refused(_("The second adult for calls for help can't be a student. Choose somebody else first."))
    _write_roles(person, after)
    return before - after


@transaction.atomic
def pass_coordination(successor: User, *, leaving: User | None, keeps_role: bool, by: User) -> None:
    """Make somebody coordinator, in the place of one who leaves or keeps the hat; the second adult passes on too.

    Refused for oneself, for a student, for somebody who left, and where nothing would change.
    """
    successor = _lock(successor, by)
    leaving = _lock(leaving, by) if leaving else None
    if successor.pk == by.pk:
        raise Refused(_("Nobody makes themselves coordinator. Another admin can."))
    if not successor.is_active or successor.is_student:
        raise Refused(_("%(name)s can't be coordinator.") % {"name": successor.full_name})
    if leaving and (leaving.pk == successor.pk or not leaving.has_role(Role.COORDINATOR)):
        raise Refused(_("Choose two people: who is coordinator now, and who is next."))
    if leaving is None and successor.has_role(Role.COORDINATOR):
        raise Refused(_("%(name)s is coordinator already.") % {"name": successor.full_name})
    _write_roles(successor, {*successor.roles, Role.COORDINATOR.value})
    if leaving is None:
        return
    School.objects.filter(pk=by.school_id, second_adult=leaving).update(second_adult=successor)
    if not keeps_role:
        _write_roles(leaving, set(leaving.roles) - {Role.COORDINATOR})


@transaction.atomic
def end_account(person: User, *, by: User, now: dt.datetime) -> User:
    """Let nobody in by this account any more: sessions, links and rights end at once, and no mail leaves.

    Refused for oneself, for the last admin, and twice.
    """
    person = _lock(person, by)
    if person.pk == by.pk:
        raise Refused(_("Nobody ends their own account. Another admin can."))
    if not person.is_active:
        raise Refused(_("%(name)s has left.") % {"name": person.full_name})
    if person.has_role(Role.ADMIN) and not _others(person, Role.ADMIN):
        raise Refused(_("The last admin keeps this role."))
    person.is_active, person.session_salt = False, secrets.token_hex(16)
    person.save(update_fields=["is_active", "session_salt"])
    guardians = Guardian.objects.filter(student=person)
    unsent = Message.objects.filter(Q(user=person) | Q(guardian__in=guardians), state__in=outbox.OPEN)
    unsent.update(state=Message.State.CANCELLED)
    links = SecretLink.objects.filter(Q(user=person) | Q(guardian__in=guardians), used_at=None, revoked_at=None)
    links.update(revoked_at=now)
    School.objects.filter(second_adult=person).update(second_adult=None)
    return person


@transaction.atomic
def take_account_back(person: User, *, by: User) -> User:
    """Somebody who left is back, with the hats of then and without what was freed. Refused for who was erased."""
    person = _lock(person, by)
    if person.erased_at:
        raise Refused(_("This person was erased."))
    if person.is_active:
        raise Refused(_("%(name)s has not left.") % {"name": person.full_name})
    person.is_active, person.missing_since = True, None
    person.save(update_fields=["is_active", "missing_since"])
    return person


@transaction.atomic
def keep_person(person: User, *, by: User) -> User:
    """A roster no longer names this person, who stays all the same."""
    person = _lock(person, by)
    person.missing_since = None
    person.save(update_fields=["missing_since"])
    return person


def _lock(person: User, by: User) -> User:
    """The person as she is now. Acts on accounts of one school stand in line: each must see who else is admin."""
    require_act(by, MANAGE_PEOPLE, person.school_id)
    School.objects.select_for_update(no_key=True).get(pk=person.school_id)
    people = User.objects.select_for_update(of=("self",), no_key=True).select_related("school")
    return people.get(pk=person.pk)


def _others(person: User, role: Role) -> bool:
    """Whether somebody else of the school wears this hat too."""
    return User.objects.active().with_role(role).filter(school=person.school_id).exclude(pk=person.pk).exists()


def _write_roles(person: User, roles: Collection[str]) -> None:
    """Save the hats in the order of the policy. With the coordinator's the database ends the right to read flags."""
    person.roles = [role.value for role in Role if role in roles]
    person.save(update_fields=["roles"])
