"""The log of help given."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import VERIFY_HELP
from mentorship.models.mentor import LearnerGroup, Tool
from mentorship.models.pairing import Step
from mentorship.models.program import Direction, Program


class HelpEntryQuerySet(models.QuerySet["HelpEntry"]):
    def visible_to(self, user: User) -> HelpEntryQuerySet:
        """A student sees the own entries; once sent, the teacher whom it is about and the coordinator see them too."""
        others = Q(program__school_id=user.school_id) if user.may(VERIFY_HELP) else Q(teacher=user)
        return self.filter(Q(student=user) | others & ~Q(state=HelpEntry.State.DRAFT))

    def unverified(self) -> HelpEntryQuerySet:
        """Sent entries that wait for an adult's look."""
        return self.filter(state=HelpEntry.State.SUBMITTED)

    def for_list(self) -> HelpEntryQuerySet:
        """All that a row of a list shows; those that wait for a look stand first, then the newest."""
        return (
            self.select_related("student", "teacher")
            .prefetch_related("tools")
            .order_by(Case(When(state=HelpEntry.State.SUBMITTED, then=0), default=1), "-helped_on", "-pk")
        )

    def counted(self) -> HelpEntryQuerySet:
        """Accepted entries of help where the student led: what hours are counted from."""
        led = Q(step=None) | Q(step__direction=Direction.STUDENT_LEADS)
        return self.filter(led, state__in=[HelpEntry.State.VERIFIED, HelpEntry.State.CHANGED])


class HelpEntry(models.Model):
    """Help that a student gave a teacher. The student owns it until an adult has verified it.

    `step` is null where no planned step stands behind it: then the student leads.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("sent")
        VERIFIED = "verified", _("verified")
        CHANGED = "changed", _("verified with a change")
        DENIED = "denied", _("not accepted")

    class Done(models.TextChoices):
        SHOWED = "showed", _("I showed it")
        TRIED = "tried", _("The teacher tried it")
        STUCK = "stuck", _("We got stuck")
        WANTS_MORE = "wants_more", _("The teacher wants more")

    class Outcome(models.TextChoices):
        SOLVED = "solved", _("It works now")
        PRACTISE = "practise", _("More practice is needed")
        ESCALATED = "escalated", _("Somebody else must help")

    class Trouble(models.TextChoices):
        NETWORK = "network", _("the network")
        DEVICE = "device", _("the device")
        ACCOUNT = "account", _("the account")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="help_entries")
    student = models.ForeignKey(User, on_delete=models.PROTECT, related_name="help_given")
    teacher = models.ForeignKey(User, on_delete=models.PROTECT, related_name="help_received")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, blank=True, related_name="help_entries")
    tools = models.ManyToManyField(Tool, related_name="+")
    learner_group = models.CharField(_("for"), max_length=10, choices=LearnerGroup.choices, default=LearnerGroup.ALL)
    goal = models.CharField(_("lesson goal"), max_length=300, blank=True)
    helped_on = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    done = ArrayField(models.CharField(max_length=20, choices=Done.choices), default=list, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=20, choices=Outcome.choices, blank=True)
    trouble = ArrayField(models.CharField(max_length=20, choices=Trouble.choices), default=list, blank=True)
    note = models.TextField(_("in your own words"), blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    submitted_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="help_verified")
    verdict = models.CharField(_("what was changed, or why not"), max_length=300, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True)
    teacher_remark = models.CharField(max_length=300, blank=True)

    objects = HelpEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-helped_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="mentorship_helpentry_minutes"),
            models.CheckConstraint(condition=~Q(student=F("teacher")), name="mentorship_helpentry_two_people"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False), name="mentorship_helpentry_sent_has_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"], verified_by=None, verified_at=None)
                | Q(state__in=["verified", "changed", "denied"], verified_by__isnull=False, verified_at__isnull=False),
                name="mentorship_helpentry_verified_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("student")),
                name="mentorship_helpentry_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["changed", "denied"]) | ~Q(verdict=""), name="mentorship_helpentry_verdict_said"
            ),
        ]
        indexes = [
            models.Index(fields=["program"], condition=Q(state="submitted"), name="mentorship_helpentry_unseen"),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.helped_on}"

    @property
    def can_be_revised(self) -> bool:
        """No adult has looked at it yet, so the student may say it anew."""
        return self.state in {self.State.DRAFT, self.State.SUBMITTED}

    @property
    def is_waiting(self) -> bool:
        """Sent, and waiting for an adult's look."""
        return self.state == self.State.SUBMITTED

    @property
    def done_in_words(self) -> list[str]:
        """What was done, as the student tapped it."""
        return [str(self.Done(word).label) for word in self.done]

    @property
    def trouble_in_words(self) -> list[str]:
        """What went wrong, as the student tapped it."""
        return [str(self.Trouble(word).label) for word in self.trouble]
