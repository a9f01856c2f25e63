"""A roster between upload and confirmation: what the preview shows. Deleted at confirm, or after a day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.school import School
from accounts.permissions import IMPORT_ROSTER, Role
from accounts.roster import Reason

if TYPE_CHECKING:
    from accounts.models.user import User

KEPT_FOR = dt.timedelta(hours=24)


class RosterUploadQuerySet(models.QuerySet["RosterUpload"]):
    def visible_to(self, user: User) -> RosterUploadQuerySet:
        """The uploads of one's school, for those who import."""
        return self.filter(school_id=user.school_id) if user.may(IMPORT_ROSTER) else self.none()

    def expired_by(self, now: dt.datetime) -> RosterUploadQuerySet:
        """Uploads that lie longer than a day."""
        return self.filter(uploaded_at__lte=now - KEPT_FOR)


class RosterUpload(models.Model):
    """One file that somebody uploaded. After the confirmation only the counts are left."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="roster_uploads")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="roster_uploads")
    uploaded_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # How many people were added, changed, and so on, by the words of Fate.
    counts = models.JSONField(default=dict)

    objects = RosterUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"{self.uploaded_at:%Y-%m-%d %H:%M}"


class RosterRowQuerySet(models.QuerySet["RosterRow"]):
    def students_to_pick(self) -> RosterRowQuerySet:
        """Students who are taken only if somebody picks them."""
        return self.filter(fate__in=TAKEN, needs_pick=True)

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
        LEFT_OUT = "left_out", _("left out")
        REFUSED = "refused", _("refused")

    upload = models.ForeignKey(RosterUpload, on_delete=models.CASCADE, related_name="rows")
    # As a spreadsheet counts them: the row of column names is 1.
    number = models.PositiveIntegerField()
    fate = models.CharField(max_length=10, choices=Fate.choices)
    # A word of accounts.roster.Reason.
    reason = models.CharField(max_length=20, blank=True)
    # The column's name as it stands in the file.
    column = models.CharField(max_length=60, blank=True)
    earlier_row = models.PositiveIntegerField(null=True, blank=True)
    needs_pick = models.BooleanField(default=False)
    is_picked = models.BooleanField(default=False)
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

    objects = RosterRowQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="accounts_rosterrow_number_once"),
            models.CheckConstraint(
                condition=Q(fate__in=["left_out", "refused"], given_name="", family_name="", email="", username="")
                & ~Q(reason="")
                | Q(fate__in=["new", "changed", "same"], reason=""),
                name="accounts_rosterrow_reason_or_person",
            ),
            models.CheckConstraint(
                condition=Q(is_picked=False) | Q(needs_pick=True), name="accounts_rosterrow_only_students_picked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}, {self.number}"

    @property
    def full_name(self) -> str:
        """First and last name as the file has them."""
        return f"{self.given_name} {self.family_name}"

    @property
    def change_labels(self) -> list[str]:
        """What it would change of the person, in words."""
        return [str(CHANGE_LABELS[name]) for name in self.changes]

    @property
    def reason_label(self) -> str:
        """The sentence that says why the row is not taken."""
        return str(Reason(self.reason).label) if self.reason else ""


TAKEN = [RosterRow.Fate.NEW, RosterRow.Fate.CHANGED, RosterRow.Fate.SAME]
CHANGE_LABELS = {
    "roles": _("role"),
    "source_id": _("roster id"),
    "given_name": _("first name"),
    "family_name": _("last name"),
    "grade": _("grade"),
    "title": _("title"),
    "email": _("e-mail"),
}
