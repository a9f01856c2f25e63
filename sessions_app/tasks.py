"""What the worker does for this app; config/celery.py says when."""

from celery import shared_task

from accounts import clock
from sessions_app.services.log_reminders import remind_of_logs as remind
from sessions_app.services.playground_waitlist import offer_due_places


@shared_task
def offer_places() -> None:
    """End the offers of places at playgrounds that nobody took, and offer what is free to who waits."""
    offer_due_places(now=clock.now())


@shared_task
def remind_of_logs() -> None:
    """Write the reminders of bookings that are over and not logged."""
    remind(now=clock.now())
