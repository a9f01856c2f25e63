"""What a storm may never leave behind, looked for in plain SQL that shares nothing with the program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from dateutil.rrule import rrulestr
from django.db import connection

# Who and what is taken when, by the bookings and playgrounds themselves; who is done early is free again.
TAKEN = """
WITH meeting AS (
    SELECT id, teacher_id, mentor_id, room_id, tstzrange(starts_at, LEAST(ends_at, finished_at)) AS during
    FROM sessions_app_booking WHERE state = 'booked' AND (finished_at IS NULL OR finished_at > starts_at)
), playground AS (
    SELECT id, adult_in_charge_id, room_id, tstzrange(starts_at, ends_at) AS during
    FROM sessions_app_playgroundsession WHERE state = 'planned'
), taken (what, body, during) AS (
    SELECT 'booking ' || id, 'person ' || teacher_id, during FROM meeting
    UNION ALL SELECT 'booking ' || id, 'person ' || mentor_id, during FROM meeting
    UNION ALL SELECT 'playground ' || id, 'person ' || adult_in_charge_id, during FROM playground
    UNION ALL SELECT 'playground ' || playground.id, 'person ' || duty.person_id, during
              FROM playground JOIN sessions_app_duty duty ON duty.playground_id = playground.id
    UNION ALL SELECT taken.what, 'room ' || room.id, taken.during
              FROM (SELECT 'booking ' || id AS what, room_id, during FROM meeting
                    UNION ALL SELECT 'playground ' || id, room_id, during FROM playground) taken
              JOIN accounts_room room ON room.id = taken.room_id AND NOT room.is_shared
)
"""
OVERLAPS = (
    TAKEN
    + """
SELECT one.body, one.what, other.what
FROM taken one JOIN taken other ON other.body = one.body AND other.what > one.what AND other.during && one.during
ORDER BY 1, 2, 3
"""
)
# Held and not taken, or taken and not held: the two ought to be the same rows.
ASTRAY = (
    TAKEN
    + """
, held (what, body, during) AS (
    SELECT CASE WHEN booking_id IS NULL THEN 'playground ' || playground_id ELSE 'booking ' || booking_id END,
           CASE WHEN person_id IS NULL THEN 'room ' || room_id ELSE 'person ' || person_id END, during
    FROM sessions_app_hold
)
(SELECT 'held only', what, body FROM (SELECT * FROM held EXCEPT ALL SELECT * FROM taken) astray)
UNION ALL
(SELECT 'taken only', what, body FROM (SELECT * FROM taken EXCEPT ALL SELECT * FROM held) astray)
"""
)
# Places kept for those who waited count too, and nobody waits for what she has or for what is called off.
OVERFULL = """
SELECT playground.id, playground.places, kept.count
FROM sessions_app_playgroundsession playground
CROSS JOIN LATERAL (
    SELECT (SELECT count(*) FROM sessions_app_signup place WHERE place.playground_id = playground.id)
         + (SELECT count(*) FROM sessions_app_waitlistentry entry WHERE entry.playground_id = playground.id
            AND entry.state = 'offered' AND entry.offered_until > now()) AS count
) kept
WHERE kept.count > playground.places
"""
WAITS_FOR_NOTHING = """
SELECT 'waits for nothing', entry.id, playground.id
FROM sessions_app_waitlistentry entry
JOIN sessions_app_playgroundsession playground ON playground.id = entry.playground_id
LEFT JOIN sessions_app_signup place ON place.playground_id = playground.id AND place.teacher_id = entry.teacher_id
WHERE entry.state IN ('waiting', 'offered') AND (playground.state <> 'planned' OR place.id IS NOT NULL)
"""
# A reminder of a meeting that is not there, or not then.
STALE = """
SELECT message.id, message.about
FROM accounts_message message
LEFT JOIN sessions_app_booking booking ON message.about = 'booking:' || booking.id
WHERE message.kind = 'booking_reminder' AND message.state = 'waiting'
  AND (booking.state IS DISTINCT FROM 'booked' OR booking.starts_at <> message.event_at)
UNION ALL
SELECT message.id, message.about
FROM accounts_message message
LEFT JOIN sessions_app_signup place ON message.about = 'signup:' || place.id
LEFT JOIN sessions_app_playgroundsession playground
       ON playground.id = place.playground_id OR message.about = 'playground:' || playground.id
WHERE message.about ~ '^(signup|playground):' AND message.kind = 'playground_reminder' AND message.state = 'waiting'
  AND (playground.state IS DISTINCT FROM 'planned' OR playground.starts_at <> message.event_at)
"""

# How many dates each series has, ended ones too; its plan is read by a library of its own.
DATES = """
SELECT series.id, series.rule, series.starts_on, series.until,
       (SELECT count(*) FROM sessions_app_playgroundsession one WHERE one.series_id = series.id)
     + (SELECT count(*) FROM sessions_app_booking one WHERE one.series_id = series.id)
FROM sessions_app_series series
"""

Rows = list[tuple[Any, ...]]


def overlaps() -> Rows:
    """Each two standing meetings that take one person or one unshared room at the same moment: (body, one, other)."""
    return _rows(OVERLAPS)


def leftovers() -> Rows:
    """Whatever else is half done: holds astray, more teachers than places, reminders of nothing, parts of series."""
    return _rows(ASTRAY) + _rows(OVERFULL) + _rows(WAITS_FOR_NOTHING) + _rows(STALE) + partial_series()


def partial_series() -> Rows:
    """Series with fewer or more dates than planned. Those of a storm leave no date out; a booking is its first date."""
    found: Rows = []
    for pk, rule, starts_on, until, count in _rows(DATES):
        first, last = (dt.datetime.combine(day, dt.time()) for day in (starts_on, until))
        planned = {first, *rrulestr(rule, dtstart=first).between(first, last, inc=True)}
        if count != len(planned):
            found.append(("part of a series", pk, count, len(planned)))
    return found


def missing(promised: Collection[int]) -> list[int]:
    """Which of these bookings, that somebody was shown, are not there."""
    if not promised:
        return []
    wanted = ", ".join(f"({int(pk)})" for pk in promised)
    found = _rows(f"SELECT id FROM (VALUES {wanted}) shown (id) EXCEPT SELECT id FROM sessions_app_booking ORDER BY 1")
    return [int(pk) for (pk,) in found]


def _rows(sql: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
