"""What this app holds about a person: to hand out, to erase, and to end when it was kept long enough.

Answers are found by the study's key alone. Nobody reads them again, the author included: they are in no download.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import School, User
from accounts.personal_data.rules import Forecast, Held, Kept, Preview, day
from surveys.linkage import StudyKeyMissing, pseudonym
from surveys.models import Receipt, Response, Study, Wave

CLAIMED = frozenset({Receipt, Response})

KEPT: list[Kept] = []


def collect(user: User) -> list[Held]:
    """That a person is done with a survey that runs; never the answers."""
    receipts = Receipt.objects.filter(person=user).select_related("wave__study").order_by("day", "pk")
    rows = [{"survey": receipt.wave.kind, "day": day(receipt.day)} for receipt in receipts]
    return [Held("surveys_done", _("Surveys that run and that you are done with"), list(rows))] if rows else []


def preview_erasure(user: User, *, by: User) -> Preview:
    """How many answers would be deleted, which studies' answers can't be found, and that a receipt stays."""
    fates, not_found = [], []
    count = 0
    for study in _unsealed(user):
        try:
            count += _answers(study, user).count()
        except StudyKeyMissing:
            sentence = _(
                "Answers in the study “%(title)s”: its key is missing. They go when the key is back and "
                "one of its surveys closes."
            )
            not_found.append(sentence % {"title": study.title})
    if count:
        fates.append(Forecast(_("Survey answers in studies that are not sealed"), count, is_deleted=True))
    if receipts := Receipt.objects.filter(person=user).count():
        fates.append(Forecast(_("Being done with a survey that runs: the day"), receipts, stays=True))
    not_found.append(_("Answers in a sealed study: nobody can tell whose they are."))
    return Preview(fates, not_found, [])


def erase(user: User, *, by: User | None, now: dt.datetime) -> None:
    """Delete the answers of unsealed studies at once. Numbers that are stored with a closed survey stay.

    Where a study's key is missing, the random id stays too, so that closing can find the answers once the key is back:
    no consent of an erased person stands. Else it is drawn anew, and even an old key leads nowhere.
    """
    studies = list(_unsealed(user))
    # Mixing writes each row anew: it and a closing wait, or are waited for.
    list(Wave.objects.filter(study__in=studies).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    is_all_found = True
    for study in studies:
        try:
            _answers(study, user).delete()
        except StudyKeyMissing:
            is_all_found = False
    if is_all_found:
        user.random_id = uuid.uuid4()
        user.save(update_fields=["random_id"])


def expire(school: School, *, today: dt.date) -> Counter[str]:
    """Nothing: receipts and survey messages go when a survey closes, and answers belong to their study."""
    return Counter()


def _unsealed(user: User) -> list[Study]:
    """The studies that could have asked this person and whose key still stands."""
    ids = Study.objects.filter(programs__participants__person=user, sealed_at=None).values("pk")
    return list(Study.objects.filter(pk__in=ids).order_by("pk"))


def _answers(study: Study, user: User) -> QuerySet[Response]:
    return Response.objects.filter(wave__study=study, pseudonym=pseudonym(study, user))
