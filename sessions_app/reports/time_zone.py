"""What a change of the school's time zone would touch."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from accounts.models import School
from sessions_app.models import Booking, PlaygroundSession


@dataclass(frozen=True)
class Ahead:
    """How many bookings and playgrounds stand from now on, and when the first one begins."""

    bookings: int
    playgrounds: int
    first: dt.datetime | None

    @property
    def count(self) -> int:
        """All of them."""
        return self.bookings + self.playgrounds

    def as_read_in(self, zone: zoneinfo.ZoneInfo) -> dt.datetime | None:
        """The first one by the clock of another zone, without a zone of its own: it is shown as it stands."""
        return self.first.astimezone(zone).replace(tzinfo=None) if self.first else None


def what_lies_ahead(school: School, *, now: dt.datetime) -> Ahead:
    """The standing bookings and playgrounds of a school that have not begun; four queries."""
    bookings = Booking.objects.standing().filter(program__school=school, starts_at__gt=now)
    playgrounds = PlaygroundSession.objects.filter(
        program__school=school, starts_at__gt=now, state=PlaygroundSession.State.PLANNED
    )
    firsts = [
        row.starts_at for rows in (bookings, playgrounds) for row in rows.order_by("starts_at").only("starts_at")[:1]
    ]
    return Ahead(bookings.count(), playgrounds.count(), min(firsts, default=None))
