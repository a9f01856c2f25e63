"""The words that somebody agrees to: by purpose, reader, language and version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.models.consent import Consent
from accounts.models.school import School

if TYPE_CHECKING:
    from accounts.models.user import User


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def visible_to(self, user: User) -> ConsentTextQuerySet:
        """The texts of one's school."""
        return self.filter(school_id=user.school_id)

    def approved(self) -> ConsentTextQuerySet:
        """Texts that may be sent and agreed to."""
        return self.filter(approved_at__isnull=False)


class ConsentText(models.Model):
    """One text in one language. A draft until the school approves it; an approved one never changes again."""

    class Reader(models.TextChoices):
        GUARDIAN = "guardian", _("guardians")
        STUDENT = "student", _("students")
        TEACHER = "teacher", _("teachers")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="consent_texts")
    purpose = models.CharField(max_length=20, choices=Consent.Purpose.choices)
    reader = models.CharField(max_length=10, choices=Reader.choices)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    version = models.PositiveSmallIntegerField(default=1)
    body = models.TextField(_("text"), max_length=8000)
    # "If I withdraw, this disappears."
    on_withdrawal = models.TextField(_("what disappears when it is withdrawn"), max_length=2000)
    # With its approval every yes to an older version ends.
    asks_again = models.BooleanField(_("people who said yes to an older version must be asked again"), default=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        ordering = ["purpose", "reader", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "purpose", "reader", "language", "version"], name="accounts_consenttext_version_once"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(approved_by__isnull=False),
                name="accounts_consenttext_approved_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What a consent keeps as its text version: "take_part/guardian/es/2"."""
        return f"{self.purpose}/{self.reader}/{self.language}/{self.version}"

    @property
    def direction(self) -> str:
        """How its letters run, for the `dir` of the page."""
        return "rtl" if get_language_info(self.language)["bidi"] else "ltr"

    @property
    def own_language(self) -> str:
        """The name of its language in that language."""
        return str(get_language_info(self.language)["name_local"])

    @property
    def is_draft(self) -> bool:
        """Not yet approved: it can't be sent, and nobody can agree to it."""
        return self.approved_at is None
