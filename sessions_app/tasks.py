"""What the worker does for this app; config/celery.py says when."""

from celery import shared_task

from accounts import clock
from sessions_app.services.log_reminders import remind_of_logs as remind


@shared_task
def remind_of_logs() -> None:
    """Write the reminders of bookings that are over and not logged."""
    remind(now=clock.now())
