"""Long work as a row."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.school import School


class Job(models.Model):
    """A piece of long work that a person asked for. `kind` is the name of the Celery task that does it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="jobs")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=100)
    parameters = models.JSONField(default=dict)
    # Percent.
    progress = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="accounts_job_progress_is_percent"),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "failed"]) | Q(finished_at__isnull=False),
                name="accounts_job_ended_has_time",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="waiting"), name="accounts_job_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
