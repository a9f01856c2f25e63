"""What people are told about a booking or a playground: rows for the outbox, written with the act itself.

Each person gets news at once (lead 0) and the reminders that the school chose. A revision replaces the one before:
the act withdraws what still waits and posts anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import calendar_file
from accounts.models import Message, School, User
from sessions_app.models import Booking, PlaygroundSession


def of_booking(booking: Booking, *, news: str, now: dt.datetime) -> list[Message]:
    """The messages of this revision of a booking, to teacher and mentor: the news, and reminders while it stands.

    `news` is the kind of the message that goes out at once. A reminder whose time has passed is not written.
    """
    path = reverse("booking_detail", args=[booking.pk])
    messages = []
    for person, partner, role in (
        (booking.teacher, booking.mentor, "teacher"),
        (booking.mentor, booking.teacher, "mentor"),
    ):
        context = {
            "partner": partner.short_name,
            "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(),
            "period": booking.period.name if booking.period else "",
            "room": booking.room.name,
            "tool": booking.tool.name,
            "goal": booking.goal,
            "path": path,
            "role": role,
        }
        file = _calendar_file(booking, person=person, path=path, is_cancelled=not booking.is_standing, now=now)
        messages.append(_message(booking, person, kind=news, event_at=now, lead=0, context=context, file=file))
        if booking.is_standing:
            messages += _reminders(booking, person, kind="booking_reminder", context=context, file=file, now=now)
    return messages


def of_playground(
    playground: PlaygroundSession, people: Iterable[User], *, about: str = "", now: dt.datetime
) -> list[Message]:
    """The reminders of a playground for these people: mentors on duty, the adult in charge, teachers who come.

    `about` is another name for the outbox than the playground's own: a sign-up's, so that leaving withdraws just these.
    """
    messages = []
    for person in people:
        context = _playground_context(playground, person)
        file = _calendar_file(playground, person=person, path=context["path"], is_cancelled=False, now=now)
        reminders = _reminders(playground, person, kind="playground_reminder", context=context, file=file, now=now)
        for message in reminders:
            message.about = about or playground.about
        messages += reminders
    return messages


def of_cancelled_playground(
    playground: PlaygroundSession, people: Iterable[User], *, now: dt.datetime
) -> list[Message]:
    """The news for these people that a playground will not be held."""
    messages = []
    for person in people:
        context = _playground_context(playground, person)
        file = _calendar_file(playground, person=person, path=context["path"], is_cancelled=True, now=now)
        messages.append(
            _message(playground, person, kind="playground_cancelled", event_at=now, lead=0, context=context, file=file)
        )
    return messages


def _playground_context(playground: PlaygroundSession, person: User) -> dict[str, Any]:
    return {
        "title": playground.title,
        "starts_at": playground.starts_at.isoformat(),
        "ends_at": playground.ends_at.isoformat(),
        "period": playground.period.name if playground.period else "",
        "room": playground.room.name,
        "path": reverse("playground_detail", args=[playground.pk]),
        "role": "mentor" if person.is_student else "teacher",
    }


def _reminders(
    meeting: Booking | PlaygroundSession,
    person: User,
    *,
    kind: str,
    context: dict[str, Any],
    file: str,
    now: dt.datetime,
) -> list[Message]:
    leads = [lead for lead in _school(meeting).reminder_leads if meeting.starts_at - dt.timedelta(minutes=lead) > now]
    return [
        _message(meeting, person, kind=kind, event_at=meeting.starts_at, lead=lead, context=context, file=file)
        for lead in leads
    ]


def _message(
    meeting: Booking | PlaygroundSession,
    person: User,
    *,
    kind: str,
    event_at: dt.datetime,
    lead: int,
    context: dict[str, Any],
    file: str,
) -> Message:
    return Message(
        school=_school(meeting),
        user=person,
        kind=kind,
        about=meeting.about,
        revision=meeting.revision,
        event_at=event_at,
        lead_minutes=lead,
        due_at=event_at - dt.timedelta(minutes=lead),
        context=context,
        calendar_file=file,
    )


def _calendar_file(
    meeting: Booking | PlaygroundSession, *, person: User, path: str, is_cancelled: bool, now: dt.datetime
) -> str:
    """The calendar file for one person. Other people read calendars, so it names no person and no topic."""
    with translation.override(person.language):
        summary = _("Tech help") if isinstance(meeting, Booking) else _("Tech playground")
    return calendar_file.build(
        f"{meeting.about.replace(':', '-')}@{settings.MAIL_DOMAIN}",
        sequence=meeting.revision,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        summary=summary,
        location=meeting.room.name,
        url=settings.SITE_URL + path,
        organizer=settings.DEFAULT_FROM_EMAIL,
        attendee=person.email or "",
        now=now,
        is_cancelled=is_cancelled,
    )


def _school(meeting: Booking | PlaygroundSession) -> School:
    return meeting.program.school
