"""The student's profile as a mentor, and the tools that people help with."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import School, User
from accounts.permissions import RUN_PROGRAM


class LearnerGroup(models.TextChoices):
    """The learners that a piece of help is for."""

    EB = "eb", _("Emergent Bilingual learners")
    DYSLEXIC = "dyslexic", _("dyslexic learners")
    ALL = "all", _("all learners")


class ToolQuerySet(models.QuerySet["Tool"]):
    def visible_to(self, user: User) -> ToolQuerySet:
        """The tools of one's own school."""
        return self.filter(school_id=user.school_id)


class Tool(models.Model):
    """A digital tool of the school's catalogue, and the need that it serves."""

    class Support(models.TextChoices):
        READING_ALOUD = "reading_aloud", _("Reading aloud")
        TRANSLATION = "translation", _("Translation")
        CAPTIONS = "captions", _("Captions")
        DICTATION = "dictation", _("Dictation")
        OTHER = "other", _("Other")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="tools")
    name = models.CharField(_("name"), max_length=80)
    support = models.CharField(_("helps with"), max_length=20, choices=Support.choices)

    objects = ToolQuerySet.as_manager()

    class Meta:
        ordering = ["support", "name"]
        constraints = [
            models.UniqueConstraint(
                "school",
                Lower("name"),
                name="mentorship_tool_name_once",
                violation_error_message=_("This tool exists."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MentorQuerySet(models.QuerySet["Mentor"]):
    def visible_to(self, user: User) -> MentorQuerySet:
        """The coordinator edits every mentor of the school, a mentor the own profile."""
        if user.may(RUN_PROGRAM):
            return self.filter(user__school_id=user.school_id)
        return self.filter(user=user)


class Mentor(models.Model):
    """A student on the tech team: languages and tools. The reason for being on the team stands nowhere."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="mentor")
    languages = ArrayField(models.CharField(max_length=8, choices=settings.LANGUAGES), default=list, blank=True)
    tools = models.ManyToManyField(Tool, through="MentorTool", related_name="mentors")

    objects = MentorQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.user)


class MentorTool(models.Model):
    """That a mentor can help with a tool, and how well."""

    class Level(models.IntegerChoices):
        LEARNING = 1, _("is learning it")
        KNOWS = 2, _("knows it")
        EXPERT = 3, _("knows it very well")

    mentor = models.ForeignKey(Mentor, on_delete=models.CASCADE, related_name="mentor_tools")
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="mentor_tools")
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.KNOWS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mentor", "tool"], name="mentorship_mentortool_once")]

    def __str__(self) -> str:
        return f"{self.mentor} {self.tool}"
