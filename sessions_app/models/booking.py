"""A teacher, a mentor, a time, a place."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Period, Room, User
from accounts.permissions import RUN_PROGRAM
from mentorship.models import HelpEntry, HelpRequest, LearnerGroup, Program, Step, Tool
from sessions_app.models.series import Series

# From when until when the two may say that they have started, and that they are done, around the planned time.
EARLY, LATE = dt.timedelta(minutes=10), dt.timedelta(minutes=30)


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, user: User) -> BookingQuerySet:
        """The coordinator sees the bookings of the school, everybody else the own ones."""
        if user.may(RUN_PROGRAM):
            return self.filter(program__school_id=user.school_id)
        return self.of(user)

    def of(self, user: User) -> BookingQuerySet:
        """Bookings in which this person is teacher or mentor."""
        return self.filter(Q(teacher=user) | Q(mentor=user))

    def standing(self) -> BookingQuerySet:
        """Bookings that were neither cancelled nor declined, and did not fail to take place."""
        return self.filter(state=Booking.State.BOOKED)

    def ahead_of(self, now: dt.datetime) -> BookingQuerySet:
        """Bookings that have not ended yet, the next one first."""
        return self.filter(ends_at__gt=now, finished_at=None).order_by("starts_at", "pk")

    def overlapping(self, start: dt.datetime, end: dt.datetime) -> BookingQuerySet:
        """Bookings that share a moment with `[start, end)`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def following(self, booking: Booking, now: dt.datetime) -> BookingQuerySet:
        """This one and those after it in its series that stand and are not started, over or logged; else none."""
        if booking.series_date is None:
            return self.none()
        later = self.standing().filter(series=booking.series_id, series_date__gte=booking.series_date)
        return later.filter(ends_at__gt=now, started_at=None, help_entry=None)

    def not_logged_by(self, student: User, now: dt.datetime) -> BookingQuerySet:
        """Bookings of this mentor that are over and have no entry in the help log."""
        is_over = Q(ends_at__lte=now) | Q(finished_at__lte=now)
        return self.standing().filter(is_over, mentor=student, help_entry=None).order_by("-starts_at")

    def did_not_take_place(self, *, since: dt.datetime) -> BookingQuerySet:
        """Bookings of which somebody said since then that they did not take place, the latest first."""
        return self.filter(state=Booking.State.NO_SHOW, ended_at__gte=since).order_by("-starts_at")

    def with_people(self) -> BookingQuerySet:
        """All that a row of a list shows, in one query."""
        return self.select_related("teacher", "mentor", "room", "tool", "period")

    def to_change(self) -> BookingQuerySet:
        """These rows, locked, with what never changes about them.

        Who waited for the lock would not find the row, or find nobody there, where a joined row (mentor, room, period,
        help entry) is another one by then: those are read after the lock.
        """
        rows = self.select_related("program__school__booking_rules", "teacher__school", "tool")
        return rows.prefetch_related("mentor__school").select_for_update(of=("self",))


