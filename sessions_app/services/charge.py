"""Who is in charge of the playgrounds to come: passing them on when an adult leaves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from accounts.services import Refused
from accounts.services.account import pass_coordination
from sessions_app.models import Hold, PlaygroundSession, SignUp
from sessions_app.models.playground import PlaygroundSessionQuerySet
from sessions_app.services import notices
from sessions_app.services.holds import lock_bodies, losing_is_time_taken


class ChargeClash(Refused):
    """The next adult in charge is taken at the time of these playgrounds."""

    def __init__(self, successor: User, clashes: list[PlaygroundSession]) -> None:
        super().__init__(_("%(name)s is taken at that time.") % {"name": successor.full_name})
        self.clashes = clashes


def name_coordinator(successor: User, *, leaving: User | None, keeps_role: bool, by: User, now: dt.datetime) -> int:
    """Make somebody coordinator, to whom the open work of the one before passes; answers how many playgrounds did.

    Raises Refused as `pass_coordination` does, and ChargeClash with the playgrounds at whose time she is taken.
    """
    with losing_is_time_taken(), transaction.atomic():
        pass_coordination(successor, leaving=leaving, keeps_role=keeps_role, by=by)
        return pass_playgrounds(leaving, successor, now=now) if leaving else 0


def pass_playgrounds(leaving: User, successor: User, *, now: dt.datetime) -> int:
    """Put another adult in charge of the playgrounds to come, with their time; answers how many. All of them or none.

    Inside the caller's transaction, which has asked who may do this. Raises ChargeClash, and Refused for somebody who
    can't be in charge.
    """
    if successor.is_student or not successor.is_active or successor.school_id != leaving.school_id:
        raise Refused(_("%(name)s can't be in charge of a playground.") % {"name": successor.full_name})
    playgrounds = list(in_charge_ahead(leaving, now).select_for_update(of=("self",)).order_by("pk"))
    lock_bodies(people=[leaving.pk, successor.pk], rooms=[])
    held = Hold.objects.filter(person=successor)
    if clashes := [row for row in playgrounds if held.overlapping(row.starts_at, row.ends_at).exists()]:
        raise ChargeClash(successor, sorted(clashes, key=lambda row: row.starts_at))
    for playground in playgrounds:
        playground.adult_in_charge = successor
        playground.revision += 1
        playground.save(update_fields=["adult_in_charge", "revision"])
        playground.holds.filter(person=leaving).update(person=successor)
        outbox.withdraw(playground.about, user=leaving)
        # Who is in charge is reminded as that, and not once more as a guest.
        outbox.withdraw(*(place.about for place in SignUp.objects.filter(playground=playground, teacher=successor)))
        outbox.post(notices.of_playground(playground, [successor], now=now))
    return len(playgrounds)


def in_charge_ahead(person: User, now: dt.datetime) -> PlaygroundSessionQuerySet:
    """The playgrounds to come that this person is in charge of."""
    ahead = PlaygroundSession.objects.standing().filter(adult_in_charge=person, starts_at__gt=now)
    # Only what never changes: a locked row whose room is another one by then would not be found.
    return ahead.select_related("program__school")
