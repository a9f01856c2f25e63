"""The Celery app, and the one table of what runs on a timer."""

import os
import sys
import warnings
from pathlib import Path
from typing import Any

from celery import Celery, Task
from celery.platforms import SecurityWarning  # type: ignore[attr-defined]  # celery-types leaves it out
from celery.schedules import crontab
from celery.signals import beat_init, celeryd_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.broker import PatientAMQP, ScanAtOnce

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if "celery" in Path(sys.argv[0]).parts[-2:]:  # the worker or beat starts: a wrong set-up is one sentence here too
    try:
        settings.DEBUG  # noqa: B018  # reading anything reads everything
    except ImproperlyConfigured as error:
        sys.exit(str(error))


class TrailedTask(Task):
    """Every task of the program: what it writes carries the task's name in the trail."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it inside the trail's context."""
        from accounts.trail import writing

        with writing(f"task:{self.name}"):
            return super().__call__(*args, **kwargs)


app = Celery("flipside", amqp=PatientAMQP, task_cls=TrailedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(ScanAtOnce)


@app.on_configure.connect
def fill_timetable(sender: Celery, **kwargs: Any) -> None:
    """Every timer of the program stands here. Scans find what is due in the tables, so a missed run loses nothing."""
    scan = settings.OUTBOX_SCAN_SECONDS
    sender.conf.beat_schedule = {
        "send what is due": {"task": "accounts.tasks.scan_outbox", "schedule": scan, "options": {"expires": scan}},
        "close waves": {"task": "surveys.tasks.close_due_waves", "schedule": scan, "options": {"expires": scan}},
        "offer places": {"task": "sessions_app.tasks.offer_places", "schedule": scan, "options": {"expires": scan}},
        "daily mail": {"task": "config.tasks.write_daily_mail", "schedule": crontab(minute="*/10")},
        "missing logs": {"task": "sessions_app.tasks.remind_of_logs", "schedule": crontab(minute="*/15")},
        "mix responses": {"task": "surveys.tasks.rewrite_responses", "schedule": crontab(hour="2", minute="15")},
        "end old data": {"task": "accounts.tasks.expire_daily", "schedule": crontab(hour="3", minute="15")},
        "end what was kept": {"task": "config.tasks.end_old_data", "schedule": crontab(hour="3", minute="30")},
    }


@celeryd_init.connect
@beat_init.connect
def refuse_unready_worker(**kwargs: Any) -> None:
    """The worker and beat refuse what the web process refuses, in one sentence."""
    if settings.DEBUG:  # in a container of one's own, everybody is root
        warnings.filterwarnings("ignore", category=SecurityWarning)
    from config.readiness import refuse_unready

    try:
        refuse_unready()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
