"""What runs on a timer; the timetable stands in config/celery.py."""

from celery import shared_task

from accounts import clock
from surveys import services


@shared_task
def close_due_waves() -> None:
    """Close the waves whose time is over."""
    services.close_due_waves(now=clock.now())


@shared_task
def rewrite_responses() -> None:
    """Mix answers and receipts of the waves that run."""
    services.rewrite_responses(now=clock.now())
