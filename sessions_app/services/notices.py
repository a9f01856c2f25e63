"""What people are told about a booking or a playground: rows for the outbox, written with the act itself.

Each person gets news at once and the reminders that the school chose. A revision replaces the one before: the act
withdraws what still waits and posts anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import calendar_file, outbox
from accounts.models import Message, User
from accounts.permissions import SEE_CALENDAR
from sessions_app.models import Booking, PlaygroundSession, SignUp, WaitlistEntry
from sessions_app.reports.playground_pin import spoken_pin


def of_booking(booking: Booking, *, news: str, now: dt.datetime) -> list[Message]:
    """The messages of this revision of a booking, to teacher and mentor: the news, and reminders while it stands.

    `news` is the kind of the message that goes out at once. A reminder whose time has passed is not made.
    """
    common = _about_booking(booking, now=now)
    messages = outbox.notice_rows(kind=news, **common)
    if booking.is_standing:
        messages += outbox.reminder_rows(kind="booking_reminder", **common)
    return messages


def reminders_of_booking(booking: Booking, *, now: dt.datetime) -> list[Message]:
    """Only the reminders: the news went out with those of other bookings."""
    return outbox.reminder_rows(kind="booking_reminder", **_about_booking(booking, now=now))


def of_replacement(booking: Booking, before: User, *, now: dt.datetime) -> list[Message]:
    """The news that somebody else helps now: to the new mentor as a booking, to the former as the end of one.

    The teacher's says who comes now. No message about the booking names the former mentor from here on.
    """
    common = _about_booking(booking, now=now)
    mentor, teacher = {"recipients": [booking.mentor]}, {"recipients": [booking.teacher]}
    former = {
        "recipients": [before],
        "context_for": lambda person: common["context_for"](person) | {"path": reverse("calendar")},
        "file_for": lambda person: file_of(booking, person, is_cancelled=True, now=now),
    }
    return [
        *outbox.notice_rows(kind="booking_made", **common | mentor),
        *outbox.notice_rows(kind="booking_mentor_changed", **common | teacher),
        *outbox.notice_rows(kind="booking_cancelled", **common | former),
        *outbox.reminder_rows(kind="booking_reminder", **common),
    ]


def _about_booking(booking: Booking, *, now: dt.datetime) -> dict[str, Any]:
    """What the news and the reminders of a booking have in common."""
    people = [booking.teacher, booking.mentor]
    files = {person.pk: file_of(booking, person, is_cancelled=not booking.is_standing, now=now) for person in people}

    def context_for(person: User) -> dict[str, Any]:
        return when_and_where(booking) | {
            "partner": booking.partner_of(person).short_name,
            "tool": booking.tool.name,
            "goal": booking.goal,
            "path": address_of(booking),
            "role": "teacher" if person.pk == booking.teacher_id else "mentor",
        }

    return {
        "school": booking.program.school,
        "about": booking.about,
        "revision": booking.revision,
        "event_at": booking.starts_at,
        "recipients": people,
        "context_for": context_for,
        "file_for": lambda person: files[person.pk],
        "now": now,
    }


def of_playground(playground: PlaygroundSession, people: Iterable[User], *, now: dt.datetime) -> list[Message]:
    """The reminders of a playground for those who run it: mentors on duty and the adult in charge."""
    return _playground_reminders(playground, people, about=playground.about, now=now)


def of_sign_up(sign_up: SignUp, playground: PlaygroundSession, *, now: dt.datetime) -> list[Message]:
    """The reminders for one teacher who comes, under the sign-up's own name: leaving withdraws just these."""
    return _playground_reminders(playground, [sign_up.teacher], about=sign_up.about, now=now)


def of_offer(entry: WaitlistEntry, playground: PlaygroundSession, *, now: dt.datetime) -> list[Message]:
    """The news for one who waits that a place is kept for her; it is not sent once that is over."""
    assert entry.offered_until is not None
    until_at = entry.offered_until.isoformat()
    return outbox.notice_rows(
        school=playground.program.school,
        about=entry.about,
        revision=0,
        kind="playground_offer",
        event_at=entry.offered_until,
        recipients=[entry.teacher],
        context_for=lambda person: _playground_context(playground, person) | {"until_at": until_at},
        now=now,
    )


def of_cancelled_playground(
    playground: PlaygroundSession, people: Iterable[User], *, now: dt.datetime
) -> list[Message]:
    """The news for these people that a playground will not be held."""
    return _playground_news(playground, people, kind="playground_cancelled", is_cancelled=True, now=now)


