"""A class of the school: who teaches (and grades) whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.school import School
from accounts.permissions import KEEP_CLASS_LISTS

if TYPE_CHECKING:
    from accounts.models.user import User


class SchoolClassQuerySet(models.QuerySet["SchoolClass"]):
    def visible_to(self, user: User) -> SchoolClassQuerySet:
        """Class lists of one's school, for the coordinator alone: they say who grades whom."""
        return self.filter(school_id=user.school_id) if user.may(KEEP_CLASS_LISTS) else self.none()

    def named_like(self, words: str) -> SchoolClassQuerySet:
        """Classes in whose name, subject or teacher's name each of these words stands."""
        classes = self
        for word in words.split():
            taught = SchoolClass.teachers.through.objects.filter(
                Q(user__given_name__icontains=word) | Q(user__family_name__icontains=word),
                schoolclass=models.OuterRef("pk"),
            )
            classes = classes.filter(Q(name__icontains=word) | Q(subject__icontains=word) | models.Exists(taught))
        return classes

    def with_students_counted(self) -> SchoolClassQuerySet:
        """With `student_count`."""
        return self.annotate(student_count=models.Count("students")).order_by("name", "pk")


class SchoolClass(models.Model):
    """A class: from a roster, a timetable, or a list kept by hand. Nobody mentors the teacher who grades them."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="classes")
    name = models.CharField(_("name"), max_length=120)
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    is_core = models.BooleanField(_("core class"), default=False)
    # The roster's own id of this class (OneRoster: sourcedId).
    source_id = models.CharField(max_length=255, null=True, blank=True)
    teachers = models.ManyToManyField("accounts.User", related_name="classes_taught", blank=True)
    students = models.ManyToManyField("accounts.User", related_name="classes_attended", blank=True)
    periods = models.ManyToManyField("accounts.Period", related_name="classes", blank=True)
    # The kinds of day on which it meets in these periods; none = on every kind.
    day_types = models.ManyToManyField("accounts.DayType", related_name="classes", blank=True)

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["school", "source_id"], name="accounts_schoolclass_source_id_once"),
            models.CheckConstraint(condition=~Q(source_id=""), name="accounts_schoolclass_source_id_not_blank"),
        ]

    def __str__(self) -> str:
        return self.name
