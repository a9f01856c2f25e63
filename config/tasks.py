"""What runs on a timer for all apps together; the timetable stands in config/celery.py."""

import logging

from celery import shared_task

from accounts import clock
from accounts.models import School
from config import personal_data
from config.digest import write_digests

logger = logging.getLogger(__name__)


@shared_task
def write_daily_mail() -> None:
    """Tell coordinators what needs them today."""
    write_digests(clock.now())


@shared_task
def end_old_data() -> None:
    """End what each school has kept long enough, by the school's own day; one that fails stops no other."""
    for school in School.objects.order_by("pk"):
        try:
            personal_data.expire(school, now=clock.now())
        except Exception:
            logger.exception("clearing of school %s failed", school.pk)
