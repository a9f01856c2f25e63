"""What the worker does for this app; config/celery.py says when."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from accounts import clock, outbox
from accounts.services import delivery, roster


@shared_task
def scan_outbox() -> None:
    """Send what is due."""
    delivery.deliver_due(now=clock.now)


@shared_task
def expire_daily() -> None:
    """Delete what has been kept long enough."""
    outbox.expire(clock.now())
    roster.expire_uploads(now=clock.now())
    SessionStore.clear_expired()
