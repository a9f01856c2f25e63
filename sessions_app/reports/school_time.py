"""Which bookings and playgrounds no longer stand where the school's bells put them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from accounts.models import Period, PeriodTime, School, SchoolDay
from sessions_app.models import Booking, KeptTime, PlaygroundSession

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Misfit:
    """A meeting whose stored times are not those of its period on that day."""

    meeting: Booking | PlaygroundSession
    # When its period is by the bells; None where it is not held on that day, or is no school.
    by_bells: Span | None
    has_school: bool

    @property
    def about(self) -> str:
        """The name of the meeting: "booking:12", "playground:3"."""
        return self.meeting.about

    @property
    def is_booking(self) -> bool:
        """Whether it is a booking, else a playground."""
        return isinstance(self.meeting, Booking)


class Bells:
    """When each period is on each day of a stretch, by the bells of a grade or else those for everybody."""

    def __init__(self, school: School, first: dt.date, last: dt.date) -> None:
        self.school = school
        days = SchoolDay.objects.filter(school=school, date__range=(first, last))
        self.kinds = dict(days.values_list("date", "day_type"))

    @cached_property
    def times(self) -> dict[tuple[int, int], list[PeriodTime]]:
        """The times of each period on each kind of day, by all bell schedules."""
        found: dict[tuple[int, int], list[PeriodTime]] = {}
        rows = PeriodTime.objects.filter(period__school=self.school)
        for time in rows.select_related("period__school", "bell_schedule").order_by("pk"):
            found.setdefault((time.day_type_id, time.period_id), []).append(time)
        return found

    def has_school(self, day: dt.date) -> bool:
        """Whether there is school on this day."""
        return day in self.kinds

    def periods(self, *, grade: str) -> list[tuple[dt.date, Period, Span]]:
        """Each period that a person of this grade has on the days of the stretch, and when; the earliest first."""
        found = []
        for day, kind in self.kinds.items():
            for (kind_of_time, period_id), times in self.times.items():
                if kind_of_time == kind and (span := self.span(day, period_id, grade=grade)):
                    found.append((day, times[0].period, span))
        return sorted(found, key=lambda row: row[2])

    def span(self, day: dt.date, period_id: int, *, grade: str) -> Span | None:
        """The instants of a period on a day."""
        times = self.times.get((self.kinds.get(day, 0), period_id), [])
        of_grade = [time for time in times if grade in time.bell_schedule.grades]
        for_all = [time for time in times if not time.bell_schedule.grades]
        time = next(iter(of_grade or for_all), None)
        return time.span_on(day) if time else None


# Whether anything may fit no longer, by the clock on the wall. Too careful where a period begins in an hour that does
# not exist, and about what was kept: then the rule itself is asked, row by row.
MAY_MISFIT = """
SELECT EXISTS (
    SELECT 1
    FROM (
        SELECT booking.starts_at, booking.ends_at, booking.period_id, mentor.grade
        FROM sessions_app_booking booking
        JOIN mentorship_program program ON program.id = booking.program_id
        JOIN accounts_user mentor ON mentor.id = booking.mentor_id
        WHERE program.school_id = %(school)s AND booking.state = 'booked' AND booking.starts_at > %(now)s
        UNION ALL
        SELECT playground.starts_at, playground.ends_at, playground.period_id, ''
        FROM sessions_app_playgroundsession playground
        JOIN mentorship_program program ON program.id = playground.program_id
        WHERE program.school_id = %(school)s AND playground.state = 'planned' AND playground.starts_at > %(now)s
    ) meeting
    LEFT JOIN accounts_schoolday day
        ON day.school_id = %(school)s AND day.date = (meeting.starts_at AT TIME ZONE %(zone)s)::date
    LEFT JOIN LATERAL (
        SELECT time.starts, time.ends
        FROM accounts_periodtime time
        JOIN accounts_bellschedule bells ON bells.id = time.bell_schedule_id
        WHERE time.period_id = meeting.period_id AND time.day_type_id = day.day_type_id
            AND (bells.grades = '{}' OR meeting.grade = ANY (bells.grades))
        ORDER BY bells.grades = '{}', time.id
        LIMIT 1
    ) held ON TRUE
    WHERE day.id IS NULL OR meeting.period_id IS NOT NULL AND (
        held.starts IS DISTINCT FROM (meeting.starts_at AT TIME ZONE %(zone)s)::time
        OR held.ends IS DISTINCT FROM (meeting.ends_at AT TIME ZONE %(zone)s)::time
    )
)
"""


@dataclass(frozen=True)
class _Stand:
    """What of a meeting says whether it fits."""

    about: str
    pk: int
    span: Span
    period_id: int | None
    grade: str


def misfits(school: School, *, now: dt.datetime) -> list[Misfit]:
    """What has not begun and stands where the bells do not put it, the next one first. At most seven statements.

    A period of a booking is the mentor's, by the bells of her grade. A clock time fits on every day with school. What a
    coordinator kept as it is fits as long as neither it nor the bells change.
    """
    found = _found(school, now)
    bookings = [stand.pk for stand, _span, _school in found if stand.about.startswith("booking")]
    others = [stand.pk for stand, _span, _school in found if stand.about.startswith("playground")]
    meetings: dict[str, Booking | PlaygroundSession] = {}
    if bookings:
        rows = Booking.objects.filter(pk__in=bookings).with_people().select_related("program")
        meetings |= {row.about: row for row in rows}
    if others:
        playgrounds = PlaygroundSession.objects.filter(pk__in=others)
        rest = playgrounds.select_related("period", "room", "program", "adult_in_charge")
        meetings |= {row.about: row for row in rest}
    return [Misfit(meetings[stand.about], span, has_school) for stand, span, has_school in found]


def count_misfits(school: School, *, now: dt.datetime) -> int:
    """How many they are. One statement where there are none, else at most six."""
    with connection.cursor() as cursor:
        cursor.execute(MAY_MISFIT, {"school": school.pk, "zone": school.time_zone, "now": now})
        (may_be,) = cursor.fetchone()
    return len(_found(school, now)) if may_be else 0


def _found(school: School, now: dt.datetime) -> list[tuple[_Stand, Span | None, bool]]:
    stands = _stands(school, now)
    if not stands:
        return []
    days = {stand.about: stand.span[0].astimezone(school.zone).date() for stand in stands}
    bells = Bells(school, min(days.values()), max(days.values()))
    kept = _kept(school, now)
    found = []
    for stand in stands:
        day = days[stand.about]
        by_bells = bells.span(day, stand.period_id, grade=stand.grade) if stand.period_id else None
        fits = by_bells == stand.span if stand.period_id else bells.has_school(day)
        if not fits and kept.get(stand.about) != (stand.span, by_bells):
            found.append((stand, by_bells, bells.has_school(day)))
    return sorted(found, key=lambda row: (row[0].span[0], row[0].about))


def _stands(school: School, now: dt.datetime) -> list[_Stand]:
    columns = ("pk", "starts_at", "ends_at", "period_id")
    bookings = Booking.objects.standing().filter(program__school=school, starts_at__gt=now).order_by()
    playgrounds = PlaygroundSession.objects.standing().filter(program__school=school, starts_at__gt=now).order_by()
    return [
        _Stand(f"booking:{pk}", pk, (start, end), period_id, grade)
        for pk, start, end, period_id, grade in bookings.values_list(*columns, "mentor__grade")
    ] + [
        _Stand(f"playground:{pk}", pk, (start, end), period_id, "")
        for pk, start, end, period_id in playgrounds.values_list(*columns)
    ]


def _kept(school: School, now: dt.datetime) -> dict[str, tuple[Span, Span | None]]:
    """What was kept as it is, by the name of the meeting: its times, and those of the bells then."""
    rows = KeptTime.objects.filter(starts_at__gt=now, kept_by__school=school)
    return {
        f"booking:{row.booking_id}" if row.booking_id else f"playground:{row.playground_id}": (
            (row.starts_at, row.ends_at),
            (row.bells_start_at, row.bells_end_at) if row.bells_start_at and row.bells_end_at else None,
        )
        for row in rows
    }
