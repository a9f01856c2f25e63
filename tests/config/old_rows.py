"""Rows of each kind whose time is over."""

import datetime as dt

from accounts.models import (
    Concern,
    Consent,
    ErasureRequest,
    FlagRead,
    Job,
    RetentionReport,
    RosterUpload,
    SecretLink,
    TrailEntry,
)
from tests.accounts.outbox_rows import make_message
from tests.cast import Cast

DAY = dt.timedelta(days=1)


def old_rows(cast: Cast, day: dt.date) -> None:
    """One row of each kind of this app that was over on that day."""
    then = dt.datetime.combine(day, dt.time(12), dt.UTC)
    make_message(cast.teacher, state="sent", channel="mail", sent_at=then, due_at=then, event_at=then)
    SecretLink.objects.create(
        school=cast.school, purpose="invitation", user=cast.teacher, secret_hash="a" * 64, created_at=then - DAY,
        expires_at=then,
    )  # fmt: skip
    Concern.objects.create(
        school=cast.school, raised_by=cast.mentor, text="I am ill", answer="Rest", raised_at=then, closed_at=then,
        closed_by=cast.coordinator,
    )  # fmt: skip
    FlagRead.objects.create(school=cast.school, reader=cast.coordinator, student=cast.mentor, read_at=then)
    Consent.objects.filter(person=cast.other_mentor, given_by="guardian").update(given_on=day, withdrawn_on=day)
    RosterUpload.objects.create(school=cast.school, by=cast.coordinator, uploaded_at=then)
    Job.objects.create(school=cast.school, by=cast.coordinator, kind="x", state="done", finished_at=then)
    RetentionReport.objects.create(school=cast.school, date=day)
    ErasureRequest.objects.create(person=cast.teacher, asked_at=then, ended_at=then)
    TrailEntry.objects.create(
        at=then, school=cast.school, kind="accounts.Room", act="insert", object_id=1, origin="", people=[], changes={}
    )