class Booking(models.Model):
    """A teacher booked one mentor. It holds from the click: there is no unconfirmed state."""

    class State(models.TextChoices):
        BOOKED = "booked", _("booked")
        CANCELLED = "cancelled", _("cancelled")
        DECLINED = "declined", _("declined")
        NO_SHOW = "no_show", _("did not take place")

    class Away(models.TextChoices):
        """Who was away where it did not take place. It says no more than that."""

        MENTOR = "mentor", _("the mentor was away")
        TEACHER = "teacher", _("the teacher was away")
        BOTH = "both", _("nobody came")

    # These three begin an index with the time each: one of their own would only be written, or mislead the planner.
    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_index=False, related_name="bookings")
    teacher = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="bookings_as_teacher")
    mentor = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="bookings_as_mentor")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="bookings")
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="+")
    learner_group = models.CharField(max_length=10, choices=LearnerGroup.choices, default=LearnerGroup.ALL)
    goal = models.CharField(_("lesson goal"), max_length=300, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # The school's period that the times came from; null for a clock time.
    period = models.ForeignKey(Period, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    step = models.OneToOneField(Step, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    help_request = models.OneToOneField(HelpRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    help_entry = models.OneToOneField(HelpEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.BOOKED)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings")
    # The date that it has in the plan of its series; it stays when this one is moved.
    series_date = models.DateField(null=True, blank=True)
    # Rises with each move and with the cancellation: the outbox's revision and the calendar file's SEQUENCE.
    revision = models.PositiveIntegerField(default=0)
    # What the form carried: a double click or a retry finds the first booking.
    request_key = models.UUIDField(default=uuid.uuid4, unique=True)
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=300, blank=True)
    # When the two really began and were done, where they said so. `ended_at` is another thing: when it was called off.
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    who_was_away = models.CharField(max_length=10, choices=Away.choices, blank=True)

    # Why a coordinator let this mentor leave a class although the school's protection says no.
    override_reason = models.CharField(max_length=300, blank=True)
    overridden_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="sessions_booking_ends_after_start"),
            models.CheckConstraint(condition=~Q(teacher=F("mentor")), name="sessions_booking_two_people"),
            models.CheckConstraint(
                condition=Q(state="booked", ended_at=None, ended_by=None)
                | ~Q(state="booked") & Q(ended_at__isnull=False, ended_by__isnull=False),
                name="sessions_booking_ended_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(override_reason="") | Q(overridden_by__isnull=False),
                name="sessions_booking_overridden_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state="booked") | Q(help_entry=None), name="sessions_booking_logged_stands"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(started_at__isnull=False, finished_at__gte=F("started_at")),
                name="sessions_booking_finished_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state="no_show") & Q(who_was_away="")
                | Q(state="no_show", who_was_away__in=["mentor", "teacher", "both"], started_at=None),
                name="sessions_booking_no_show_says_who",
            ),
            models.CheckConstraint(
                condition=Q(series=None, series_date=None) | Q(series__isnull=False, series_date__isnull=False),
                name="sessions_booking_dated_in_series",
            ),
            models.UniqueConstraint(fields=["series", "series_date"], name="sessions_booking_once_in_series"),
        ]
        indexes = [
            models.Index(fields=["program", "starts_at"], name="sessions_booking_in_program"),
            models.Index(fields=["teacher", "starts_at"], name="sessions_booking_of_teacher"),
            models.Index(fields=["mentor", "starts_at"], name="sessions_booking_of_mentor"),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} - {self.mentor} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def about(self) -> str:
        """The name under which the outbox knows this booking."""
        return f"booking:{self.pk}"

    @property
    def minutes(self) -> int:
        """Its planned length in minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def given_minutes(self) -> int:
        """How long it really was where both times are known, at least 1; else its planned length."""
        if self.started_at is None or self.finished_at is None:
            return self.minutes
        return max(1, round((self.finished_at - self.started_at) / dt.timedelta(minutes=1)))

    @property
    def is_standing(self) -> bool:
        """Neither cancelled nor declined, and nobody said that it did not take place."""
        return self.state == self.State.BOOKED

    def has_begun(self, now: dt.datetime) -> bool:
        """By the plan, or because one of the two said so."""
        return self.starts_at <= now or self.started_at is not None

    def is_over(self, now: dt.datetime) -> bool:
        """By the plan, or because one of the two said so."""
        return self.ends_at <= now or self.finished_at is not None

    def may_start(self, now: dt.datetime) -> bool:
        """Whether "We have started" can be said now: from a little before until its end."""
        is_time = self.starts_at - EARLY <= now < self.ends_at
        return self.is_standing and self.started_at is None and is_time

    def may_finish(self, now: dt.datetime) -> bool:
        """Whether "We are done" can be said now: until a little after its end."""
        is_on = self.started_at is not None and self.finished_at is None
        return self.is_standing and is_on and now <= self.ends_at + LATE

    def is_open_to_change(self, now: dt.datetime) -> bool:
        """It stands, is not over, and no help was logged for it: moving and cancelling are offered."""
        return self.is_standing and not self.is_over(now) and self.help_entry_id is None

    def partner_of(self, user: User) -> User:
        """The other one of the two."""
        return self.mentor if user.pk == self.teacher_id else self.teacher
