"""A school of any size for measuring, written in bulk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from accounts.models import BellSchedule, Consent, DayType, Period, PeriodTime, Room, School, SchoolDay, User
from accounts.permissions import Role
from mentorship.models import Availability, Mentor, MentorTool, Participant, Program, ProgramTemplate, Tool
from sessions_app.models import Booking, BookingRules, Hold

STARTS = [dt.time(8), dt.time(9), dt.time(10), dt.time(11), dt.time(13), dt.time(14)]
LESSON = dt.timedelta(minutes=45)
DAYS_AHEAD = 60


@dataclass(frozen=True)
class Crowd:
    """A school whose days all have school; its teachers are always free, its mentors as `make_crowd` was told."""

    school: School
    program: Program
    tool: Tool
    room: Room
    day_type: DayType
    periods: list[Period]
    teachers: list[User]
    mentors: list[User]
    first_day: dt.date

    def span(self, day: dt.date, period: Period) -> tuple[dt.datetime, dt.datetime]:
        """The instants of a period on a day."""
        return PeriodTime.objects.select_related("period__school").get(period=period).span_on(day)


def make_crowd(name: str, *, mentors: int, teachers: int, now: dt.datetime, free_every: int = 1) -> Crowd:
    """Write a school. Each mentor knows the tool, has consent, and is free in every `free_every`-th period."""
    first_day = now.date() + dt.timedelta(days=1)
    school = School.objects.create(name=name, time_zone="America/Chicago")
    day_type = DayType.objects.create(school=school, name="A")
    bells = BellSchedule.objects.create(school=school, name="Main")
    periods = Period.objects.bulk_create(
        Period(school=school, name=f"Period {position}", position=position) for position in range(1, len(STARTS) + 1)
    )
    PeriodTime.objects.bulk_create(
        PeriodTime(
            bell_schedule=bells,
            day_type=day_type,
            period=period,
            starts=starts,
            ends=(dt.datetime.combine(first_day, starts) + LESSON).time(),
        )
        for period, starts in zip(periods, STARTS, strict=True)
    )
    SchoolDay.objects.bulk_create(
        SchoolDay(school=school, date=first_day + dt.timedelta(days=n), day_type=day_type) for n in range(DAYS_AHEAD)
    )
    template = ProgramTemplate.objects.create(school=school, name="Playground term")
    program = Program.objects.create(
        school=school,
        template=template,
        name="Tech team",
        starts_on=now.date() - dt.timedelta(days=30),
        ends_on=now.date() + dt.timedelta(days=200),
    )
    tool = Tool.objects.create(school=school, name="Immersive Reader", support=Tool.Support.READING_ALOUD)
    adults = _people(school, Role.TEACHER, teachers)
    students = _people(school, Role.STUDENT, mentors)
    for role, people in ((Participant.Role.TEACHER, adults), (Participant.Role.STUDENT, students)):
        Participant.objects.bulk_create(
            Participant(program=program, person=person, role=role, joined_on=program.starts_on) for person in people
        )
    Consent.objects.bulk_create(
        Consent(
            person=student,
            purpose=Consent.Purpose.TAKE_PART,
            text_version="1",
            given_by=given_by,
            given_on=program.starts_on,
            recorded_by=adults[0],
        )
        for student in students
        for given_by in Consent.GivenBy
    )
    profiles = Mentor.objects.bulk_create(Mentor(user=student, languages=["en", "es"]) for student in students)
    MentorTool.objects.bulk_create(MentorTool(mentor=profile, tool=tool) for profile in profiles)
    Availability.objects.bulk_create(
        Availability(person=person, day_type=day_type, period=period)
        for people, every in ((adults, 1), (students, free_every))
        for number, person in enumerate(people)
        for place, period in enumerate(periods)
        if (number + place) % every == 0
    )
    BookingRules.objects.create(
        school=school, notice_minutes=0, cut_off_minutes=0, teacher_week_limit=None, mentor_week_limit=None
    )
    return Crowd(
        school=school,
        program=program,
        tool=tool,
        room=Room.objects.create(school=school, name="112", in_view=True),
        day_type=day_type,
        periods=periods,
        teachers=adults,
        mentors=students,
        first_day=first_day,
    )


def hold_some(crowd: Crowd, people: list[User], *, day: dt.date, now: dt.datetime) -> None:
    """Book each of these mentors with another teacher in the first period of the day, each in a room of its own."""
    start, end = crowd.span(day, crowd.periods[0])
    rooms = Room.objects.bulk_create(Room(school=crowd.school, name=f"Room {person.pk}") for person in people)
    bookings = Booking.objects.bulk_create(
        Booking(
            program=crowd.program,
            teacher=crowd.teachers[0],
            mentor=person,
            room=room,
            tool=crowd.tool,
            starts_at=start,
            ends_at=end,
            period=crowd.periods[0],
            booked_by=crowd.teachers[0],
            booked_at=now,
        )
        for person, room in zip(people, rooms, strict=True)
    )
    Hold.objects.bulk_create(Hold(booking=booking, person=booking.mentor, during=(start, end)) for booking in bookings)


# One meeting after the other, each mentor with a teacher of her own, from yesterday back.
PAST = """
WITH made AS (
    INSERT INTO sessions_app_booking (program_id, teacher_id, mentor_id, room_id, tool_id, learner_group, goal,
        starts_at, ends_at, period_id, state, revision, request_key, booked_by_id, booked_at, end_reason,
        override_reason, who_was_away)
    SELECT %(program)s, teacher.id, mentor.id, %(room)s, %(tool)s, 'all', '', slot.starts_at,
           slot.starts_at + interval '45 minutes', (%(periods)s::bigint[])[1 + slot.lesson], 'booked', 0,
           gen_random_uuid(), teacher.id, slot.starts_at - interval '1 day', '', '', ''
    FROM generate_series(0, %(count)s - 1) AS number
    CROSS JOIN LATERAL (SELECT (%(mentors)s::bigint[])[1 + number %% %(pairs)s] AS id) mentor
    CROSS JOIN LATERAL (SELECT (%(teachers)s::bigint[])[1 + number %% %(pairs)s] AS id) teacher
    CROSS JOIN LATERAL (
        SELECT number / %(pairs)s %% 6 AS lesson,
               %(before)s::timestamptz - make_interval(days => number / %(pairs)s / 6 + 1)
               + make_interval(hours => number / %(pairs)s %% 6) AS starts_at) slot
    RETURNING id, teacher_id, mentor_id, starts_at, ends_at
)
INSERT INTO sessions_app_hold (person_id, during, booking_id, misses)
SELECT person.id, tstzrange(made.starts_at, made.ends_at, '[)'), made.id, ''
FROM made CROSS JOIN LATERAL (VALUES (made.teacher_id), (made.mentor_id)) AS person(id)
"""


def fill_past(crowd: Crowd, count: int, *, now: dt.datetime) -> None:
    """Write so many bookings that are over, with their holds. Needs as many teachers as mentors, or more."""
    asked = {
        "program": crowd.program.pk,
        "room": crowd.room.pk,
        "tool": crowd.tool.pk,
        "periods": [period.pk for period in crowd.periods],
        "mentors": [person.pk for person in crowd.mentors],
        "teachers": [person.pk for person in crowd.teachers],
        "pairs": len(crowd.mentors),
        "count": count,
        "before": now - dt.timedelta(days=1),
    }
    with connection.cursor() as cursor:
        # Without the trail, whose trigger makes one statement of so many rows slow.
        cursor.execute("ALTER TABLE sessions_app_booking DISABLE TRIGGER USER")
        cursor.execute(PAST, asked)
        cursor.execute("ALTER TABLE sessions_app_booking ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")


def _people(school: School, role: Role, count: int) -> list[User]:
    return User.objects.bulk_create(
        User(
            school=school,
            username=f"{role.value}{number}.{school.pk}",
            password="!",
            given_name=f"Given{number}",
            family_name=f"Family{number}",
            grade="7" if role is Role.STUDENT else "",
            roles=[role.value],
        )
        for number in range(count)
    )
