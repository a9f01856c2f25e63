"""Who is done (Receipt) and what was answered (Response): two tables that nothing joins."""

import uuid

from django.db import models

from accounts.models import User
from mentorship.models import Participant
from surveys.models.instrument import InstrumentVersion
from surveys.models.study import Wave


class Receipt(models.Model):
    """That a person is done with a wave, sent or declined: the day only. Rewritten nightly with new ids."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="receipts")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="receipts")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "person"], name="surveys_receipt_once")]

    def __str__(self) -> str:
        return str(self.day)


class Response(models.Model):
    """One sent questionnaire: no person, no time, nothing that leads to them without the study's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="responses")
    instrument_version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="responses")
    # Hex of HMAC-SHA256(the study's key, the person's random id).
    pseudonym = models.CharField(max_length=64)
    role = models.CharField(max_length=10, choices=Participant.Role.choices)
    arm = models.CharField(max_length=12, choices=Participant.Arm.choices)
    # {item code: 1 to 5, text, or null for "I'd rather not say"}
    answers = models.JSONField()
    dose_band = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "pseudonym"], name="surveys_response_once"),
            models.CheckConstraint(
                condition=models.Q(pseudonym__regex=r"^[0-9a-f]{64}$"), name="surveys_response_pseudonym_is_hash"
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym[:8]
