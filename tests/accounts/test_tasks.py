"""The tasks of beat's table, called as the worker calls them."""

import datetime as dt

import time_machine
from django.contrib.sessions.models import Session
from django.core import mail as mailbox

from accounts import tasks
from accounts.models import Message
from config.celery import app
from tests.accounts.outbox_rows import make_message
from tests.cast import NOW, Cast


def test_every_timer_calls_a_task_that_exists() -> None:
    app.loader.import_default_modules()

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


@time_machine.travel(NOW, tick=False)
def test_scan_outbox_sends_what_is_due_by_the_clock(cast: Cast) -> None:
    make_message(cast.teacher)
    make_message(cast.other_teacher, due_at=NOW + dt.timedelta(minutes=1))

    tasks.scan_outbox()

    assert [letter.to for letter in mailbox.outbox] == [["ortiz@example.org"]]


@time_machine.travel(NOW, tick=False)
def test_expire_daily_empties_old_texts_and_drops_old_sessions(cast: Cast) -> None:
    long_ago = NOW - dt.timedelta(days=40)
    make_message(cast.teacher, state="sent", channel="mail", sent_at=long_ago, due_at=long_ago)
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - dt.timedelta(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=NOW + dt.timedelta(days=1))

    tasks.expire_daily()

    assert Message.objects.get().context == {}
    assert [session.session_key for session in Session.objects.all()] == ["new"]
