"""Choosing how and when messages come: each person for herself, and a school for everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts import outbox
from accounts.models import Message, MessageChoice, School, User
from accounts.permissions import CHOOSE_MESSAGES, SET_SCHOOL_TIME
from accounts.services.refusal import require_act

Channel = Message.Channel


@transaction.atomic
def choose_messages(*, channels: Mapping[str, str], leads: list[int] | None, by: User, now: dt.datetime) -> None:
    """Keep how messages of these topics reach this person, and when she is reminded of sessions (None = as the school).

    Reminders that wait move to the new times. What is as everybody has it needs no row.
    """
    require_act(by, CHOOSE_MESSAGES, by.school_id)
    person = User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two tabs stand in line
    before = outbox.leads_in_force(by.school, user=by)
    for topic, channel in channels.items():
        if channel == Channel.MAIL:
            MessageChoice.objects.filter(user=by, topic=topic).delete()
        else:
            MessageChoice.objects.update_or_create(user=by, topic=topic, defaults={"channel": channel})
    person.reminder_leads = sorted(leads, reverse=True) if leads else None
    person.save(update_fields=["reminder_leads"])
    outbox.reschedule(by.school, before=before, now=now, user=by)


@transaction.atomic
def change_reminders(
    *,
    leads: list[int],
    limits: tuple[int, int] | None = None,
    quiet: tuple[dt.time, dt.time] | None = None,
    digest_at: dt.time | None = None,
    by: User,
    now: dt.datetime,
) -> School:
    """Set when this school reminds (minutes before), what people may choose, its quiet hours and its daily mail.

    What waits moves to the new times. Without `limits` they stay.
    """
    require_act(by, SET_SCHOOL_TIME, by.school_id)
    school = School.objects.select_for_update(no_key=True).get(pk=by.school_id)
    before = outbox.leads_in_force(school)
    school.reminder_leads = sorted(leads, reverse=True)
    school.lead_least, school.lead_most = limits or (school.lead_least, school.lead_most)
    school.quiet_from, school.quiet_until = quiet or (None, None)
    school.digest_at = digest_at
    school.save(update_fields=["reminder_leads", "lead_least", "lead_most", "quiet_from", "quiet_until", "digest_at"])
    outbox.reschedule(school, before=before, now=now)
    return school
