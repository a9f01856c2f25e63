"""Waiting for a place at a full playground: an offer to one after the other, each for a limited time.

Whoever takes, gives back, offers or lets lapse a place holds the lock of the playground's row, so that the places are
never more than there are. An offer keeps its place from the moment it is made.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from accounts.permissions import JOIN_PLAYGROUND
from accounts.services import Refused, require_act
from sessions_app.models import BookingRules, PlaygroundSession, WaitlistEntry
from sessions_app.models.waitlist import WaitlistEntryQuerySet
from sessions_app.services import notices
from sessions_app.services.playground_dates import lock_planned

State = WaitlistEntry.State


def join_waitlist(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> WaitlistEntry:
    """A teacher waits for a place. Twice is once. Raises Refused where a place is free, or she has one."""
    with transaction.atomic():
        playground = lock_planned(playground, now=now)
        require_act(by, JOIN_PLAYGROUND, playground.program.school_id)
        offer_places(playground, now=now)
        if (already := playground.waitlist.open().filter(teacher=by).first()) is not None:
            return already
        if playground.sign_ups.filter(teacher=by).exists():
            raise Refused(_("You are coming already."))
        if free_places(playground, by=by, now=now) > 0:
            raise Refused(_("A place is free. Take it right away."))
        return WaitlistEntry.objects.create(playground=playground, teacher=by, joined_at=now)


def leave_waitlist(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> None:
    """A teacher does not wait any more, or says no to an offer: then it goes to the next. Twice changes nothing."""
    with transaction.atomic():
        playground = lock_planned(playground, now=now)
        end_waiting(playground.waitlist.open().filter(teacher=by), state=State.GONE)
        offer_places(playground, now=now)


def offer_places(playground: PlaygroundSession, *, now: dt.datetime) -> int:
    """Under the lock of the playground's row: let lapse what is over, and offer what is free; answers how many offers.

    Nothing is offered once it is too late to sign up, or it has begun.
    """
    end_waiting(playground.waitlist.filter(state=State.OFFERED, offered_until__lte=now), state=State.LAPSED)
    if joins_until(playground) <= now:
        return 0
    waiting = playground.waitlist.filter(state=State.WAITING).select_related("teacher__school")
    next_ones = waiting[: max(0, free_places(playground, by=None, now=now))]
    until = offer_ends_at(playground, now=now)
    for entry in next_ones:
        entry.state, entry.offered_until = State.OFFERED, until
        entry.save(update_fields=["state", "offered_until"])
        outbox.post(notices.of_offer(entry, playground, now=now))
    return len(next_ones)


def offer_due_places(*, now: dt.datetime) -> int:
    """Do this for every playground where an offer is over or a place is free while somebody waits; how many offers.

    Each in a transaction of its own. Twice, or two at once, make no second offer.
    """
    count = 0
    for playground in due_playgrounds(now):
        with transaction.atomic():
            locked = PlaygroundSession.objects.select_related("program__school").select_for_update(of=("self",))
            one = locked.standing().filter(pk=playground.pk).first()
            count += offer_places(one, now=now) if one else 0
    return count


def due_playgrounds(now: dt.datetime) -> list[PlaygroundSession]:
    """Where an offer is over, or a place is free that somebody waits for. One statement."""
    held = Q(waitlist__state=State.OFFERED, waitlist__offered_until__gt=now)
    rows = (
        PlaygroundSession.objects.standing()
        .filter(starts_at__gt=now)
        .annotate(
            over_count=Count(
                "waitlist", filter=Q(waitlist__state=State.OFFERED, waitlist__offered_until__lte=now), distinct=True
            ),
            waiting_count=Count("waitlist", filter=Q(waitlist__state=State.WAITING), distinct=True),
            kept_count=Count("waitlist", filter=held, distinct=True) + Count("sign_ups", distinct=True),
        )
        .filter(Q(over_count__gt=0) | Q(waiting_count__gt=0, kept_count__lt=F("places")))
    )
    return list(rows.order_by("pk"))


def free_places(playground: PlaygroundSession, *, by: User | None, now: dt.datetime) -> int:
    """How many places are neither taken nor kept for somebody else than `by`."""
    kept = playground.waitlist.holding(now)
    if by is not None:
        kept = kept.exclude(teacher=by)
    return playground.places - playground.sign_ups.count() - kept.count()


def refuse_too_few_places(playground: PlaygroundSession, *, places: int, now: dt.datetime) -> None:
    """Under the lock of the playground's row: who has a place, or is offered one, keeps it when it is planned anew."""
    taken = playground.sign_ups.count()
    kept = list(playground.waitlist.holding(now).values_list("offered_until", flat=True))
    if taken + len(kept) <= places:
        return
    if not kept:
        raise Refused(_("%(count)s teachers are coming already. Keep a place for each.") % {"count": taken})
    until = timezone.localtime(max(filter(None, kept)), playground.program.school.zone)
    raise Refused(
        _(
            "Places taken: %(taken)s. Kept for who is on the waiting list, until %(until)s: %(kept)s."
            " Plan at least %(least)s."
        )
        % {
            "taken": taken,
            "until": date_format(until, "DATETIME_FORMAT"),
            "kept": len(kept),
            "least": taken + len(kept),
        }
    )


def offer_ends_at(playground: PlaygroundSession, *, now: dt.datetime) -> dt.datetime:
    """Until when an offer of this moment stands: the school's hours, and at most half of the time that is left."""
    hours = BookingRules.of(playground.program.school).offer_hours
    return min(now + dt.timedelta(hours=hours), now + (joins_until(playground) - now) / 2)


def joins_until(playground: PlaygroundSession) -> dt.datetime:
    """Until when one may take a place that is offered: the school's notice before it begins."""
    minutes = BookingRules.of(playground.program.school).join_notice_minutes
    return playground.starts_at - dt.timedelta(minutes=minutes)


def end_waiting(entries: WaitlistEntryQuerySet, *, state: str) -> None:
    """Close these entries, and take back the offers that have not left."""
    ended = list(entries)
    outbox.withdraw(*(entry.about for entry in ended))
    WaitlistEntry.objects.filter(pk__in=[entry.pk for entry in ended]).update(state=state)
