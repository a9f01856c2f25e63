"""Closing a wave, and mixing what is stored so that its order tells nothing."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Message, User
from accounts.services import Refused
from surveys.linkage import StudyKeyMissing, pseudonyms
from surveys.models import Response, Study, Wave
from surveys.models.study import WaveQuerySet

logger = logging.getLogger(__name__)

MIX_RESPONSES = """
    WITH gone AS (DELETE FROM surveys_response WHERE wave_id = ANY(%s) RETURNING *)
    INSERT INTO surveys_response (id, wave_id, instrument_version_id, pseudonym, role, arm, answers, dose_band)
    SELECT gen_random_uuid(), wave_id, instrument_version_id, pseudonym, role, arm, answers, dose_band
    FROM gone ORDER BY random()
"""
MIX_RECEIPTS = """
    WITH gone AS (DELETE FROM surveys_receipt WHERE wave_id = ANY(%s) RETURNING *)
    INSERT INTO surveys_receipt (id, wave_id, person_id, day)
    SELECT gen_random_uuid(), wave_id, person_id, day FROM gone ORDER BY random()
"""


@transaction.atomic
def close_wave(wave: Wave, *, now: dt.datetime) -> Wave:
    """Close up a wave whose time is over: what is left are answers that may be used, in no order, and counts.

    Answers without standing consent to research use go, in this wave and in the study's earlier ones (a withdrawal
    shows when the next wave closes). Receipts and survey messages go too; their numbers stay on the wave. Refused
    before the wave's end and when it is closed. Raises StudyKeyMissing, and then changes nothing.
    """
    waves = {row.pk: row for row in _lock(Wave.objects.filter(study=wave.study_id))}
    wave = waves[wave.pk]
    if wave.closed_at is not None:
        raise Refused(_("This survey is closed already."))
    if wave.closes_at > now:
        raise Refused(_("This survey is still open."))
    messages = Message.objects.filter(about=wave.about)
    wave.asked_count = wave.people().union(User.objects.filter(receipts__wave=wave)).count()
    wave.done_count = wave.receipts.count()
    wave.message_count = messages.filter(state=Message.State.SENT).count()
    wave.left_out_count, wave.response_count, wave.closed_at = 0, wave.responses.count(), now
    wave.save()
    wave.receipts.all().delete()
    messages.delete()
    closed = [pk for pk, row in waves.items() if row.closed_at is not None]
    for pk, count in _delete_without_consent(wave.study, closed).items():
        Wave.objects.filter(pk=pk).update(
            left_out_count=F("left_out_count") + count, response_count=F("response_count") - count
        )
    _run(MIX_RESPONSES, closed)
    wave.refresh_from_db()
    return wave


def close_due_waves(*, now: dt.datetime) -> int:
    """Close every wave whose time is over, each by itself; returns how many. One without its key waits and is named."""
    closed = 0
    for wave in Wave.objects.due_to_close(now):
        try:
            close_wave(wave, now=now)
            closed += 1
        except Refused:
            logger.info("wave %s was closed by somebody else", wave.pk)
        except StudyKeyMissing as error:
            logger.error("wave %s can't be closed: %s", wave.pk, error)
    return closed


def rewrite_responses(*, now: dt.datetime) -> int:
    """Give every answer and every receipt of the waves that run a new id and a new place, in random order.

    Answer and receipt of one sending can be matched by row order and transaction id until this has run; afterwards
    all rows are of one transaction each. Returns the number of waves.
    """
    running = Wave.objects.filter(opens_at__lte=now, closed_at=None)
    for statement in (MIX_RESPONSES, MIX_RECEIPTS):
        with transaction.atomic():
            _run(statement, [wave.pk for wave in _lock(running)])
    return running.count()


def _lock(waves: WaveQuerySet) -> list[Wave]:
    """These waves, in one order for everybody, so that no sending and no other closing or mixing comes between."""
    return list(waves.select_for_update(of=("self",), no_key=True).select_related("study").order_by("pk"))


def _delete_without_consent(study: Study, waves: list[int]) -> Counter[int]:
    """Delete the answers in these waves of people whose consent does not stand; how many, by wave."""
    name_of = pseudonyms(study)
    everybody = User.objects.filter(participations__program__studies=study)
    without = everybody.exclude(pk__in=User.objects.agreed_to_research()).distinct()
    rows = Response.objects.filter(wave__in=waves, pseudonym__in=[name_of(person) for person in without])
    counts = Counter(rows.values_list("wave", flat=True))
    rows.delete()
    return counts


def _run(statement: str, waves: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [waves])
