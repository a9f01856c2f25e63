"""The daily mail to coordinators: what needs them today, in numbers, from the panels of their home page."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts import outbox
from accounts.models import Message, MessageChoice, School, SchoolDay, User
from accounts.models.message_choice import Topic
from accounts.permissions import Role
from config.home import panels_of, wearing

logger = logging.getLogger(__name__)

KIND = "daily_digest"
# Who has nothing to do at that time is told of what comes up in the hours after it; later the day explains itself.
WRITTEN_FOR = dt.timedelta(hours=2)


def write_digests(now: dt.datetime) -> int:
    """Write today's mail for each coordinator who has none yet; answers how many.

    A school that fails stops no other.
    """
    count = 0
    for school in School.objects.exclude(digest_at=None).order_by("pk"):
        if not _is_time(school, now):
            continue
        try:
            count += _write_for(school, now)
        except Exception:  # whatever it is, the other schools' mails go out
            logger.exception("daily mail of school %s failed", school.pk)
    return count


def _is_time(school: School, now: dt.datetime) -> bool:
    """Whether there is school today and the hour has come, by the clock on the wall."""
    assert school.digest_at is not None
    today = now.astimezone(school.zone).date()
    due = dt.datetime.combine(today, school.digest_at, school.zone).astimezone(dt.UTC)
    return due <= now < due + WRITTEN_FOR and SchoolDay.objects.filter(school=school, date=today).exists()


@transaction.atomic
def _write_for(school: School, now: dt.datetime) -> int:
    """One mail for each coordinator whom something needs, and who reads it by mail; yesterday's is withdrawn."""
    School.objects.select_for_update(no_key=True).get(pk=school.pk)  # two scans stand in line
    today = now.astimezone(school.zone).date()
    revision = today.toordinal()
    coordinators = User.objects.active().filter(school=school).with_role(Role.COORDINATOR).select_related("school")
    told = Message.objects.filter(kind=KIND, school=school, revision=revision).values("user")
    at_home = MessageChoice.objects.filter(topic=Topic.DIGEST, channel=Message.Channel.HOME).values("user")
    count = 0
    for coordinator in coordinators.exclude(pk__in=told).exclude(pk__in=at_home).exclude(email=None):
        wearer = wearing(coordinator, Role.COORDINATOR)
        needs = [asdict(need) for panel in panels_of(coordinator, wearer, now) for need in panel.needs]
        if not needs:
            continue
        about = f"digest:{coordinator.pk}"
        outbox.withdraw(about)
        outbox.post(
            outbox.notice_rows(
                school=school,
                about=about,
                revision=revision,
                kind=KIND,
                event_at=now,
                recipients=[coordinator],
                context_for=partial(_context, today, needs),
                now=now,
            )
        )
        count += 1
    return count


def _context(today: dt.date, needs: list[dict[str, Any]], _coordinator: User) -> dict[str, Any]:
    return {"path": reverse("home"), "day": today.isoformat(), "needs": needs}
