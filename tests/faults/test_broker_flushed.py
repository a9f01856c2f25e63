"""Valkey flushed while messages wait: the queue is gone, and nothing that was promised is."""

import redis

from accounts.models import Message
from tests.accounts.smtp_sink import Sink
from tests.cast import Cast
from tests.faults.conftest import Program, Valkey, WaitUntil
from tests.faults.test_broker_away import POST


def test_flushed_broker_loses_nudges_and_no_message(
    committed_cast: Cast, sink: Sink, valkey: Valkey, program: Program, wait_until: WaitUntil
) -> None:
    program.run(POST)  # nobody works yet: the nudge lies in the queue
    broker = redis.Redis(unix_socket_path=valkey.url.removeprefix("redis+socket://"))
    assert broker.dbsize() > 0

    broker.flushall()
    broker.close()
    program.start_worker()
    program.start_beat()

    wait_until(lambda: not Message.objects.exclude(state=Message.State.SENT).exists())
    assert sink.message_ids == [Message.objects.get().message_id]
