"""A study: one question asked of one or more programs, in waves."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import School, User
from accounts.models.user import UserQuerySet
from accounts.permissions import SEE_STUDY
from mentorship.models import Participant, Program
from mentorship.models.program import WaveKind
from surveys.models.instrument import InstrumentVersion


class StudyQuerySet(models.QuerySet["Study"]):
    def visible_to(self, user: User) -> StudyQuerySet:
        """Coordinator and admin see the studies of their school; nobody else sees one."""
        if user.may(SEE_STUDY):
            return self.filter(school_id=user.school_id)
        return self.none()


class Study(models.Model):
    """Its key is a file named by `key_name` in STUDY_KEY_DIR, outside the database and its backups."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="studies")
    title = models.CharField(_("title"), max_length=120)
    programs = models.ManyToManyField(Program, related_name="studies")
    key_name = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "studies"
        constraints = [models.UniqueConstraint(fields=["school", "title"], name="surveys_study_title_once")]

    def __str__(self) -> str:
        return self.title


class WaveQuerySet(models.QuerySet["Wave"]):
    def open_at(self, now: dt.datetime) -> WaveQuerySet:
        """Waves that can be answered now: from `opens_at` to `closes_at`, nothing else opens one."""
        return self.filter(opens_at__lte=now, closes_at__gt=now, closed_at=None)

    def due_to_close(self, now: dt.datetime) -> WaveQuerySet:
        """Waves whose time is over and whose closing work is not done."""
        return self.filter(closes_at__lte=now, closed_at=None)

    def not_done_by(self, user: User) -> WaveQuerySet:
        """Waves without a receipt of this person."""
        return self.exclude(receipts__person=user)

    def asked_of(self, user: User) -> WaveQuerySet:
        """Waves whose audience this person belongs to, by role and arm in one of the study's programs."""
        seat = Participant.objects.present().filter(
            person=user, program__studies=models.OuterRef("study"), role=models.OuterRef("audience_role")
        )
        return self.filter(
            Q(audience_arm="") & models.Exists(seat) | models.Exists(seat.filter(arm=models.OuterRef("audience_arm")))
        )


WAVE_COUNTS = ("asked_count", "done_count", "message_count", "response_count", "left_out_count")


class Wave(models.Model):
    """One asking of an instrument. Open from `opens_at` until `closes_at`; `closed_at` says when it was closed up."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="waves")
    kind = models.CharField(max_length=10, choices=WaveKind.choices)
    instrument_version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="waves")
    audience_role = models.CharField(max_length=10, choices=Participant.Role.choices)
    # Empty = every arm.
    audience_arm = models.CharField(max_length=12, choices=Participant.Arm.choices, blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # What remains of receipts and survey messages after closing.
    asked_count = models.PositiveIntegerField(null=True, blank=True)
    done_count = models.PositiveIntegerField(null=True, blank=True)
    message_count = models.PositiveIntegerField(null=True, blank=True)
    response_count = models.PositiveIntegerField(null=True, blank=True)
    # Answers that were deleted because consent to research use did not stand when a wave of the study closed.
    left_out_count = models.PositiveIntegerField(null=True, blank=True)

    objects = WaveQuerySet.as_manager()

    class Meta:
        ordering = ["opens_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "kind", "audience_role", "audience_arm"], name="surveys_wave_kind_once"
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="surveys_wave_closes_after_opening"),
            models.CheckConstraint(
                condition=Q(closed_at=None, **dict.fromkeys(WAVE_COUNTS))
                | Q(closed_at__gte=F("closes_at"), **{f"{count}__isnull": False for count in WAVE_COUNTS}),
                name="surveys_wave_closed_has_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.kind}"

    @property
    def about(self) -> str:
        """The name under which the outbox knows this wave."""
        return f"wave:{self.pk}"

    @property
    def last_moment(self) -> dt.datetime:
        """The last minute in which it can be answered: its day is the one that people are told."""
        return self.closes_at - dt.timedelta(minutes=1)

    def people(self) -> UserQuerySet:
        """Whom this wave asks: those present in one of the study's programs, by role and arm. Each person once."""
        seats = Participant.objects.present().filter(
            person=models.OuterRef("pk"), program__studies=self.study_id, role=self.audience_role
        )
        if self.audience_arm:
            seats = seats.filter(arm=self.audience_arm)
        return User.objects.active().filter(models.Exists(seats))

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can be answered now."""
        return self.closed_at is None and self.opens_at <= now < self.closes_at
