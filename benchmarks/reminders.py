"""Work "reminders": one worker sends what is due, beside a plain smtplib loop over one kept connection.

Both hand the same number of mails to the same mail server in a process of its own: ours claims, renders, sends, and
writes down how each ended; the limit calls `send_message` for messages that are made already.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import statistics
import subprocess
import sys
import time

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock, mail
from accounts.models import Message, School, User
from accounts.permissions import Role
from accounts.services import delivery
from benchmarks.measure import own_memory_mib, report
from benchmarks.place import Place
from config.environment import BASE_DIR

MAILS = 1_000
ROUNDS = 5
LIMIT = "a smtplib loop of send_message over one kept connection"


def run(place: Place) -> None:
    """Rounds of ours and the limit, taking turns; every mail must have arrived and be marked."""
    command = [sys.executable, "-m", "benchmarks.mail_server"]
    with subprocess.Popen(command, cwd=BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(server.stdout.readline())
        try:
            measure()
        finally:
            server.stdin.close()


def measure() -> None:
    """One line for the rate."""
    teacher = make_teacher()
    ours: list[float] = []
    limits: list[float] = []
    write_due(teacher)
    letters = [mail.render(message, now=clock.now()) for message in due()]
    deliver()  # the first time is the one of caches and plans
    statements = 0
    for number in range(ROUNDS):
        write_due(teacher)
        if number:
            ours.append(deliver())
        else:
            with CaptureQueriesContext(connection) as captured:
                deliver()
            statements = len(captured)
        limits.append(plain_loop(letters))
    report(
        "reminders",
        "claim, render, send and mark what is due",
        n=MAILS,
        ours_ms=statistics.median(ours) * 1000,
        limit=LIMIT,
        limit_ms=statistics.median(limits) * 1000,
        statements=statements,
        rss_mib=own_memory_mib(),
        sent_per_second=round(MAILS / statistics.median(ours)),
    )


def make_teacher() -> User:
    """Somebody with an address."""
    school = School.objects.create(name="reminders", time_zone="America/Chicago")
    return User.objects.create(
        school=school, username="reminded", given_name="Ana", family_name="Ortiz", title="Ms",
        email="ortiz@example.org", roles=[Role.TEACHER],
    )  # fmt: skip


def write_due(teacher: User) -> None:
    """Reminders that are due at this moment, each of another booking, with a calendar file."""
    Message.objects.filter(user=teacher).delete()
    now = clock.now()
    starts_at = now + dt.timedelta(hours=1)
    context = {
        "partner": "Maya R.", "starts_at": starts_at.isoformat(), "period": "4th period", "room": "112",
        "ends_at": (starts_at + dt.timedelta(minutes=45)).isoformat(), "tool": "Immersive Reader", "goal": "Captions",
        "path": "/bookings/1/", "role": "teacher",
    }  # fmt: skip
    Message.objects.bulk_create(
        Message(
            school=teacher.school,
            user=teacher,
            kind="booking_reminder",
            about=f"booking:{number}",
            event_at=starts_at,
            lead_minutes=60,
            due_at=now,
            context=context,
        )  # fmt: skip
        for number in range(MAILS)
    )


def due() -> list[Message]:
    """All that is due, with what rendering needs."""
    return list(Message.objects.waiting().select_related("school", "user", "guardian"))


def deliver() -> float:
    """Seconds that one worker takes for all; raises unless all of them were sent."""
    start = time.perf_counter()
    tally = delivery.deliver_due(now=clock.now)
    took = time.perf_counter() - start
    if tally != {"sent": MAILS}:
        raise AssertionError(f"Not all mails were sent: {dict(tally)}")
    return took


def plain_loop(letters: list[EmailMultiAlternatives]) -> float:
    """Seconds that a program without a database takes to send messages that are made already."""
    messages = [letter.message() for letter in letters]
    start = time.perf_counter()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        for message in messages:
            server.send_message(message)
    return time.perf_counter() - start
