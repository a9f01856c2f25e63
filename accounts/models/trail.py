"""The trail: who changed what, when, and from where in the app. Written by the database itself, by triggers.

Each app lists what it tracks in its `models/tracked.py`; what is not listed there leaves nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import READ_TRAIL, Role

if TYPE_CHECKING:
    from accounts.models.user import User


class TrailEntryQuerySet(models.QuerySet["TrailEntry"]):
    def visible_to(self, user: User) -> TrailEntryQuerySet:
        """All of the school for its coordinator and its admin (whose page leaves the contents out), else own acts."""
        if not user.may(READ_TRAIL):
            return self.none()
        if user.has_role(Role.COORDINATOR, Role.ADMIN):
            return self.filter(school_id=user.school_id)
        return self.filter(school_id=user.school_id, made_by=user)

    def about_or_by(self, people: Iterable[int]) -> TrailEntryQuerySet:
        """Entries that name one of these people: as the one who did it, or as one of those it is about."""
        ids = list(people)
        return self.filter(models.Q(made_by_id__in=ids) | models.Q(people__overlap=ids))


class TrailEntry(models.Model):
    """One change of one row. Holds ids, states, days and numbers: no name, no address, no text that somebody wrote.

    The two relations are without constraint in the database: an entry outlasts what it tells of.
    """

    class Act(models.TextChoices):
        INSERT = "insert", _("added")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("removed")
        PURGE = "purge", _("old entries deleted")
        EXPORT = "export", _("downloaded")

    at = models.DateTimeField()
    school = models.ForeignKey(
        "accounts.School", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    # The model's label: "mentorship.HelpEntry".
    kind = models.CharField(max_length=60)
    act = models.CharField(max_length=10, choices=Act.choices)
    object_id = models.BigIntegerField()
    # Nobody where the program itself, a command or a person with a link did it.
    made_by = models.ForeignKey(
        "accounts.User", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    # The name of the page, task or command (never an address); empty where it did not come through the program.
    origin = models.CharField(max_length=80)
    # Whom it is about.
    people = ArrayField(models.BigIntegerField())
    # {"state": ["submitted", "verified"]}: before and after; {"note": []}: changed, nobody says to what.
    changes = models.JSONField()

    objects = TrailEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index("school", models.F("id").desc(), name="accounts_trail_school"),
            models.Index("school", "kind", models.F("id").desc(), name="accounts_trail_kind"),
            models.Index("made_by", models.F("id").desc(), name="accounts_trail_made_by"),
            GinIndex(fields=["people"], name="accounts_trail_people"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.act}"


@dataclass(frozen=True)
class Tracked:
    """What the trail keeps of one model, and the words for it.

    `fields` are kept with the values before and after; of `hidden` only that they changed. `school` and `people` are
    SQL over the row `r`. Rows for which `unless` holds (SQL over `r`) leave nothing. `words` are sentences with
    %(who)s, %(whom)s, %(other)s (the first and second of `people`), %(old)s and %(new)s, by what happened: "insert",
    "update", "delete", "state" (this field changed) or "state=verified" (to this value).
    """

    name: Promise
    fields: tuple[str, ...]
    school: str
    people: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    unless: str = ""
    words: Mapping[str, Promise] = field(default_factory=dict)


TRACKED: dict[str, Tracked] = {}

# OLD is empty at an insert and NEW at a delete, so that one comparison serves all three. It is one expression over the
# fields, without a query: it runs for each row of an import too.
FUNCTION = """
    r := COALESCE(NEW, OLD);
    {unless}
    changes := jsonb_strip_nulls(jsonb_build_object({pairs}));
    IF changes = '{{}}' AND TG_OP = 'UPDATE' THEN RETURN NULL; END IF;
    told := NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb;
    INSERT INTO accounts_trailentry (at, school_id, kind, act, object_id, made_by_id, origin, people, changes)
    VALUES (COALESCE((told ->> 'at')::timestamptz, now()), {school}, '{kind}', lower(TG_OP), r.id,
            (told ->> 'user')::bigint, COALESCE(told ->> 'origin', ''),
            array_remove(ARRAY[{people}]::bigint[], NULL), changes);
    RETURN NULL;
"""
PAIR = "'{name}', CASE WHEN OLD.{column} IS DISTINCT FROM NEW.{column} THEN {told} END"
VALUES = "jsonb_build_array(OLD.{column}, NEW.{column})"
NO_VALUES = "'[]'::jsonb"


class Trail(pgtrigger.Trigger):
    """Writes a TrailEntry after each change of a row, whatever code or statement made it."""

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def __init__(self, tracked: Tracked) -> None:
        self.tracked = tracked
        super().__init__(name="trail", declare=[("r", "RECORD"), ("changes", "JSONB"), ("told", "JSONB")])

    def get_func(self, model: Any) -> str:
        """The body of the trigger's function for this model."""
        tracked = self.tracked
        pairs = [
            PAIR.format(name=name, column=column, told=told.format(column=column))
            for names, told in ((tracked.fields, VALUES), (tracked.hidden, NO_VALUES))
            for name in names
            for column in [column_of(model, name)]
        ]
        sql = FUNCTION.format(
            unless=f"IF {tracked.unless} THEN RETURN NULL; END IF;" if tracked.unless else "",
            pairs=", ".join(pairs),
            school=tracked.school,
            kind=model._meta.label,
            people=", ".join(tracked.people),
        )
        return re.sub(r"\s+", " ", sql).strip()


def column_of(model: type[models.Model], name: str) -> str:
    """The column of a field. Raises FieldDoesNotExist at the start of the program, and so in every test."""
    column: Any = model._meta.get_field(name)
    return f'"{column.column}"'


def track(model: type[models.Model], tracked: Tracked) -> None:
    """Let the database write the trail of this model; the trigger itself comes with the next migration."""
    TRACKED[model._meta.label] = tracked
    pgtrigger.register(Trail(tracked))(model)
