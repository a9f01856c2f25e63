"""A teacher's ask, before there is a time or a mentor."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentorship.models.mentor import LearnerGroup, Tool
from mentorship.models.program import Program


class HelpRequest(models.Model):
    """What a teacher needs help with. Until it is taken, mentors see tool, period and learners only."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("taken")
        SOLVED = "solved", _("solved")
        ESCALATED = "escalated", _("with the staff")
        CLOSED = "closed", _("closed")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="help_requests")
    teacher = models.ForeignKey(User, on_delete=models.PROTECT, related_name="help_requests")
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="+")
    learner_group = models.CharField(max_length=10, choices=LearnerGroup.choices, default=LearnerGroup.ALL)
    text = models.TextField(blank=True, max_length=2000)
    wanted_by = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    taken_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="help_requests_taken"
    )
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="open") | Q(taken_by=None), name="mentorship_helprequest_open_is_free"
            ),
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(taken_by__isnull=False), name="mentorship_helprequest_taken_by_someone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.asked_at:%Y-%m-%d}"
