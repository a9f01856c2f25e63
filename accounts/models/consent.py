"""Who agreed to what, on which day; and the guardians of students."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import RECORD_CONSENT

if TYPE_CHECKING:
    from accounts.models.user import User


class Guardian(models.Model):
    """A parent or other guardian of a student. No account, no sign-in."""

    student = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="guardians")
    name = models.CharField(_("guardian's name"), max_length=200)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    email = models.EmailField(_("e-mail"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(email=""), name="accounts_guardian_email_not_blank"),
        ]

    def __str__(self) -> str:
        return self.name


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> ConsentQuerySet:
        """Consents that were given and not withdrawn."""
        return self.filter(withdrawn_on=None)

    def own(self, user: User) -> ConsentQuerySet:
        """What a person agreed to, and what a guardian agreed to for that person."""
        return self.filter(person=user)

    def about_surveys(self) -> ConsentQuerySet:
        """Those on which no time and no other person hangs."""
        return self.filter(purpose__in=Consent.SURVEY_PURPOSES)

    def from_paper(self) -> ConsentQuerySet:
        """What a coordinator copied from a guardian's paper, and may have mistyped."""
        return self.filter(given_by=Consent.GivenBy.GUARDIAN).exclude(recorded_by=None)

    def to_be_withdrawn_here(self) -> ConsentQuerySet:
        """What a person agreed to about surveys: withdrawing it frees no time, so that no other page is needed."""
        return self.standing().about_surveys().filter(given_by=Consent.GivenBy.SELF)

    def visible_to(self, user: User) -> ConsentQuerySet:
        """The coordinator sees those of the school, everybody else the own ones."""
        if user.may(RECORD_CONSENT):
            return self.filter(person__school_id=user.school_id)
        return self.own(user)


class Consent(models.Model):
    """One answer: for one person, to one purpose, to one version of the text, on one day.

    A withdrawal keeps the row. A no is a row that never stood.
    """

    class Purpose(models.TextChoices):
        TAKE_PART = "take_part", _("take part in the program")
        ANSWER_SURVEYS = "answer_surveys", _("answer surveys")
        RESEARCH_USE = "research_use", _("use of the answers in research")

    # Those about surveys: no time and no other person hangs on them.
    SURVEY_PURPOSES = (Purpose.ANSWER_SURVEYS, Purpose.RESEARCH_USE)

    class GivenBy(models.TextChoices):
        GUARDIAN = "guardian", _("guardian")
        SELF = "self", _("the person")

    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    text_version = models.CharField(max_length=60)
    # The very words; none where they were agreed to before texts were kept.
    text = models.ForeignKey(
        "accounts.ConsentText", on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    given_by = models.CharField(max_length=10, choices=GivenBy.choices)
    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, null=True, blank=True, related_name="consents")
    given_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)
    is_refusal = models.BooleanField(default=False)
    # The name that a guardian typed under the texts of the link.
    signature = models.CharField(max_length=200, blank=True)
    # Nobody, where a guardian gave it by a link.
    recorded_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="consents_recorded"
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "given_by"],
                condition=Q(withdrawn_on=None),
                name="accounts_consent_standing_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")),
                name="accounts_consent_withdrawn_after_given",
            ),
            models.CheckConstraint(
                condition=Q(is_refusal=False) | Q(withdrawn_on__isnull=False),
                name="accounts_consent_refusal_never_stands",
            ),
            models.CheckConstraint(
                condition=Q(given_by="guardian") | Q(guardian=None), name="accounts_consent_self_without_guardian"
            ),
            models.CheckConstraint(
                condition=Q(given_by="self") | Q(recorded_by=None) | ~Q(recorded_by=F("person")),
                name="accounts_consent_not_for_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.given_on}"

    @property
    def can_be_withdrawn_here(self) -> bool:
        """The same as `to_be_withdrawn_here`, for a row that is there."""
        is_own = self.given_by == self.GivenBy.SELF and self.purpose in self.SURVEY_PURPOSES
        return is_own and self.withdrawn_on is None
