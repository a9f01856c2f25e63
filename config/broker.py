"""How we wait for a broker that is away: a publisher hardly, the worker and beat for ever, but with short pauses."""

from contextlib import suppress
from typing import Any

from celery import bootsteps
from celery.app.amqp import AMQP
from celery.worker.consumer import Consumer
from kombu import Connection
from kombu.exceptions import OperationalError

PAUSE_SECONDS_MAX = 2.0


class PatientConnection(Connection):
    """Tries again every 2 s at most. Celery's own pauses grow to 30 s and no setting of it shortens them."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        """Connect, with pauses of half a second that grow to 2 s; what the caller asks for wins."""
        pauses = {"interval_start": 0.5, "interval_step": 0.5, "interval_max": PAUSE_SECONDS_MAX}
        return super().ensure_connection(*args, **{**pauses, **kwargs})


class PatientAMQP(AMQP):
    """Celery's messaging, with connections that try again soon."""

    Connection = PatientConnection


class ScanAtOnce(bootsteps.StartStopStep):
    """A worker scans when it starts, and when the broker is back: what came due meanwhile doesn't wait for beat."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Consumer) -> None:
        """Celery calls it after each connection."""
        from accounts.outbox import SCAN

        with suppress(OperationalError):  # gone again: the next connection calls it once more
            parent.app.send_task(SCAN, retry=False)
