"""kill -9 of the worker in the middle of 200 due reminders."""

import datetime as dt
from collections import Counter

from django.db.models import F
from django.utils import timezone

from accounts import outbox
from accounts.models import Message
from accounts.services import delivery
from tests.accounts.outbox_rows import CONTEXTS
from tests.accounts.smtp_sink import Sink
from tests.cast import Cast
from tests.faults.conftest import Program, WaitUntil

REMINDERS = 200
State = Message.State


def write_due(cast: Cast, count: int) -> list[str]:
    now = timezone.localtime()
    rows = [
        Message(
            school=cast.school,
            user=cast.teacher,
            kind="booking_reminder",
            about=f"booking:{number}",
            event_at=now + dt.timedelta(hours=1),
            lead_minutes=60,
            due_at=now,
            context=CONTEXTS["booking_reminder"],
        )
        for number in range(count)
    ]
    outbox.post(rows)
    return [row.message_id for row in rows]


def test_worker_killed_loses_nothing_and_doubles_only_what_was_in_flight(
    committed_cast: Cast, sink: Sink, program: Program, wait_until: WaitUntil
) -> None:
    expected = write_due(committed_cast, REMINDERS)
    sink.holds_after = 70  # this one has arrived, and its worker will never read the 250
    program.start_beat()
    worker = program.start_worker()
    wait_until(sink.is_holding.is_set)
    in_flight = sink.message_ids[-delivery.GROUP :]  # taken, and perhaps not yet marked

    program.kill(worker)
    sink.may_go_on.set()

    states = Counter(Message.objects.values_list("state", flat=True))
    assert states[State.SENT] >= 70 - delivery.GROUP
    assert states[State.SENT] + states[State.SENDING] == 100
    assert states[State.WAITING] == 100
    a_minute_passes = dt.timedelta(seconds=61)
    Message.objects.filter(state=State.SENDING).update(claimed_at=F("claimed_at") - a_minute_passes)
    program.start_worker()
    wait_until(lambda: not Message.objects.exclude(state=State.SENT).exists())
    arrived = Counter(sink.message_ids)
    assert set(arrived) == set(expected)
    doubled = {name for name, times in arrived.items() if times > 1}
    assert in_flight[-1] in doubled
    assert doubled <= set(in_flight)
    assert max(arrived.values()) == 2
