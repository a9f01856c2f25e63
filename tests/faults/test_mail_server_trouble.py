"""A mail server that is away, puts off, or breaks off after DATA: the worker goes on, and nothing is lost."""

from collections import Counter

import pytest
from django.db.models import F

from accounts import clock
from accounts.models import Message
from tests.accounts.smtp_sink import Sink
from tests.cast import Cast
from tests.faults.conftest import Program, WaitUntil
from tests.faults.test_worker_killed import write_due

MAILS = 6
State = Message.State


def pauses_are_over() -> None:
    Message.objects.filter(state=State.WAITING).update(retry_at=None, due_at=F("created_at"))


@pytest.mark.parametrize("trouble", ["421 closing", "450 later", "drop"])
def test_trouble_that_ends_leaves_none_lost_and_none_doubled(
    committed_cast: Cast, sink: Sink, program: Program, wait_until: WaitUntil, trouble: str
) -> None:
    address = committed_cast.teacher.email or ""
    if trouble == "421 closing":
        sink.answer_to_sender = trouble
    elif trouble == "450 later":
        sink.answers_to_recipient[address] = trouble
    else:
        sink.answers_to_data[address] = trouble
    expected = write_due(committed_cast, MAILS)
    program.start_worker()
    program.start_beat()
    wait_until(lambda: not Message.objects.filter(error="").exists())

    assert Counter(Message.objects.values_list("state", flat=True)) == {State.WAITING: MAILS}
    assert not Message.objects.filter(retry_at__lte=clock.now()).exists()
    sink.answer_to_sender = ""
    sink.answers_to_recipient.clear()
    sink.answers_to_data.clear()
    pauses_are_over()

    wait_until(lambda: not Message.objects.exclude(state=State.SENT).exists())
    assert sorted(sink.message_ids) == sorted(expected)
