"""The people, rooms and hours of the demo school."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from accounts.models import BellSchedule, Consent, DayType, Period, PeriodTime, Room, School, SchoolDay, User
from accounts.permissions import Role
from accounts.services.consent import Paper, record_consent
from accounts.services.consent_text import approve_consent_text, install_consent_texts
from mentorship.models import Participant, Program, Tool
from mentorship.services import add_participants, create_program, install_tools

PASSWORD = "playground"
SIGN_INS = ["coordinator", "teacher", "student", "admin"]

BELLS = [
    ("08:00", "08:45"), ("08:50", "09:35"), ("09:45", "10:30"), ("10:40", "11:25"),
    ("12:10", "12:55"), ("13:00", "13:45"), ("13:55", "14:40"),
]  # fmt: skip
ORDINALS = ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th"]

# title, first name, last name, language
TEACHERS = [
    ("Ms", "Ana", "Ortiz", "en"), ("Mr", "Omar", "Haddad", "ar"), ("Ms", "Lucía", "Peña", "es"),
    ("Mr", "Daniel", "Whitfield", "en"), ("Ms", "Grace", "Okafor", "en"), ("Mr", "Tomás", "Ibarra", "es"),
    ("Ms", "Hannah", "Lindqvist", "en"), ("Ms", "Priya", "Nair", "en"), ("Mr", "Samuel", "Brooks", "en"),
    ("Ms", "Elif", "Demir", "en"), ("Mr", "Jonas", "Keller", "en"), ("Ms", "Rosa", "Villalobos", "es"),
    ("Mr", "Peter", "Novak", "en"), ("Ms", "Mei", "Chen", "en"), ("Mr", "Andre", "Baptiste", "en"),
]  # fmt: skip
# first name, last name, grade, languages, e-mail or none
STUDENTS = [
    ("Maya", "Rahman", "7", ["en", "ar"], False), ("Leo", "Tran", "8", ["en", "es"], True),
    ("Sami", "Khalil", "7", ["en", "ar"], False), ("Valeria", "Cruz", "8", ["en", "es"], True),
    ("Noah", "Bergström", "6", ["en"], False), ("Amira", "Saleh", "8", ["en", "ar"], True),
    ("Diego", "Morales", "7", ["en", "es"], True), ("Zoe", "Papadakis", "6", ["en"], True),
    ("Kofi", "Mensah", "8", ["en"], False), ("Lina", "Aziz", "6", ["en", "ar"], True),
]  # fmt: skip
# Whose guardian has not signed yet, so that the coordinator has somebody to ask.
WITHOUT_CONSENT = {"Lina"}
# Whose guardian said yes, and who is asked on the home page.
WITHOUT_ASSENT = {"Kofi"}


@dataclass
class Demo:
    """What the steps of loading hand to each other."""

    school: School
    now: dt.datetime
    today: dt.date
    dice: random.Random
    coordinator: User
    teachers: list[User]
    students: list[User]
    tools: list[Tool]
    rooms: dict[str, Room]


def make_school(now: dt.datetime) -> Demo:
    """The school with its rooms, days, people, consents and tools, before any program."""
    school = School.objects.create(name="Maple Street Junior High", time_zone="America/Chicago", is_demo=True)
    today = now.astimezone(school.zone).date()
    rooms = {
        name: Room.objects.create(school=school, name=name, in_view=in_view, is_shared=is_shared)
        for name, in_view, is_shared in (
            ("Room 112", True, False), ("Room 114", True, False), ("Room 201", True, False),
            ("Library", True, True), ("Quiet room", False, False),
        )
    }  # fmt: skip
    _make_school_time(school, today)
    coordinator = _person(school, "coordinator", "June", "Lane", title="Ms", roles=[Role.COORDINATOR])
    admin = _person(school, "admin", "Ruth", "Adler", title="Dr", roles=[Role.ADMIN])
    school.second_adult = admin
    school.save()
    teachers = [
        _person(
            school,
            "teacher" if n == 0 else _user_name(given, family),
            given,
            family,
            title=title,
            roles=[Role.TEACHER],
            language=language,
        )
        for n, (title, given, family, language) in enumerate(TEACHERS)
    ]
    students = [
        _person(
            school,
            "student" if n == 0 else _user_name(given, family),
            given,
            family,
            roles=[Role.STUDENT],
            grade=grade,
            has_email=has_email,
        )
        for n, (given, family, grade, _languages, has_email) in enumerate(STUDENTS)
    ]
    # What nobody who speaks it has read stays a draft.
    install_consent_texts(school)
    for text in school.consent_texts.filter(language="en"):
        approve_consent_text(text, by=coordinator, now=now - dt.timedelta(days=65))
    for student in students:
        if student.given_name not in WITHOUT_CONSENT:
            paper = Paper(
                person=student,
                answers={Consent.Purpose.TAKE_PART: True},
                guardian_name=f"Guardian {student.family_name}",
                given_on=today - dt.timedelta(days=65),
                has_student_signed=student.given_name not in WITHOUT_ASSENT,
            )
            record_consent(paper, by=coordinator, today=today)
    # Everybody but two has been in, so that the coordinator has somebody to invite and a card to print.
    has_been_in = [user.pk for user in (coordinator, admin, *teachers[:-1], *students[:-2], students[-1])]
    User.objects.filter(pk__in=has_been_in).update(last_login=now - dt.timedelta(days=3))
    install_tools(school, by=coordinator)
    # A fixed seed: the same day gives the same school.
    dice = random.Random(14)  # noqa: S311
    tools = list(Tool.objects.filter(school=school))
    return Demo(school, now, today, dice, coordinator, teachers, students, tools, rooms)


def _make_school_time(school: School, today: dt.date) -> None:
    """Seven periods, A and B days in turn, from half a year ago until half a year ahead."""
    day_types = [DayType.objects.create(school=school, name=name) for name in "AB"]
    bells = BellSchedule.objects.create(school=school, name="Regular")
    for position, (ordinal, (starts, ends)) in enumerate(zip(ORDINALS, BELLS, strict=True), start=1):
        period = Period.objects.create(school=school, name=f"{ordinal} period", position=position)
        PeriodTime.objects.bulk_create(
            PeriodTime(
                bell_schedule=bells,
                day_type=day_type,
                period=period,
                starts=dt.time.fromisoformat(starts),
                ends=dt.time.fromisoformat(ends),
            )
            for day_type in day_types
        )
    days = [today + dt.timedelta(days=n) for n in range(-180, 181)]
    school_days = [day for day in days if day.weekday() < 5]
    SchoolDay.objects.bulk_create(
        SchoolDay(school=school, date=day, day_type=day_types[n % 2]) for n, day in enumerate(school_days)
    )


def _person(
    school: School, username: str, given: str, family: str, *, has_email: bool = True, **fields: object
) -> User:
    """A person; the four demo sign-ins have the demo password, nobody else can sign in."""
    return User.objects.create_user(
        username,
        PASSWORD if username in SIGN_INS else None,
        school=school,
        given_name=given,
        family_name=family,
        email=f"{username}@maple-street.example" if has_email else None,
        **fields,
    )


def _user_name(given: str, family: str) -> str:
    plain = f"{given}.{family}".lower()
    return plain.translate(str.maketrans("áéíóúñö", "aeiouno"))


def make_program(demo: Demo, name: str, *, starts: int, ends: int) -> Program:
    """A program with everybody in it; `starts` and `ends` in days from today. The first teacher has a pair."""
    starts_on, ends_on = demo.today + dt.timedelta(days=starts), demo.today + dt.timedelta(days=ends)
    program = create_program(school=demo.school, name=name, starts_on=starts_on, ends_on=ends_on, by=demo.coordinator)
    add_participants(
        program,
        teachers=demo.teachers,
        students=demo.students,
        arm=Participant.Arm.REVERSE,
        by=demo.coordinator,
        today=starts_on,
    )
    return program
