"""The scan in nights in which clocks change: minute by minute, each reminder leaves once and as soon as it is due."""

import datetime as dt
import zoneinfo
from collections import Counter
from collections.abc import Callable

import pytest

from accounts import outbox
from accounts.models import Message
from accounts.services import delivery
from sessions_app.services.notices import of_booking, of_playground
from tests import factories
from tests.cast import Cast

MINUTE, QUARTER = dt.timedelta(minutes=1), dt.timedelta(minutes=15)
LEAD = 10 * 60  # minutes: what is remembered in the night takes place in the morning after, on new time


def standing_at(moment: dt.datetime) -> Callable[[], dt.datetime]:
    return lambda: moment


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("America/New_York", dt.datetime(2026, 11, 1, 6, tzinfo=dt.UTC)),  # from 2:00 back to 1:00
        ("America/New_York", dt.datetime(2027, 3, 14, 7, tzinfo=dt.UTC)),  # from 2:00 on to 3:00
        ("Europe/Madrid", dt.datetime(2027, 3, 28, 1, tzinfo=dt.UTC)),  # from 2:00 on to 3:00
    ],
)
def test_reminder_of_each_quarter_of_an_hour_leaves_once_in_the_first_scan_after_it_is_due(
    cast: Cast, mailoutbox: list, zone: str, change: dt.datetime
) -> None:
    cast.school.time_zone, cast.school.reminder_leads = zone, [LEAD]
    cast.school.save()
    wall, begin, end = zoneinfo.ZoneInfo(zone), change - 6 * QUARTER, change + 6 * QUARTER
    assert begin.astimezone(wall).utcoffset() != end.astimezone(wall).utcoffset()
    starts = [begin + number * QUARTER + LEAD * MINUTE for number in range(12)]
    for start in starts:
        who = {"program": cast.program, "starts_at": start, "ends_at": start + QUARTER}
        booking = factories.BookingFactory(teacher=cast.teacher, mentor=cast.mentor, **who)
        playground = factories.PlaygroundSessionFactory(adult_in_charge=cast.admin, room=cast.library, **who)
        rows = of_booking(booking, news="booking_made", now=begin - MINUTE)
        outbox.post([row for row in rows if row.kind == "booking_reminder"])
        outbox.post(of_playground(playground, [cast.admin], now=begin - MINUTE))
    # A moment of the scan that lies between two minutes, as the real one does.
    scan = begin - dt.timedelta(seconds=30)

    while scan < end + MINUTE:
        delivery.deliver_due(now=standing_at(scan))
        scan += MINUTE

    sent = list(Message.objects.order_by("due_at", "kind", "pk"))
    assert [message.due_at for message in sent] == [start - LEAD * MINUTE for start in starts for _each in range(3)]
    assert {message.state for message in sent} == {Message.State.SENT}
    assert {message.sent_at - message.due_at for message in sent} == {dt.timedelta(seconds=30)}
    letters = Counter(letter.extra_headers["Message-ID"] for letter in mailoutbox)
    by_mail = [message for message in sent if message.user.email]
    assert letters == Counter(message.message_id for message in by_mail)
    assert len(by_mail) == 2 * len(starts)
    texts = {letter.extra_headers["Message-ID"]: str(letter.body) for letter in mailoutbox}
    for message in by_mail:
        on_the_wall = message.event_at.astimezone(wall)
        assert f"{on_the_wall.hour}:{on_the_wall:%M} to " in texts[message.message_id]
