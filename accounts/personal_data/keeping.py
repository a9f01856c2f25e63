"""How long this app keeps what it holds about people, counted from the day on which a row was over."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Concern,
    Consent,
    ErasureRequest,
    FlagRead,
    Job,
    Message,
    RetentionReport,
    RosterUpload,
    School,
    SecretLink,
)
from accounts.personal_data.erasing import EMPTY_CONCERN
from accounts.personal_data.rules import Kept, days_kept, expire_kinds
from accounts.services.trail import expire_trail

DAY = dt.timedelta(days=1)
NOT_OVER = [Message.State.WAITING, Message.State.SENDING]

TRAIL = Kept(
    "trail",
    _("Trail: who changed what, without names and texts"),
    _("from the day of the change"),
    default=1095,
    minimum=365,
    maximum=3650,
    parts=(),  # closed to everybody but its own service
)
KEPT = [
    Kept(
        "messages",
        _("List of messages that were sent (their texts go after 30 days)"),
        _("from the day of the message"),
        default=180,
        minimum=30,
        maximum=730,
        parts=(
            (
                lambda school, last: Message.objects.filter(
                    school=school, due_at__date__lte=last, event_at__date__lte=last
                ).exclude(state__in=NOT_OVER),
                None,
            ),
        ),
    ),
    Kept(
        "links",
        _("Invitations, sign-in cards and guardian links that no longer work"),
        _("from the day on which they ran out"),
        default=30,
        minimum=1,
        maximum=365,
        parts=((lambda school, last: SecretLink.objects.filter(school=school, expires_at__date__lte=last), None),),
    ),
    Kept(
        "calls_for_help",
        _("Words of calls for help and of the answers"),
        _("from the day on which the call was closed"),
        default=730,
        minimum=90,
        maximum=3650,
        parts=(
            (
                lambda school, last: Concern.objects.filter(school=school, closed_at__date__lte=last).exclude(
                    **EMPTY_CONCERN
                ),
                EMPTY_CONCERN,
            ),
        ),
    ),
    Kept(
        "flag_reads",
        _("List of who read learner flags"),
        _("from the day of the reading"),
        default=730,
        minimum=90,
        maximum=3650,
        parts=((lambda school, last: FlagRead.objects.filter(school=school, read_at__date__lte=last), None),),
    ),
    Kept(
        "consents",
        _("Consents that no longer stand"),
        _("from the day on which they were taken back, or the person was erased"),
        default=1095,
        minimum=365,
        maximum=3650,
        parts=((lambda school, last: Consent.objects.filter(person__school=school, withdrawn_on__lte=last), None),),
    ),
    Kept(
        "imports",
        _("Notes that a roster was imported or long work was done (the rows go after a day)"),
        _("from the day of the import or the work"),
        default=365,
        minimum=30,
        maximum=1095,
        parts=(
            (lambda school, last: RosterUpload.objects.filter(school=school, uploaded_at__date__lte=last), None),
            (lambda school, last: Job.objects.filter(school=school, finished_at__date__lte=last), None),
        ),
    ),
    Kept(
        "reports",
        _("Reports of the nightly clearing, and that somebody was erased"),
        _("from the day of the report"),
        default=1095,
        minimum=365,
        maximum=3650,
        parts=(
            (lambda school, last: RetentionReport.objects.filter(school=school, date__lte=last), None),
            (lambda school, last: ErasureRequest.objects.filter(person__school=school, ended_at__date__lte=last), None),
        ),
    ),
    TRAIL,
]


def expire(school: School, *, today: dt.date) -> Counter[str]:
    """End what this app has kept long enough for this school; how many rows, by kind."""
    counts = expire_kinds(KEPT, school, today=today)
    last = today - dt.timedelta(days=days_kept(school, TRAIL))
    counts[TRAIL.key] = expire_trail(school, before=dt.datetime.combine(last + DAY, dt.time(), school.zone))
    return +counts
