"""The words in which each app says what it holds about a person, what erasure does to it, and how long it is kept."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from accounts.models import School, User

BATCH = 1000
# What stands where a text must not be empty and its words went.
NO_WORDS = "—"

# The values that fields get; None: the rows are deleted.
Becomes = Mapping[str, Any] | None


@dataclass(frozen=True)
class Held:
    """One kind of data about a person: its key in the download, its name in words, and its rows as JSON values."""

    key: str
    label: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Fate:
    """What erasure does to one kind of a person's rows. `rows` answers those to which there is something to do."""

    label: Promise
    rows: Callable[[User], QuerySet[Any]]
    becomes: Becomes


@dataclass(frozen=True)
class Forecast:
    """One line of the preview: how many rows of a kind are deleted or emptied, or stay as they are."""

    label: str
    count: int
    is_deleted: bool = False
    stays: bool = False


@dataclass(frozen=True)
class Mention:
    """A text of somebody else in which an erased person's name stands: where it is found, and its page."""

    label: str
    day: dt.date
    url: str = ""


@dataclass(frozen=True)
class Preview:
    """What an app would do, what it can't find, and where others wrote the person's name."""

    fates: list[Forecast]
    not_found: list[str]
    mentions: list[Mention]


# What is older than a day of a school and has not been dealt with, and what becomes of it.
Part = tuple[Callable[[School, dt.date], QuerySet[Any]], Becomes]


@dataclass(frozen=True)
class Kept:
    """How long one kind of data is kept: in days, counted from what `counted` says; then each part is ended."""

    key: str
    label: Promise
    counted: Promise
    default: int
    minimum: int
    maximum: int
    parts: tuple[Part, ...]


def forecast(fates: Iterable[Fate], user: User) -> list[Forecast]:
    """What these rules would do to a person's rows; kinds of which there are none are left out."""
    counted = [(fate, fate.rows(user).count()) for fate in fates]
    return [Forecast(str(fate.label), count, is_deleted=fate.becomes is None) for fate, count in counted if count]


def carry_out(fates: Iterable[Fate], user: User) -> None:
    """Do what these rules say, in their order, to all rows of a person."""
    for fate in fates:
        change(fate.rows(user), fate.becomes)


def expire_kinds(kinds: Iterable[Kept], school: School, *, today: dt.date) -> Counter[str]:
    """End what this school has kept long enough; how many rows, by kind."""
    counts: Counter[str] = Counter()
    for kept in kinds:
        last = today - dt.timedelta(days=days_kept(school, kept))
        for rows, becomes in kept.parts:
            counts[kept.key] += sum(change(batch, becomes) for batch in in_batches(rows(school, last)))
    return +counts


def days_kept(school: School, kept: Kept) -> int:
    """How many days the school keeps this kind: what an admin set, within the limits, else the default."""
    days = school.retention_days.get(kept.key, kept.default)
    return min(max(int(days), kept.minimum), kept.maximum)


def change(rows: QuerySet[Any], becomes: Becomes) -> int:
    """Delete these rows, or give their fields these values; how many rows of this kind."""
    if becomes is None:
        return rows.delete()[1].get(rows.model._meta.label, 0)
    return rows.update(**becomes)


def in_batches(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """The rows in stretches of at most a thousand, in the order of their ids: each is changed by itself."""
    model: type[Model] = rows.model
    last = 0
    while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield model._default_manager.filter(pk__in=ids)
        last = ids[-1]


def moment(instant: dt.datetime | None) -> str | None:
    """An instant as the download writes it: ISO 8601 in UTC."""
    return instant.astimezone(dt.UTC).isoformat() if instant else None


def day(date: dt.date | None) -> str | None:
    """A day as the download writes it: ISO 8601."""
    return date.isoformat() if date else None
