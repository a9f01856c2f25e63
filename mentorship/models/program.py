"""A program: one run of a template in a term, and the people in it."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import School, User
from accounts.permissions import RUN_PROGRAM


class Direction(models.TextChoices):
    """Who leads a step. The role belongs to the step, not to the person (Kato 2018)."""

    TEACHER_LEADS = "teacher_leads", _("the teacher leads")
    STUDENT_LEADS = "student_leads", _("the student leads")
    BOTH = "both", _("both lead")


class WaveKind(models.TextChoices):
    """The word that ties a step to an asking of a survey."""

    PRE = "PRE", _("before")
    MID = "MID", _("midway")
    POST = "POST", _("after")
    FOLLOW_UP = "FOLLOW_UP", _("some time after")


class ProgramTemplate(models.Model):
    """The shape of a program as data. A running program keeps the version that it began with."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="program_templates")
    name = models.CharField(_("name"), max_length=120)
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "name", "version"], name="mentorship_template_version_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateStep(models.Model):
    """One planned session in a template."""

    template = models.ForeignKey(ProgramTemplate, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    direction = models.CharField(max_length=20, choices=Direction.choices)
    wave_kind = models.CharField(max_length=10, choices=WaveKind.choices, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["template", "position"], name="mentorship_templatestep_position_once"),
        ]

    def __str__(self) -> str:
        return self.title


class ProgramQuerySet(models.QuerySet["Program"]):
    def visible_to(self, user: User) -> ProgramQuerySet:
        """The coordinator sees the programs of the school, everybody else those they are in."""
        if user.may(RUN_PROGRAM):
            return self.filter(school_id=user.school_id)
        return self.joined_by(user)

    def joined_by(self, person: User) -> ProgramQuerySet:
        """Programs that this person is in now."""
        return self.filter(participants__person=person, participants__left_on=None).distinct()

    def with_counts(self) -> ProgramQuerySet:
        """With `people_count` (present) and `pair_count` (not closed)."""
        present = Q(participants__left_on=None)
        return self.annotate(
            people_count=Count("participants", filter=present, distinct=True),
            pair_count=Count("pairings", filter=~Q(pairings__state="closed"), distinct=True),
        )

    def running_on(self, day: dt.date) -> ProgramQuerySet:
        """Programs that have begun, have not ended and are not closed."""
        return self.filter(starts_on__lte=day, ends_on__gte=day, closed_on=None)

    def not_over_on(self, day: dt.date) -> ProgramQuerySet:
        """Programs in which something can still be planned: running, or about to begin."""
        return self.filter(ends_on__gte=day, closed_on=None)


class Program(models.Model):
    """One run of a template in a term."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="programs")
    template = models.ForeignKey(ProgramTemplate, on_delete=models.PROTECT, related_name="programs")
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    closed_on = models.DateField(null=True, blank=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="mentorship_program_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="mentorship_program_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, user: User) -> ParticipantQuerySet:
        """The coordinator sees who is in the programs of the school, everybody else the own rows."""
        if user.may(RUN_PROGRAM):
            return self.filter(program__school_id=user.school_id)
        return self.filter(person=user)

    def present(self) -> ParticipantQuerySet:
        """Those who joined and have not left."""
        return self.filter(left_on=None)

    def with_consent(self) -> ParticipantQuerySet:
        """With `has_consent`: an adult, or a student for whom the consent to take part stands."""
        return self.annotate(has_consent=Exists(User.objects.may_take_part().filter(pk=OuterRef("person"))))

    def to_pair(self, role: str) -> ParticipantQuerySet:
        """People of this side who can be in a pair: present, and not in the comparison arm."""
        return self.present().filter(role=role).exclude(arm=Participant.Arm.COMPARISON)


class Participant(models.Model):
    """A person in a program, on one side and in one arm. The arm stands only here."""

    class Role(models.TextChoices):
        TEACHER = "teacher", _("Teacher")
        STUDENT = "student", _("Student mentor")

    class Arm(models.TextChoices):
        REVERSE = "reverse", _("reverse mentoring")
        TRADITIONAL = "traditional", _("traditional mentoring")
        COMPARISON = "comparison", _("comparison")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="participants")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=10, choices=Role.choices)
    arm = models.CharField(max_length=12, choices=Arm.choices, default=Arm.REVERSE)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["role", "person__family_name", "person__given_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "person"], condition=Q(left_on=None), name="mentorship_participant_present_once"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="mentorship_participant_left_after_joined",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.program}"
