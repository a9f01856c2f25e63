"""When a person is free: by kind of day and period, with exceptions by date."""

from __future__ import annotations

from django.db import models

from accounts.models import DayType, Period, User
from accounts.permissions import RUN_PROGRAM


class AvailabilityQuerySet(models.QuerySet["Availability"]):
    def visible_to(self, user: User) -> AvailabilityQuerySet:
        """The coordinator sees everybody's of the school, everybody else the own free time."""
        return self.filter(person__in=people_whose_time_is_set_by(user))


def people_whose_time_is_set_by(user: User) -> models.QuerySet[User]:
    """Everybody of the school for the coordinator; for everybody else, only oneself."""
    if user.may(RUN_PROGRAM):
        return User.objects.filter(school_id=user.school_id)
    return User.objects.filter(pk=user.pk)


class Availability(models.Model):
    """A person can meet in this period on this kind of day: a teacher's planning, a mentor's study period.

    A mentor may also be let out of the class that she has then (`may_leave_class`); for a teacher it is never set.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="availability")
    day_type = models.ForeignKey(DayType, on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="availability")
    # False = a free or study period. True = there is a class, and this student may leave it.
    may_leave_class = models.BooleanField(default=False)

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "day_type", "period"], name="mentorship_availability_once"),
        ]
        indexes = [models.Index(fields=["day_type", "period", "person"], name="mentorship_free_in_period")]

    def __str__(self) -> str:
        return f"{self.person} {self.day_type} {self.period}"


class AvailabilityExceptionQuerySet(models.QuerySet["AvailabilityException"]):
    def visible_to(self, user: User) -> AvailabilityExceptionQuerySet:
        """The coordinator sees everybody's of the school, everybody else the own ones."""
        return self.filter(person__in=people_whose_time_is_set_by(user))


class AvailabilityException(models.Model):
    """On this one date the rule above does not hold: the person is free after all, or is not."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="availability_exceptions")
    date = models.DateField()
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    is_free = models.BooleanField()

    objects = AvailabilityExceptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "date", "period"], name="mentorship_exception_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.date} {self.period}"
