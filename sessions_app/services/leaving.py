"""Somebody leaves, or takes off a hat: what stands ahead of them is freed in the same moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import MANAGE_PEOPLE, Role
from accounts.services import Refused, require_act
from accounts.services.account import end_account, set_roles
from mentorship.services import leave_programs
from sessions_app.services.charge import in_charge_ahead, pass_playgrounds
from sessions_app.services.holds import losing_is_time_taken
from sessions_app.services.playground import call_off
from sessions_app.services.safety import free_teaching_time_of, free_time_of


def change_roles(person: User, roles: Collection[str], *, by: User, now: dt.datetime) -> int:
    """Give somebody exactly these hats, and free what hung on those that are gone; answers how many bookings ended.

    Raises Refused as `set_roles` does, and for somebody who would be a student while in charge of a playground.
    """
    with transaction.atomic():
        gone = set_roles(person, roles, by=by)
        if Role.STUDENT in roles and in_charge_ahead(person, now).exists():
            raise Refused(_("The person in charge must be an adult."))
        return _free(person, gone, by=by, now=now)


def close_account(person: User, *, in_charge: User | None, by: User, now: dt.datetime) -> int:
    """End an account and all that stands ahead of the person; answers how many bookings ended.

    `in_charge` takes over the playgrounds to come; without anybody they are cancelled. Raises Refused as `end_account`
    does, and ChargeClash where the next adult in charge is taken.
    """
    require_act(by, MANAGE_PEOPLE, person.school_id)
    with losing_is_time_taken(), transaction.atomic():
        if in_charge:
            pass_playgrounds(person, in_charge, now=now)
        else:
            for playground in in_charge_ahead(person, now).select_for_update(of=("self",)).order_by("pk"):
                call_off(playground, now=now)
        count = _free(person, {Role.TEACHER.value, Role.STUDENT.value}, by=by, now=now)
        end_account(person, by=by, now=now)  # last, so that no news of all this is left for somebody who is gone
        return count


def close_plain_account(person: User, *, by: User, now: dt.datetime) -> int:
    """End an account among many, where nobody is asked who takes over: refused while in charge of a playground."""
    if in_charge_ahead(person, now).exists():
        raise Refused(_("In charge of a playground to come. End this account on its own page."))
    return close_account(person, in_charge=None, by=by, now=now)


def _free(person: User, hats: Collection[str], *, by: User, now: dt.datetime) -> int:
    """End bookings, duties, places, pairs and parts in programs that these hats brought; answers how many bookings."""
    count = 0
    if Role.STUDENT in hats:
        count += free_time_of(person, by=by, now=now)
    if Role.TEACHER in hats:
        count += free_teaching_time_of(person, by=by, now=now)
    today = now.astimezone(person.school.zone).date()
    leave_programs(person, hats=hats, reason=_("No longer in the program"), by=by, today=today)
    return count
