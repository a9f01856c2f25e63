"""Changing what a school chose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from accounts import outbox
from accounts.models import User
from accounts.permissions import SET_THRESHOLDS
from accounts.services.consent_text import install_consent_texts
from accounts.services.refusal import require_act


@transaction.atomic
def change_general(*, name: str, languages: Sequence[str], by: User) -> None:
    """Set the school's name and languages (ISO 639-1; the first is that of new people).

    A language that is new gets the shipped consent texts as drafts; texts of one that goes stay as they are.
    """
    require_act(by, SET_THRESHOLDS, by.school_id)
    school = by.school
    school.name, school.languages = name, list(languages)
    school.save(update_fields=["name", "languages"])
    install_consent_texts(school)


@transaction.atomic
def change_time_zone(*, time_zone: str, by: User, now: dt.datetime) -> None:
    """Set the school's time zone. What is booked keeps its moment, so it reads another hour; nothing is moved.

    Quiet hours are hours of the clock on the wall: what waits keeps out of the new ones.
    """
    require_act(by, SET_THRESHOLDS, by.school_id)
    by.school.time_zone = time_zone
    by.school.save(update_fields=["time_zone"])
    outbox.reschedule(by.school, before=outbox.leads_in_force(by.school), now=now)
