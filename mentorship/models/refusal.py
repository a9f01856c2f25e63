"""Who would rather not meet whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from accounts.permissions import RUN_PROGRAM


class RefusalQuerySet(models.QuerySet["Refusal"]):
    def visible_to(self, user: User) -> RefusalQuerySet:
        """The coordinator sees those of the school, everybody else the own ones: never those about oneself."""
        if user.may(RUN_PROGRAM):
            return self.filter(person__school_id=user.school_id)
        return self.filter(person=user)

    def with_names(self) -> RefusalQuerySet:
        """All that a row of a list shows, in one query."""
        return self.select_related("person", "about")


class Refusal(models.Model):
    """A person would rather not meet another one, and says no reason. The other one never learns of it."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="refusals")
    about = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = RefusalQuerySet.as_manager()

    class Meta:
        ordering = ["person__family_name", "about__family_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "about"], name="mentorship_refusal_once"),
            models.CheckConstraint(condition=~Q(person=F("about")), name="mentorship_refusal_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.person} / {self.about}"
