"""Opening a study: its waves, its key, its invitations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import School, User
from accounts.permissions import RUN_STUDY
from accounts.services import Refused
from mentorship.models import Participant, Program
from mentorship.models.program import WaveKind
from surveys.linkage import StudyKeyMissing, create_key
from surveys.models import Study, Wave
from surveys.models.instrument import text_in
from surveys.services.instrument import install_instrument

Span = tuple[dt.datetime, dt.datetime]

# Messages leave in the morning of their day: a wave opens at midnight.
MORNING = dt.time(7, 30)
REMINDED_BEFORE = dt.timedelta(days=3)


@transaction.atomic
def create_study(
    *, school: School, title: str, programs: Iterable[Program], pre: Span, post: Span, by: User, now: dt.datetime
) -> Study:
    """Make a study of these programs' teachers: its key file, a wave before and one after, and their invitations.

    `pre` and `post` are (opens_at, closes_at), aware. The key is on disk before the row is committed, so that no study
    is ever without one; if the rest is undone, a file remains that no row names and that opens nothing.
    """
    programs = list(programs)
    if not by.may(RUN_STUDY) or by.school_id != school.pk:
        raise Refused(_("Only a coordinator of this school can start a study."))
    if not programs or any(program.school_id != school.pk for program in programs):
        raise Refused(_("Choose at least one program of your school."))
    if pre[1] <= pre[0] or post[1] <= post[0]:
        raise Refused(_("A survey must close after it opens."))
    if post[0] < pre[1]:
        raise Refused(_("The survey after can open only when the survey before is closed."))
    version = install_instrument(school)  # locks the school, so that two studies of one title stand in line
    if Study.objects.filter(school=school, title=title).exists():
        raise Refused(_("A study with this title exists. Choose another title."))
    study = Study.objects.create(school=school, title=title, created_at=now)
    study.programs.set(programs)
    try:
        create_key(study)
    except StudyKeyMissing as error:
        raise Refused(_("The folder for study keys is missing. Please tell the admin. Nothing was saved.")) from error
    for kind, (opens_at, closes_at) in ((WaveKind.PRE, pre), (WaveKind.POST, post)):
        wave = Wave.objects.create(
            study=study,
            kind=kind,
            instrument_version=version,
            audience_role=Participant.Role.TEACHER,
            opens_at=opens_at,
            closes_at=closes_at,
        )
        _invite(wave, school, now)
    return study


def _invite(wave: Wave, school: School, now: dt.datetime) -> None:
    """Write an invitation for when the wave opens and a reminder for some days before it closes.

    Nobody is asked who said no to surveys, or took a yes back: that stops survey messages at once. A reminder that
    would come before, or together with, the invitation is not made.
    """
    people = list(wave.people().open_to_surveys())
    invited_at = _morning_of(wave.opens_at, school, until=wave.closes_at)
    reminded_at = _morning_of(wave.closes_at - REMINDED_BEFORE, school, until=wave.closes_at)
    path = reverse("survey_begin", args=[wave.pk])
    facts: dict[str, Any] = {
        "school": school,
        "about": wave.about,
        "revision": 0,
        "event_at": wave.closes_at,
        "recipients": people,
        "context_for": lambda person: {
            "title": text_in(wave.instrument_version.titles, person.language),
            "closes_at": wave.last_moment.isoformat(),  # the day that people are told
            "path": path,
        },
        "now": now,
    }
    if invited_at > now:
        rows = outbox.reminder_rows(**facts, kind="survey_invitation", leads=[_minutes(wave.closes_at - invited_at)])
    elif wave.closes_at > now:
        rows = outbox.notice_rows(**facts, kind="survey_invitation")
    else:
        rows = []
    if reminded_at - max(invited_at, now) >= dt.timedelta(days=1):
        rows += outbox.reminder_rows(**facts, kind="survey_reminder", leads=[_minutes(wave.closes_at - reminded_at)])
    outbox.post(rows)


def _morning_of(instant: dt.datetime, school: School, *, until: dt.datetime) -> dt.datetime:
    """The school's morning of that day, where it lies between the instant and `until`; else the instant."""
    morning = dt.datetime.combine(instant.astimezone(school.zone).date(), MORNING, school.zone).astimezone(dt.UTC)
    return morning if instant <= morning < until else instant


def _minutes(span: dt.timedelta) -> int:
    return round(span / dt.timedelta(minutes=1))
