"""The secret address of a person's own calendar, for a calendar program that comes again and again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import SecretLink, User
from accounts.permissions import SEE_CALENDAR
from accounts.services.refusal import require_act
from accounts.services.secret_link import mint_link, revoke_links

PURPOSE = SecretLink.Purpose.CALENDAR_FEED


@transaction.atomic
def make_feed(*, by: User, now: dt.datetime) -> str:
    """Give this person a new secret address; the one before no longer works. Answers the secret, which is not kept."""
    require_act(by, SEE_CALENDAR, by.school_id)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two clicks leave one address that works
    revoke_links(by, PURPOSE, now=now)
    return mint_link(PURPOSE, holder=by, by=by, now=now)[1]


def end_feed(*, by: User, now: dt.datetime) -> int:
    """From now on the address leads nowhere; answers how many there were."""
    require_act(by, SEE_CALENDAR, by.school_id)
    return revoke_links(by, PURPOSE, now=now)
