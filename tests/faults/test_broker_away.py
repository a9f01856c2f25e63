"""Valkey stopped: what is saved stays saved, and the mail leaves when it is back, before beat's next scan."""

from accounts.models import Message
from tests.accounts.smtp_sink import Sink
from tests.cast import Cast
from tests.faults.conftest import Program, Valkey, WaitUntil

POST = """
from django.db import transaction
from accounts import clock, outbox
from accounts.models import User

with transaction.atomic():
    teacher = User.objects.select_related("school").get(username="ortiz")
    outbox.post(outbox.notice_rows(
        school=teacher.school, about="concern:1", revision=0, kind="concern_raised", event_at=clock.now(),
        recipients=[teacher], context_for=lambda person: {"path": "/concerns/1/"}, now=clock.now(),
    ))
"""


def test_post_without_broker_is_saved_and_sent_after_its_return(
    committed_cast: Cast,
    sink: Sink,
    valkey: Valkey,
    program: Program,
    wait_until: WaitUntil,
) -> None:
    program.start_worker()
    program.run(POST)
    wait_until(lambda: len(sink.letters) == 1)

    valkey.stop()
    program.run(POST.replace("concern:1", "concern:2"))

    message = Message.objects.get(about="concern:2")
    assert (message.state, len(sink.letters)) == (Message.State.WAITING, 1)
    valkey.start()
    wait_until(lambda: len(sink.letters) == 2)
    assert sink.message_ids[1] == message.message_id
    wait_until(lambda: not Message.objects.exclude(state=Message.State.SENT).exists())


def test_worker_sends_what_came_due_before_it_started(
    committed_cast: Cast,
    sink: Sink,
    valkey: Valkey,
    program: Program,
    wait_until: WaitUntil,
) -> None:
    valkey.stop()
    program.run(POST)
    valkey.start()

    program.start_worker()

    wait_until(lambda: len(sink.letters) == 1)
