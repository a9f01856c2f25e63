"""How long words are kept, counted from the day on which their program was closed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import School
from accounts.personal_data.rules import NO_WORDS, Kept, expire_kinds
from mentorship.models import HelpEntry, HelpRequest, Pairing, Step
from mentorship.personal_data.erasing import EMPTY_ENTRY, EMPTY_PAIRING, EMPTY_REQUEST, EMPTY_STEP, EMPTY_VERDICT


def _closed(rows: QuerySet[Any], way: str, school: School, last: dt.date) -> QuerySet[Any]:
    """Rows of this school's programs that were closed by that day."""
    return rows.filter(**{f"{way}__school": school, f"{way}__closed_on__lte": last})


KEPT = [
    Kept(
        "help_texts",
        _("Words in the help log, requests and agendas (hours stay)"),
        _("from the day on which the program was closed"),
        default=365,
        minimum=30,
        maximum=1825,
        parts=(
            (
                lambda school, last: _closed(HelpEntry.objects.exclude(**EMPTY_ENTRY), "program", school, last),
                EMPTY_ENTRY,
            ),
            (
                lambda school, last: _closed(
                    HelpEntry.objects.exclude(verdict__in=["", NO_WORDS]), "program", school, last
                ),
                EMPTY_VERDICT,
            ),
            (
                lambda school, last: _closed(HelpRequest.objects.exclude(**EMPTY_REQUEST), "program", school, last),
                EMPTY_REQUEST,
            ),
            (
                lambda school, last: _closed(Step.objects.exclude(**EMPTY_STEP), "pairing__program", school, last),
                EMPTY_STEP,
            ),
            (
                lambda school, last: _closed(
                    Pairing.objects.exclude(close_reason__in=["", NO_WORDS]), "program", school, last
                ),
                EMPTY_PAIRING,
            ),
        ),
    ),
]


def expire(school: School, *, today: dt.date) -> Counter[str]:
    """End what this app has kept long enough for this school; how many rows, by kind."""
    return expire_kinds(KEPT, school, today=today)
