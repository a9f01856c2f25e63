"""What people are told about many bookings at once: one message a person, with the calendar file of each date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Message, User
from sessions_app.models import Booking, Series
from sessions_app.services.notices import address_of, file_of, when_and_where


def of_new_series(series: Series, bookings: Sequence[Booking], *, now: dt.datetime) -> list[Message]:
    """The news to teacher and mentor that all these dates are booked, in their order."""
    messages: list[Message] = []
    for person in _people(bookings):
        own = _own(bookings, person)
        messages += _news(own, person, kind="booking_series_made", about=series.about, revision=0, now=now)
    return messages


def of_cancelled_series(bookings: Sequence[Booking], *, now: dt.datetime) -> list[Message]:
    """The news that these dates will not take place, to each person about the own ones.

    It goes under the name of the first one, which ends but once.
    """
    messages: list[Message] = []
    for person in _people(bookings):
        own = _own(bookings, person)
        messages += _news(
            own, person, kind="booking_series_cancelled", about=own[0].about, revision=own[0].revision, now=now
        )
    return messages


def _news(
    bookings: Sequence[Booking], person: User, *, kind: str, about: str, revision: int, now: dt.datetime
) -> list[Message]:
    first = bookings[0]
    partners = dict.fromkeys(booking.partner_of(person).short_name for booking in bookings)
    with translation.override(person.language):
        partner = _(", ").join(partners)
    context: dict[str, Any] = when_and_where(first) | {
        "partner": partner,
        "tool": first.tool.name,
        "goal": first.goal,
        "path": address_of(first),
        "role": "teacher" if person.pk == first.teacher_id else "mentor",
        "all_at": [booking.starts_at.isoformat() for booking in bookings],
    }
    files = "".join(file_of(booking, person, is_cancelled=not first.is_standing, now=now) for booking in bookings)
    return outbox.notice_rows(
        school=first.program.school,
        about=about,
        revision=revision,
        kind=kind,
        event_at=first.starts_at,
        recipients=[person],
        context_for=lambda _person: context,
        file_for=lambda _person: files,
        now=now,
    )


def _people(bookings: Sequence[Booking]) -> list[User]:
    """Everybody in one of these bookings, once."""
    people = {person.pk: person for booking in bookings for person in (booking.teacher, booking.mentor)}
    return list(people.values())


def _own(bookings: Sequence[Booking], person: User) -> list[Booking]:
    return [booking for booking in bookings if person.pk in (booking.teacher_id, booking.mentor_id)]
