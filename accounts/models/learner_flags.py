"""What a student needs as a learner: encrypted, for granted people only, and every reading is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.school import School
from accounts.permissions import GRANT_FLAGS, READ_FLAGS

if TYPE_CHECKING:
    from accounts.models.user import User


@dataclass(frozen=True)
class Flags:
    """What is noted of one student. Languages are words as people write them: "Spanish, Arabic"."""

    eb: bool = False
    dyslexic: bool = False
    languages: str = ""


class LearnerFlags(models.Model):
    """EB, dyslexia and home languages of one student, as one encrypted value. Never beside a reason for selection."""

    student = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="learner_flags")
    # A Fernet token (AES-128-CBC with HMAC-SHA256) over JSON, made with a key from the environment.
    ciphertext = models.TextField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.student_id}"


class FlagGrantQuerySet(models.QuerySet["FlagGrant"]):
    def visible_to(self, user: User) -> FlagGrantQuerySet:
        """Those of the school, for whoever gives and takes them."""
        return self.filter(user__school_id=user.school_id) if user.may(GRANT_FLAGS) else self.none()

    def standing(self) -> FlagGrantQuerySet:
        """Grants that were not taken back."""
        return self.filter(ended_at=None)


class FlagGrant(models.Model):
    """An admin lets one coordinator read the learner flags of the school."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="flag_grants")
    granted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = FlagGrantQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ended_at=None), name="accounts_flaggrant_standing_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("granted_by")), name="accounts_flaggrant_not_for_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class FlagReadQuerySet(models.QuerySet["FlagRead"]):
    def visible_to(self, user: User) -> FlagReadQuerySet:
        """Who looked at whose flags, in the school: for the admin, who can't look at them."""
        return self.filter(school_id=user.school_id) if user.may(GRANT_FLAGS) else self.none()

    def with_people(self) -> FlagReadQuerySet:
        """All that a row of the list shows, in one query."""
        return self.select_related("reader", "student")


class FlagRead(models.Model):
    """That somebody read a student's flags: who, whose, when, and whether to look or to change them."""

    class Act(models.TextChoices):
        READ = "read", _("read")
        CHANGED = "changed", _("changed")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="flag_reads")
    reader = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="flag_reads")
    student = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="flags_read")
    act = models.CharField(max_length=10, choices=Act.choices, default=Act.READ)
    read_at = models.DateTimeField()

    objects = FlagReadQuerySet.as_manager()

    class Meta:
        ordering = ["-read_at", "-pk"]
        indexes = [models.Index(fields=["school", "-read_at"], name="accounts_flagread_school")]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.student_id}"


def may_read_flags(user: User) -> bool:
    """A coordinator whom an admin granted it; one query."""
    return user.may(READ_FLAGS) and FlagGrant.objects.standing().filter(user=user).exists()
