"""A tech playground: a scheduled hands-on session with several mentors."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Period, Room, User
from accounts.permissions import RUN_PROGRAM, Role
from mentorship.models import Program, Tool
from sessions_app.models.series import Series


class PlaygroundSessionQuerySet(models.QuerySet["PlaygroundSession"]):
    def visible_to(self, user: User) -> PlaygroundSessionQuerySet:
        """The coordinator and the teachers see those of the school, a student those with an own duty."""
        of_school = self.filter(program__school_id=user.school_id)
        if user.may(RUN_PROGRAM) or user.has_role(Role.TEACHER):
            return of_school
        return of_school.filter(Q(duties__person=user) | Q(adult_in_charge=user)).distinct()

    def standing(self) -> PlaygroundSessionQuerySet:
        """Those that were not cancelled."""
        return self.filter(state=PlaygroundSession.State.PLANNED)

    def ahead_of(self, now: dt.datetime) -> PlaygroundSessionQuerySet:
        """Those that have not ended yet, the next one first."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")

    def overlapping(self, start: dt.datetime, end: dt.datetime) -> PlaygroundSessionQuerySet:
        """Those that share a moment with `[start, end)`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def following(self, playground: PlaygroundSession, now: dt.datetime) -> PlaygroundSessionQuerySet:
        """This one and those after it in its series that stand and have not begun; just itself without a series."""
        if playground.series_id is None:
            return self.standing().filter(pk=playground.pk, starts_at__gt=now)
        later = self.standing().filter(series=playground.series_id, series_date__gte=playground.series_date)
        return later.filter(starts_at__gt=now)

    def with_sign_up_count(self) -> PlaygroundSessionQuerySet:
        """Adds `sign_up_count`: how many teachers signed up."""
        return self.annotate(sign_up_count=models.Count("sign_ups", distinct=True))


class PlaygroundSession(models.Model):
    """Title, stations, room, places, the adult in charge and a time."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        CANCELLED = "cancelled", _("cancelled")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="playgrounds")
    title = models.CharField(_("title"), max_length=120)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="playgrounds")
    places = models.PositiveSmallIntegerField(_("places"))
    # How many teachers must come for it to be worth holding; 0 = it is held in any case.
    minimum = models.PositiveSmallIntegerField(_("minimum to run"), default=0)
    adult_in_charge = models.ForeignKey(User, on_delete=models.PROTECT, related_name="playgrounds_in_charge")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    period = models.ForeignKey(Period, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    revision = models.PositiveIntegerField(default=0)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="playgrounds")
    # The date that it has in the plan of its series; it stays when this one is moved.
    series_date = models.DateField(null=True, blank=True)
    # Why a coordinator let mentors leave a class for it although the school's protection says no.
    override_reason = models.CharField(max_length=300, blank=True)
    overridden_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What the form carried, made its sender's own: a double click or a retry finds the first playground. Null where no
    # form of its own made it, as in a series, whose row has the key.
    request_key = models.UUIDField(null=True, blank=True, unique=True)

    objects = PlaygroundSessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="sessions_playground_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(places__gte=1), name="sessions_playground_has_places"),
            models.CheckConstraint(condition=Q(minimum__lte=F("places")), name="sessions_playground_minimum_fits"),
            models.CheckConstraint(
                condition=Q(series=None, series_date=None) | Q(series__isnull=False, series_date__isnull=False),
                name="sessions_playground_dated_in_series",
            ),
            models.UniqueConstraint(fields=["series", "series_date"], name="sessions_playground_once_in_series"),
            models.CheckConstraint(
                condition=Q(override_reason="") | Q(overridden_by__isnull=False),
                name="sessions_playground_overridden_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["program", "starts_at"], name="sessions_playground_in_program")]

    def __str__(self) -> str:
        return self.title

    @property
    def about(self) -> str:
        """The name under which the outbox knows this session."""
        return f"playground:{self.pk}"

    @property
    def is_standing(self) -> bool:
        """Not cancelled."""
        return self.state == self.State.PLANNED


class Station(models.Model):
    """A table at a playground where one tool is shown."""

    playground = models.ForeignKey(PlaygroundSession, on_delete=models.CASCADE, related_name="stations")
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["playground", "tool"], name="sessions_station_tool_once")]

    def __str__(self) -> str:
        return f"{self.tool} at {self.playground}"


class Duty(models.Model):
    """A mentor on duty at a playground, at one of its stations or wherever help is needed."""

    playground = models.ForeignKey(PlaygroundSession, on_delete=models.CASCADE, related_name="duties")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    # A station that is taken away leaves its mentors on duty.
    station = models.ForeignKey(Station, on_delete=models.SET_NULL, null=True, blank=True, related_name="duties")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["playground", "person"], name="sessions_duty_once")]

    def __str__(self) -> str:
        return f"{self.person} at {self.playground}"


class SignUp(models.Model):
    """A teacher's place at a playground. It takes no Hold: a teacher may have to be elsewhere, and is only warned."""

    playground = models.ForeignKey(PlaygroundSession, on_delete=models.CASCADE, related_name="sign_ups")
    teacher = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ups")
    signed_up_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_up_at"]
        constraints = [models.UniqueConstraint(fields=["playground", "teacher"], name="sessions_signup_once")]

    def __str__(self) -> str:
        return f"{self.teacher} at {self.playground}"

    @property
    def about(self) -> str:
        """The name under which the outbox knows this place: a new one each time, so that coming back is news."""
        return f"signup:{self.pk}"
