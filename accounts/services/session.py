"""Ending sessions, wherever they are."""

from __future__ import annotations

import secrets

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import CLEAR_LOCK_OUT, MANAGE_PEOPLE, Role
from accounts.services.refusal import Refused, require_act


def end_sessions(person: User, *, by: User) -> User:
    """Sign this person out everywhere, at once: oneself; an admin anybody; a coordinator teachers and students.

    A caller that ends the person's own sessions keeps the present one by `update_session_auth_hash`.
    """
    if by.pk != person.pk:
        require_act(by, CLEAR_LOCK_OUT, person.school_id)
        if person.has_role(Role.ADMIN, Role.COORDINATOR) and not by.may(MANAGE_PEOPLE):
            raise Refused(_("Only an admin can sign this person out."))
    person.session_salt = secrets.token_hex(16)
    person.save(update_fields=["session_salt"])
    return person