def of_changed_playground(playground: PlaygroundSession, people: Iterable[User], *, now: dt.datetime) -> list[Message]:
    """The news for these people that a playground has another time, room or name."""
    return _playground_news(playground, people, kind="playground_changed", is_cancelled=False, now=now)


def of_released(playground: PlaygroundSession, people: Iterable[User], *, now: dt.datetime) -> list[Message]:
    """The news for these people that they are not needed at a playground any more."""
    messages = _playground_news(playground, people, kind="playground_released", is_cancelled=True, now=now)
    for message in messages:  # the playground's own page may not be theirs any more
        assert message.user is not None
        message.context["path"] = reverse("calendar" if message.user.may(SEE_CALENDAR) else "home")
    return messages


def told_once(messages: Iterable[Message]) -> list[Message]:
    """The same reminders, and of the news of each kind only the first one to each person, which stands for the others.

    Of a whole term that was moved nobody reads thirty mails. It counts the others, and has the calendar files of all.
    """
    reminders: list[Message] = []
    news: dict[tuple[str, int | None], list[Message]] = {}
    for message in messages:
        if message.lead_minutes:
            reminders.append(message)
        else:
            news.setdefault((message.kind, message.user_id), []).append(message)
    for first, *others in news.values():
        if others:
            first.context["more_count"] = len(others)
            first.calendar_file += "".join(one.calendar_file for one in others)
    return [*reminders, *(first for first, *_others in news.values())]


def _playground_news(
    playground: PlaygroundSession, people: Iterable[User], *, kind: str, is_cancelled: bool, now: dt.datetime
) -> list[Message]:
    return outbox.notice_rows(
        school=playground.program.school,
        about=playground.about,
        revision=playground.revision,
        kind=kind,
        event_at=playground.starts_at,
        recipients=people,
        context_for=lambda person: _playground_context(playground, person),
        file_for=lambda person: file_of(playground, person, is_cancelled=is_cancelled, now=now),
        now=now,
    )


def _playground_reminders(
    playground: PlaygroundSession, people: Iterable[User], *, about: str, now: dt.datetime
) -> list[Message]:
    return outbox.reminder_rows(
        school=playground.program.school,
        about=about,
        revision=playground.revision,
        kind="playground_reminder",
        event_at=playground.starts_at,
        recipients=people,
        context_for=lambda person: _playground_context(playground, person) | {"pin": spoken_pin(playground, person)},
        file_for=lambda person: file_of(playground, person, is_cancelled=False, now=now),
        now=now,
    )


def _playground_context(playground: PlaygroundSession, person: User) -> dict[str, Any]:
    return when_and_where(playground) | {
        "title": playground.title,
        # Who may not see calendars can be in charge all the same.
        "path": address_of(playground) if person.may(SEE_CALENDAR) else reverse("home"),
        "role": "mentor" if person.is_student else "teacher",
    }


def when_and_where(meeting: Booking | PlaygroundSession) -> dict[str, Any]:
    """What every message about a meeting says."""
    return {
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "period": meeting.period.name if meeting.period else "",
        "room": meeting.room.name,
    }


def file_of(meeting: Booking | PlaygroundSession, person: User, *, is_cancelled: bool, now: dt.datetime) -> str:
    """The calendar file of one meeting for one person; empty for somebody without an address, who gets no mail."""
    if not person.email:
        return ""
    return calendar_file.build(
        **vars(_event_of(meeting, person)),
        organizer=settings.DEFAULT_FROM_EMAIL,
        attendee=person.email,
        now=now,
        is_cancelled=is_cancelled,
    )


def _event_of(meeting: Booking | PlaygroundSession, person: User) -> calendar_file.Meeting:
    """A meeting as it stands in the calendar of one person. Other people read calendars: no person and no topic."""
    with translation.override(person.language):
        summary = _("Tech help") if isinstance(meeting, Booking) else _("Tech playground")
    return calendar_file.Meeting(
        uid=calendar_file.event_uid(meeting.about),
        sequence=meeting.revision,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        summary=summary,
        location=meeting.room.name,
        url=settings.SITE_URL + address_of(meeting),
    )


def address_of(meeting: Booking | PlaygroundSession) -> str:
    """The address of its page on our site."""
    return reverse("booking_detail" if isinstance(meeting, Booking) else "playground_detail", args=[meeting.pk])
