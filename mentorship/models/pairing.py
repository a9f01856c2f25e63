"""Teacher and student who work together, and the steps that they plan."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import RUN_PROGRAM
from mentorship.models.program import Direction, Program, WaveKind


class PairingQuerySet(models.QuerySet["Pairing"]):
    def visible_to(self, user: User) -> PairingQuerySet:
        """The coordinator sees the pairs of the school, everybody else the own ones."""
        if user.may(RUN_PROGRAM):
            return self.filter(program__school_id=user.school_id)
        return self.of(user)

    def of(self, person: User) -> PairingQuerySet:
        """Pairs in which this person is teacher or student."""
        return self.filter(Q(teacher=person) | Q(student=person))

    def open(self) -> PairingQuerySet:
        """Pairs that are not closed."""
        return self.exclude(state=Pairing.State.CLOSED)

    def for_list(self) -> PairingQuerySet:
        """All that a row of a list shows; closed pairs stand last."""
        return self.select_related("teacher", "student").order_by(
            Case(When(state=Pairing.State.CLOSED, then=1), default=0), "teacher__family_name", "pk"
        )

    def between(self, one: User, other: User) -> PairingQuerySet:
        """Pairs of these two, whoever is the teacher."""
        return self.filter(Q(teacher=one, student=other) | Q(teacher=other, student=one))


class Pairing(models.Model):
    """`teacher` is Kato's senior, `student` the junior. Who mentors is said by each Step, never here."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        STARTED = "started", _("started")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="pairings")
    teacher = models.ForeignKey(User, on_delete=models.PROTECT, related_name="pairings_as_teacher")
    student = models.ForeignKey(User, on_delete=models.PROTECT, related_name="pairings_as_student")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_on = models.DateField()
    started_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        ordering = ["teacher__family_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "teacher", "student"],
                condition=~Q(state="closed"),
                name="mentorship_pairing_open_once",
            ),
            models.CheckConstraint(condition=~Q(teacher=F("student")), name="mentorship_pairing_two_people"),
            models.CheckConstraint(
                condition=Q(state="proposed", started_on=None) | ~Q(state="proposed"),
                name="mentorship_pairing_proposed_not_started",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "closed"]) | Q(started_on__isnull=False),
                name="mentorship_pairing_started_has_day",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False) & ~Q(close_reason="")
                | ~Q(state="closed") & Q(closed_on=None),
                name="mentorship_pairing_closed_has_day_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} - {self.student}"


class Step(models.Model):
    """One planned session of a pairing. Its times are written by the service that books, starts or ends it."""

    class AgendaOwner(models.TextChoices):
        TEACHER = "teacher", _("the teacher")
        STUDENT = "student", _("the student")
        BOTH = "both", _("both")

    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    direction = models.CharField(max_length=20, choices=Direction.choices)
    wave_kind = models.CharField(max_length=10, choices=WaveKind.choices, blank=True)
    agenda = models.TextField(blank=True, max_length=4000)
    agenda_owner = models.CharField(max_length=10, choices=AgendaOwner.choices, default=AgendaOwner.BOTH)
    is_agenda_hidden_until_start = models.BooleanField(default=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pairing", "position"], name="mentorship_step_position_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(started_at__isnull=False, ended_at__gte=F("started_at")),
                name="mentorship_step_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.title}"
