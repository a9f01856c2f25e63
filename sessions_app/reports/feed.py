"""What stands in the calendar that a person's own calendar program follows."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import calendar_file
from accounts.calendar_file import Meeting
from accounts.models import User
from sessions_app.models import Booking, PlaygroundSession

BACK, AHEAD = dt.timedelta(days=60), dt.timedelta(days=400)


def feed_of(user: User, *, made_at: dt.datetime, now: dt.datetime) -> str:
    """The calendar as text: the standing bookings and playgrounds in which this person has a part. Two statements.

    Other people look over a shoulder at a calendar: times and rooms stand in it, no name and no topic. What was
    cancelled or passed on is gone from it; the event has the name and the number of the one that was mailed.
    """
    start, end = now - BACK, now + AHEAD
    bookings = Booking.objects.of(user).standing().overlapping(start, end).select_related("room")
    has_part = Q(adult_in_charge=user) | Q(duties__person=user) | Q(sign_ups__teacher=user)
    playgrounds = PlaygroundSession.objects.filter(has_part).standing().overlapping(start, end).distinct()
    own: list[Booking | PlaygroundSession] = [*bookings, *playgrounds.select_related("room")]
    with translation.override(user.language):
        meetings = [
            Meeting(
                uid=calendar_file.event_uid(meeting.about),
                sequence=meeting.revision,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                # The words of the mails: one meeting has one name.
                summary=_("Tech help") if isinstance(meeting, Booking) else _("Tech playground"),
                location=meeting.room.name,
                url=settings.SITE_URL + reverse(_page_of(meeting), args=[meeting.pk]),
            )
            for meeting in own
        ]
    meetings.sort(key=lambda meeting: (meeting.starts_at, meeting.uid))
    return calendar_file.build_feed(meetings, name="Flipside", stamp=made_at)


def _page_of(meeting: Booking | PlaygroundSession) -> str:
    return "booking_detail" if isinstance(meeting, Booking) else "playground_detail"
