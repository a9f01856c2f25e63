"""An adult looks at an entry of the help log: verifies it, changes it, or does not accept it."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import VERIFY_HELP
from accounts.services import Refused, require_act
from mentorship.models import HelpEntry
from mentorship.services.help_entry import MAX_MINUTES

State = HelpEntry.State


@transaction.atomic
def verify_help_entry(entry: HelpEntry, *, by: User, now: dt.datetime) -> HelpEntry:
    """Say that the help was given as written. Refused for the student, and when somebody has looked at it already."""
    return decide(entry, State.VERIFIED, by=by, now=now)


@transaction.atomic
def change_help_entry(entry: HelpEntry, *, minutes: int, verdict: str, by: User, now: dt.datetime) -> HelpEntry:
    """Verify with other minutes, and say what was changed. Refused like a verification, or when nothing differs."""
    if not 1 <= minutes <= MAX_MINUTES:
        raise Refused(_("Minutes go from 1 to 600."))
    return decide(entry, State.CHANGED, minutes=minutes, verdict=verdict, by=by, now=now)


@transaction.atomic
def deny_help_entry(entry: HelpEntry, *, verdict: str, by: User, now: dt.datetime) -> HelpEntry:
    """Do not accept the entry, and say why. Refused like a verification, and without a reason."""
    return decide(entry, State.DENIED, verdict=verdict, by=by, now=now)


@transaction.atomic
def verify_many(entries: Iterable[HelpEntry], *, by: User, now: dt.datetime) -> int:
    """Verify those that still wait, all in one go; returns how many. What somebody decided already stays as it is."""
    waiting = (
        HelpEntry.objects.unverified()
        .filter(pk__in=[entry.pk for entry in entries])
        .select_for_update(of=("self",))
        .select_related("program")
        .order_by("pk")
    )
    for entry in waiting:
        decide(entry, State.VERIFIED, by=by, now=now)
    return len(waiting)


def decide(
    entry: HelpEntry, state: State, *, by: User, now: dt.datetime, minutes: int | None = None, verdict: str = ""
) -> HelpEntry:
    """Write an adult's verdict on an entry that waits for one."""
    # `verified_by` is read after the lock, not joined: who waited for it would see nobody there.
    entry = HelpEntry.objects.select_for_update(of=("self",)).select_related("program").get(pk=entry.pk)
    require_act(by, VERIFY_HELP, entry.program.school_id)
    if by.pk == entry.student_id:
        raise Refused(_("Nobody verifies the own help."))
    if entry.verified_by:
        raise Refused(_("%(name)s has looked at this already.") % {"name": entry.verified_by.short_name})
    if entry.state != State.SUBMITTED:
        raise Refused(_("This has not been sent yet."))
    if state != State.VERIFIED and not verdict.strip():
        raise Refused(_("Say what was changed, or why not."))
    if state == State.CHANGED and minutes == entry.minutes:
        raise Refused(_("The minutes are the same. Verify it as it is, or write other minutes."))
    entry.state, entry.verified_by, entry.verified_at = state, by, now
    entry.minutes, entry.verdict = minutes or entry.minutes, verdict.strip()
    entry.save(update_fields=["state", "verified_by", "verified_at", "minutes", "verdict"])
    return entry
