"""Taking a shipped questionnaire into a school."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import School
from surveys.models import Instrument, InstrumentVersion, Item, Scale

SHIPPED = Path(__file__).resolve().parent.parent / "instruments"
TEACHER_TECHNOLOGY = "teacher_technology"
WORDS = ("titles", "introductions", "low_ends", "high_ends", "draft_languages")


@transaction.atomic
def install_instrument(school: School, name: str = TEACHER_TECHNOLOGY) -> InstrumentVersion:
    """The school's copy of a questionnaire of surveys/instruments, made where it is missing.

    A version that is there stays as it is: answers were given to its words. Raises FileNotFoundError for another name.
    """
    shipped = json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8"))
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    instrument, _made = Instrument.objects.get_or_create(school=school, code=shipped["code"])
    version, is_new = InstrumentVersion.objects.get_or_create(
        instrument=instrument,
        number=shipped["number"],
        defaults={key: shipped[key] for key in WORDS},
    )
    if is_new:
        _write_items(version, shipped)
    return version


def _write_items(version: InstrumentVersion, shipped: dict[str, Any]) -> None:
    items = []
    for position, scale_texts in enumerate(shipped["scales"], start=1):
        scale = Scale.objects.create(
            version=version, position=position, code=scale_texts["code"], titles=scale_texts["titles"]
        )
        items += [
            Item(
                scale=scale,
                kind=Item.Kind.LIKERT,
                code=item["code"],
                is_reversed=item.get("reversed", False),
                texts=item["texts"],
            )
            for item in scale_texts["items"]
        ]
    items += [Item(kind=Item.Kind.OPEN, code=item["code"], texts=item["texts"]) for item in shipped["open"]]
    for position, item in enumerate(items, start=1):
        item.version, item.position = version, position
    Item.objects.bulk_create(items)
