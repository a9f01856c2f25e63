"""Two beats and two workers, as after a deployment that left the old ones running."""

from accounts.models import Message
from tests.accounts.smtp_sink import Sink
from tests.cast import Cast
from tests.faults.conftest import Program, WaitUntil
from tests.faults.test_worker_killed import write_due


def test_two_beats_and_two_workers_send_each_message_once(
    committed_cast: Cast, sink: Sink, program: Program, wait_until: WaitUntil
) -> None:
    expected = write_due(committed_cast, 120)
    for _time in range(2):
        program.start_beat()
        program.start_worker()

    wait_until(lambda: not Message.objects.exclude(state=Message.State.SENT).exists())

    assert sorted(sink.message_ids) == sorted(expected)
    assert not Message.objects.exclude(attempts=1).exists()
