"""A secret that was handed out: a link in a mail, or a printed card. Only its keyed hash is kept."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.consent import Guardian
from accounts.models.school import School


def hash_of(secret: str) -> str:
    """What is stored of a secret: HMAC-SHA256 with the installation's key, 64 hexadecimal digits."""
    return salted_hmac("accounts.SecretLink", secret, algorithm="sha256").hexdigest()


class SecretLinkQuerySet(models.QuerySet["SecretLink"]):
    def standing(self, now: dt.datetime) -> SecretLinkQuerySet:
        """Neither used, nor revoked, nor expired, of people who have not left."""
        return self.filter(
            Q(user=None) | Q(user__is_active=True),
            Q(guardian=None) | Q(guardian__student__is_active=True),
            used_at=None,
            revoked_at=None,
            expires_at__gt=now,
        )

    def with_secret(self, secret: str, *, purpose: str) -> SecretLinkQuerySet:
        """The one link that this secret opens, whether it still stands or not; a secret of another purpose is none."""
        return self.with_hash(hash_of(secret), purpose=purpose)

    def with_hash(self, secret_hash: str, *, purpose: str) -> SecretLinkQuerySet:
        """The same by the hash: what a session keeps of a link that was opened."""
        return self.filter(secret_hash=secret_hash, purpose=purpose)


class SecretLink(models.Model):
    """One secret for one purpose and one person or guardian. Single use (but for a calendar), expiring, revocable."""

    class Purpose(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        SIGN_IN_CARD = "sign_in_card", _("sign-in card")
        GUARDIAN_CONSENT = "guardian_consent", _("a guardian's consent page")
        CALENDAR_FEED = "calendar_feed", _("a calendar that follows one's sessions")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="secret_links")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="secret_links"
    )
    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, null=True, blank=True, related_name="secret_links")
    secret_hash = models.CharField(max_length=64, unique=True)
    # The hash of the short code that is typed from a card together with the user name; empty elsewhere.
    code_hash = models.CharField(max_length=64, blank=True)
    # Nobody, where a command made it.
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = SecretLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, guardian__isnull=False) | Q(user__isnull=False, guardian__isnull=True),
                name="accounts_secretlink_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="accounts_secretlink_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
