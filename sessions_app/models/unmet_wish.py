"""A wish for help that found no time."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentorship.models import Program, Tool


class Limit(models.TextChoices):
    """What stood in the way, as the coordinator reads it."""

    NOT_IN_PROGRAM = "program", _("the teacher is not in the program")
    TEACHER_TIME = "teacher_time", _("the teacher's free periods are not known")
    NO_MENTOR = "mentor", _("no mentor helps with it")
    NOT_AVAILABLE = "available", _("no mentor who helps with it is available")
    NO_ROOM = "room", _("no room is in view")
    NOTICE = "notice", _("the notice of your school")
    TEACHER_WEEK = "teacher_week", _("the limit a week for teachers")
    MENTOR_WEEK = "mentor_week", _("the limit a week for mentors")
    PROTECTION = "protection", _("mentors would miss too much class")
    NO_COMMON_TIME = "time", _("no free period in common")


class UnmetWish(models.Model):
    """On this day a teacher looked for help with a tool, and nothing fitted. Others only ever see numbers by tool."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="unmet_wishes")
    teacher = models.ForeignKey(User, on_delete=models.PROTECT, related_name="unmet_wishes")
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    limit = models.CharField(max_length=12, choices=Limit.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["teacher", "tool", "date"], name="sessions_unmetwish_once"),
        ]
        indexes = [models.Index(fields=["program", "date"], name="sessions_unmetwish_in_program")]

    def __str__(self) -> str:
        return f"{self.tool} {self.date}"

    @staticmethod
    def note(teacher: User, tool: Tool, *, program: Program, limit: str, today: dt.date) -> None:
        """Count it once a day, whatever is looked at how often; one statement."""
        wish = UnmetWish(program=program, teacher=teacher, tool=tool, date=today, limit=limit)
        UnmetWish.objects.bulk_create([wish], ignore_conflicts=True)
