"""Long work as a row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.school import School


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> JobQuerySet:
        """Work that is not over."""
        return self.filter(state__in=Job.OPEN)


class Job(models.Model):
    """A piece of long work that a person asked for. `kind` is the name of the Celery task that does it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (State.WAITING, State.RUNNING)

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="jobs")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=100)
    parameters = models.JSONField(default=dict)
    # Percent.
    progress = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    # A sentence for the person who asked for it.
    error = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # How often it was begun: a worker that dies may begin it again, but not for ever.
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    # When it was last handed to the workers.
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="accounts_job_progress_is_percent"),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "failed", "cancelled"]) | Q(finished_at__isnull=False),
                name="accounts_job_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state__in=["waiting", "running"]), name="accounts_job_open")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in self.OPEN
