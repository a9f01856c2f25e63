"""What stands in the calendar between two instants, as one person may see it."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from sessions_app.models import Booking, Duty, PlaygroundSession, SignUp, WaitlistEntry
from sessions_app.models.playground import PlaygroundSessionQuerySet


@dataclass(frozen=True)
class Entry:
    """A booking or a playground, exactly one of the two; `is_on_duty` as a mentor of that playground."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    booking: Booking | None = None
    playground: PlaygroundSession | None = None
    is_on_duty: bool = False


def agenda(user: User, start: dt.datetime, end: dt.datetime) -> list[Entry]:
    """The standing bookings and playgrounds of `[start, end)` that `user` may read in full, the earliest first.

    Two statements. Playgrounds carry what `playgrounds_for` adds.
    """
    bookings = Booking.objects.visible_to(user).standing().overlapping(start, end).with_people()
    playgrounds = playgrounds_for(user).overlapping(start, end)
    entries = [Entry(booking.starts_at, booking.ends_at, booking=booking) for booking in bookings]
    for one in playgrounds:
        is_on_duty = one.is_on_duty  # type: ignore[attr-defined]  # playgrounds_for adds it
        entries.append(Entry(one.starts_at, one.ends_at, playground=one, is_on_duty=is_on_duty))
    return sorted(entries, key=lambda entry: (entry.starts_at, entry.ends_at))


def playgrounds_for(user: User) -> PlaygroundSessionQuerySet:
    """The standing playgrounds that `user` may see, with counts and the own part in each.

    Adds `sign_up_count`, `places_left` (neither taken nor kept for somebody else), `duty_count`, `is_joined`,
    `is_waiting`, `offered_until` and `is_on_duty`.
    """
    waitlist = WaitlistEntry.objects.filter(playground=OuterRef("pk"))
    kept = waitlist.filter(state=WaitlistEntry.State.OFFERED).exclude(teacher=user).order_by()
    kept_count = kept.values("playground").annotate(count=Count("pk")).values("count")
    own_places = SignUp.objects.filter(playground=OuterRef("pk"), teacher=user)
    own_duties = Duty.objects.filter(playground=OuterRef("pk"), person=user)
    return (
        PlaygroundSession.objects.filter(pk__in=PlaygroundSession.objects.visible_to(user).values("pk"))
        .standing()
        .select_related("room", "period")
        .with_sign_up_count()
        .annotate(
            places_left=Greatest(F("places") - F("sign_up_count") - Coalesce(Subquery(kept_count), 0), Value(0)),
            duty_count=Count("duties", distinct=True),
            is_joined=Exists(own_places),
            is_waiting=Exists(waitlist.open().filter(teacher=user)),
            offered_until=Subquery(
                waitlist.filter(state=WaitlistEntry.State.OFFERED, teacher=user).values("offered_until")[:1]
            ),
            is_on_duty=Exists(own_duties),
        )
    )


def busy_spans(user: User, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """When other people of the school have bookings, without who, where or how many. One statement."""
    others = Booking.objects.filter(program__school=user.school_id).exclude(pk__in=Booking.objects.of(user))
    spans = others.standing().overlapping(start, end).order_by("starts_at", "ends_at")
    return list(spans.values_list("starts_at", "ends_at").distinct())


def by_day(entries: Iterable[Entry], zone: zoneinfo.ZoneInfo) -> list[tuple[dt.date, list[Entry]]]:
    """Entries in their order, grouped by the date on the school's walls."""
    days = itertools.groupby(entries, key=lambda entry: entry.starts_at.astimezone(zone).date())
    return [(day, list(group)) for day, group in days]


def week_of(day: dt.date, zone: zoneinfo.ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The instants between which the week of `day` lies, from Monday to the next Monday, in the school's zone."""
    monday = day - dt.timedelta(days=day.weekday())
    return midnight(monday, zone), midnight(monday + dt.timedelta(days=7), zone)


def month_of(day: dt.date, zone: zoneinfo.ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The instants between which the month of `day` lies, in the school's zone."""
    first = day.replace(day=1)
    return midnight(first, zone), midnight((first + dt.timedelta(days=31)).replace(day=1), zone)


def midnight(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The instant at which a day of the school begins."""
    return dt.datetime.combine(day, dt.time.min, zone).astimezone(dt.UTC)
