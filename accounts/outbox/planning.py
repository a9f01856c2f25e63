"""When a message is due: what the person chose, what the school allows, and the school's quiet hours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import F

from accounts.models import Message, School, User
from accounts.models.message_choice import REMINDERS, TOPIC_OF

# More minutes than any reminder goes ahead.
ASIDE = 10_000_000


@dataclass(frozen=True)
class Leads:
    """How many minutes before a session each person is reminded, the longer time first: the school's, or the own."""

    of_school: list[int]
    own: dict[int, list[int]] = field(default_factory=dict)

    def of(self, user_id: int | None) -> list[int]:
        """The two times of one person; of the school for a guardian."""
        return self.own.get(user_id or 0, self.of_school)

    def instead_of(self, minutes: int, *, before: Leads, user_id: int | None) -> int:
        """What takes the place of one of the earlier times, if it was one."""
        return dict(zip(before.of(user_id), self.of(user_id), strict=False)).get(minutes, minutes)


def lead(minutes: int) -> dt.timedelta:
    """How long before its event a message is due."""
    return dt.timedelta(minutes=minutes)


def leads_for(person: object, school: School) -> list[int]:
    """The times of one recipient: what she chose, as long as the school allows it, else the school's. No query."""
    chosen = person.reminder_leads if isinstance(person, User) else None
    return sorted(chosen if chosen and _allows(school, chosen) else school.reminder_leads, reverse=True)


def leads_in_force(school: School, *, user: User | None = None) -> Leads:
    """The times of everybody in the school, or of one person, as they are stored now. One query."""
    people = User.objects.filter(school=school, reminder_leads__isnull=False)
    if user is not None:
        people = people.filter(pk=user.pk)
    own = {
        pk: sorted(leads, reverse=True)
        for pk, leads in people.values_list("pk", "reminder_leads")
        if leads and _allows(school, leads)
    }
    return Leads(sorted(school.reminder_leads, reverse=True), own)


def due_at(school: School, *, kind: str, event_at: dt.datetime, lead_minutes: int, now: dt.datetime) -> dt.datetime:
    """When a message leaves: `event_at - lead`, or now where the lead is 0, but not in quiet hours.

    A reminder of something that begins comes before them, everything else after them. Where neither is possible, since
    that time has passed or the event would have begun, it leaves in them. What nobody can choose knows no quiet hours:
    the account, consents, calls for help.
    """
    moment = event_at - lead(lead_minutes) if lead_minutes else now
    quiet = school.quiet_around(max(moment, now)) if kind in TOPIC_OF else None
    if quiet is None:
        return moment
    begin, end = quiet
    if kind in REMINDERS and begin > now:
        return begin
    is_ahead = event_at > max(moment, now)
    return moment if is_ahead and end >= event_at else end


@transaction.atomic
def reschedule(school: School, *, before: Leads, now: dt.datetime, user: User | None = None) -> int:
    """Move what waits, of a school or of one person, to where it belongs by what is chosen now; returns how many rows.

    `before` are the times under which it was written. What is due already stays. One statement moves all rows; where a
    reminder has gone out at its new distance from the event already, it is cancelled.
    """
    after = leads_in_force(school, user=user)
    rows = Message.objects.waiting().filter(school=school, kind__in=TOPIC_OF, due_at__gt=now)
    if user is not None:
        rows = rows.filter(user=user)
    waiting = list(rows.select_for_update().order_by("pk").defer("context", "calendar_file"))
    places: dict[int, tuple[int, dt.datetime]] = {}
    for message in waiting:
        minutes = message.lead_minutes
        if message.kind in REMINDERS:
            minutes = after.instead_of(minutes, before=before, user_id=message.user_id)
        due = due_at(school, kind=message.kind, event_at=message.event_at, lead_minutes=minutes, now=now)
        if (minutes, due) != (message.lead_minutes, message.due_at):
            places[message.pk] = (minutes, due)
    told = _step_aside([message for message in waiting if message.pk in places], places)
    for message in told:
        del places[message.pk]
    _place(places)
    return len(places)


def _step_aside(messages: list[Message], places: dict[int, tuple[int, dt.datetime]]) -> list[Message]:
    """Make room for reminders that take each other's times, and cancel those whose new time has been; answers these."""
    moving = [message for message in messages if places[message.pk][0] != message.lead_minutes]
    if not moving:
        return []
    others = Message.objects.filter(about__in={message.about for message in moving})
    over = {
        (*_key(message), message.lead_minutes)
        for message in others.exclude(state=Message.State.WAITING).defer("context", "calendar_file")
    }
    told = [message for message in moving if (*_key(message), places[message.pk][0]) in over]
    Message.objects.filter(pk__in=[message.pk for message in moving]).update(lead_minutes=F("lead_minutes") + ASIDE)
    # Out of the way for good: its own number is a place that no other reminder takes.
    Message.objects.filter(pk__in=[message.pk for message in told]).update(
        state=Message.State.CANCELLED, lead_minutes=2 * ASIDE + F("pk")
    )
    return told


def _place(places: dict[int, tuple[int, dt.datetime]]) -> None:
    """Write all new times in one statement."""
    if not places:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_message SET lead_minutes = place.lead_minutes, due_at = place.due_at "
            "FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS place(id, lead_minutes, due_at) "
            "WHERE accounts_message.id = place.id",
            [list(places), [minutes for minutes, _due in places.values()], [due for _minutes, due in places.values()]],
        )


def _key(message: Message) -> tuple[object, ...]:
    return message.about, message.kind, message.user_id, message.guardian_id, message.revision


def _allows(school: School, leads: list[int]) -> bool:
    return all(school.lead_least <= minutes <= school.lead_most for minutes in leads)
