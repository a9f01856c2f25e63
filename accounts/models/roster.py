"""A roster between upload and confirmation: what the preview shows. Deleted at confirm, or after a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.job import Job
from accounts.models.school import School
from accounts.permissions import IMPORT_ROSTER, Role
from accounts.roster import FIELD_LABELS, Reason

if TYPE_CHECKING:
    from accounts.models.user import User

# The task that finds the fates of a long file's rows.
PLAN_TASK = "accounts.tasks.plan_roster_upload"
KEPT_FOR = dt.timedelta(hours=24)


class RosterUploadQuerySet(models.QuerySet["RosterUpload"]):
    def visible_to(self, user: User) -> RosterUploadQuerySet:
        """The uploads of one's school, for those who import."""
        return self.filter(school_id=user.school_id) if user.may(IMPORT_ROSTER) else self.none()

    def with_classes_counted(self) -> RosterUploadQuerySet:
        """With `class_count`: how many classes of the file are not over."""
        return self.annotate(class_count=models.Count("classes", filter=Q(classes__is_gone=False)))

    def expired_by(self, now: dt.datetime) -> RosterUploadQuerySet:
        """Uploads that lie longer than a day."""
        return self.filter(uploaded_at__lte=now - KEPT_FOR)


class RosterUpload(models.Model):
    """One file that somebody uploaded. After the confirmation only the counts are left."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="roster_uploads")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="roster_uploads")
    uploaded_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # The work on a long file: finding the fates of its rows, or the import.
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # The file says that it holds everybody, so that who is not in it has left.
    is_whole = models.BooleanField(default=False)
    # What wants a look, of the names of columns and the accents; never a cell.
    notes = models.JSONField(default=dict, blank=True)
    # How many people were added, changed, and so on, by the words of Fate.
    counts = models.JSONField(default=dict)

    objects = RosterUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"{self.uploaded_at:%Y-%m-%d %H:%M}"

    @property
    def is_worked_on(self) -> bool:
        """Whether a worker has this file, or will have it."""
        return self.job is not None and self.job.is_open

    @property
    def guessed_columns(self) -> list[tuple[str, str]]:
        """Names of columns that were not quite spelt as we know them, and what they were taken for."""
        return [(heading, str(FIELD_LABELS[name])) for heading, name in self.notes.get("guessed", {}).items()]

    @property
    def has_no_plan(self) -> bool:
        """Whether a worker was to find the fates of the rows, and did not."""
        return self.job is not None and self.job.kind == PLAN_TASK and self.job.state != Job.State.DONE


class RosterRowQuerySet(models.QuerySet["RosterRow"]):
    def students_to_pick(self) -> RosterRowQuerySet:
        """Students who are taken only if somebody picks them."""
        return self.filter(fate__in=TAKEN, needs_pick=True)

    def parents_to_pick(self) -> RosterRowQuerySet:
        """Parents who are noted as guardians only if somebody picks them."""
        return self.filter(fate=RosterRow.Fate.PARENT)

    def to_choose(self) -> RosterRowQuerySet:
        """Rows whose roster id belonged to somebody else."""
        return self.filter(fate=RosterRow.Fate.REUSED)

    def named_like(self, words: str) -> RosterRowQuerySet:
        """Rows whose name holds each of these words."""
        rows = self
        for word in words.split():
            rows = rows.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word))
        return rows


class RosterRow(models.Model):
    """One row of the file with its fate. A row that is left out or refused keeps its number, and no person."""

    class Fate(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        SAME = "same", _("unchanged")
        REUSED = "reused", _("re-used id")
        PARENT = "parent", _("guardian")
        LEAVING = "leaving", _("leaving")
        LEFT_OUT = "left_out", _("left out")
        REFUSED = "refused", _("refused")

    class Choice(models.TextChoices):
        SAME = "same", _("same person, new name")
        OTHER = "other", _("another person")

    upload = models.ForeignKey(RosterUpload, on_delete=models.CASCADE, related_name="rows")
    # As a spreadsheet counts them: the row of column names is 1. None for somebody who is not in the file.
    number = models.PositiveIntegerField(null=True, blank=True)
    fate = models.CharField(max_length=10, choices=Fate.choices)
    # A word of accounts.roster.Reason.
    reason = models.CharField(max_length=20, blank=True)
    # The column's name as it stands in the file.
    column = models.CharField(max_length=60, blank=True)
    earlier_row = models.PositiveIntegerField(null=True, blank=True)
    needs_pick = models.BooleanField(default=False)
    is_picked = models.BooleanField(default=False)
    # Of a re-used id: who the row is about. Nothing is taken before somebody said.
    choice = models.CharField(max_length=5, choices=Choice.choices, blank=True)
    # The person of the school whom this row is about, and what it would change.
    match = models.ForeignKey("accounts.User", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    changes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    username = models.CharField(max_length=150, blank=True)
    email = models.CharField(max_length=254, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=8, blank=True)
    source_id = models.CharField(max_length=255, blank=True)
    # Of a parent: the roster ids of the students.
    children = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    # Their names, where a page shows them.
    child_names: Sequence[str] = ()

    objects = RosterRowQuerySet.as_manager()

    class Meta:
        ordering = [F("number").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="accounts_rosterrow_number_once"),
            models.CheckConstraint(
                condition=Q(
                    fate__in=["left_out", "refused", "leaving"], given_name="", family_name="", email="", username=""
                )
                & ~Q(reason="")
                | Q(fate__in=["new", "changed", "same", "reused", "parent"], reason="", number__isnull=False),
                name="accounts_rosterrow_reason_or_person",
            ),
            models.CheckConstraint(
                condition=Q(is_picked=False) | Q(needs_pick=True), name="accounts_rosterrow_only_students_picked"
            ),
            models.CheckConstraint(
                condition=Q(choice="") | Q(fate="reused"), name="accounts_rosterrow_only_reused_chosen"
            ),
            models.CheckConstraint(
                condition=~Q(fate__in=["reused", "leaving"]) | Q(match__isnull=False),
                name="accounts_rosterrow_about_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}, {self.number}"

    @property
    def full_name(self) -> str:
        """First and last name as the file has them."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def change_labels(self) -> list[str]:
        """What it would change of the person, in words."""
        return [str(CHANGE_LABELS[name]) for name in self.changes]

    @property
    def reason_label(self) -> str:
        """The sentence that says why the row is not taken."""
        return str(Reason(self.reason).label) if self.reason else ""


class RosterClass(models.Model):
    """A class of the file with the roster ids of who teaches and attends it; deleted with the rows."""

    upload = models.ForeignKey(RosterUpload, on_delete=models.CASCADE, related_name="classes")
    source_id = models.CharField(max_length=255)
    name = models.CharField(max_length=120)
    subject = models.CharField(max_length=80, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    teachers = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    students = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    is_gone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "source_id"], name="accounts_rosterclass_source_id_once"),
        ]

    def __str__(self) -> str:
        return self.name


TAKEN = [RosterRow.Fate.NEW, RosterRow.Fate.CHANGED, RosterRow.Fate.SAME]
CHANGE_LABELS = {
    "roles": _("role"),
    "source_id": _("roster id"),
    "given_name": _("first name"),
    "family_name": _("last name"),
    "grade": _("grade"),
    "title": _("title"),
    "email": _("e-mail"),
    "missing_since": _("back in the roster"),
}
