"""Two scans at once, as two beats or a nudge beside beat make them."""

import threading

from django.db import connections
from pytest_django.fixtures import Settings

from accounts import clock
from accounts.models import Message
from accounts.services import delivery
from tests.accounts.smtp_sink import Sink
from tests.cast import Cast
from tests.faults.test_worker_killed import write_due


def test_two_scans_at_once_send_each_message_once(committed_cast: Cast, sink: Sink, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
    expected = write_due(committed_cast, 2 * delivery.BATCH + 10)
    begin = threading.Barrier(2)

    def scan() -> None:
        try:
            begin.wait()
            delivery.deliver_due(now=clock.now)
        finally:
            connections.close_all()

    scans = [threading.Thread(target=scan) for _number in range(2)]
    for thread in scans:
        thread.start()
    for thread in scans:
        thread.join()

    assert sorted(sink.message_ids) == sorted(expected)
    assert not Message.objects.exclude(state=Message.State.SENT, attempts=1).exists()
