"""The cast: one school with a term, and the people whom most tests need. A stranger is of another school."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import BellSchedule, DayType, Period, PeriodTime, Room, School, SchoolDay, User
from accounts.permissions import Role
from accounts.services.consent_text import install_consent_texts
from mentorship.models import Availability, Mentor, MentorTool, Participant, Program, Tool
from tests import factories

# A Sunday in the school's first term; "now" for tests that hand the time down.
NOW = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)
PERIODS = [(dt.time(8), dt.time(8, 45)), (dt.time(8, 55), dt.time(9, 40)), (dt.time(9, 50), dt.time(10, 35)),
           (dt.time(10, 40), dt.time(11, 25))]  # fmt: skip


@dataclass
class Cast:
    """Everybody and everything of the test school. Both mentors know the tool, have consent, and are always free."""

    school: School
    coordinator: User
    admin: User
    teacher: User
    other_teacher: User
    mentor: User
    other_mentor: User
    stranger: User
    stranger_coordinator: User
    program: Program
    tool: Tool
    room: Room
    other_room: Room
    library: Room
    day_type: DayType
    bell_schedule: BellSchedule
    periods: list[Period]
    thursday: dt.date = dt.date(2026, 12, 3)

    def span(self, period: int = 4, day: dt.date | None = None) -> tuple[dt.datetime, dt.datetime]:
        """The instants of a period (counted from 1) on a day, by default Thursday 3 December."""
        time = PeriodTime.objects.select_related("period__school").get(period=self.periods[period - 1])
        return time.span_on(day or self.thursday)


def make_cast(suffix: str = "") -> Cast:
    """Write the cast into the database. A second cast needs a `suffix` for its names of schools and users."""
    school = factories.SchoolFactory(name=f"Lincoln Junior High{suffix}", time_zone="America/Chicago")
    other_school = factories.SchoolFactory(name=f"Other School{suffix}")
    people = {
        "coordinator": factories.UserFactory(
            school=school,
            username=f"lane{suffix}",
            given_name="June",
            family_name="Lane",
            title="Ms",
            roles=[Role.COORDINATOR],
        ),
        "admin": factories.UserFactory(
            school=school,
            username=f"amin{suffix}",
            given_name="Ada",
            family_name="Amin",
            title="Dr",
            roles=[Role.ADMIN],
        ),
        "teacher": factories.TeacherFactory(
            school=school, username=f"ortiz{suffix}", given_name="Ana", family_name="Ortiz", title="Ms"
        ),
        "other_teacher": factories.TeacherFactory(
            school=school, username=f"haddad{suffix}", given_name="Omar", family_name="Haddad", title="Mr"
        ),
        "mentor": factories.StudentFactory(
            school=school, username=f"maya{suffix}", given_name="Maya", family_name="Rahman", email=None
        ),
        "other_mentor": factories.StudentFactory(
            school=school, username=f"leo{suffix}", given_name="Leo", family_name="Tran"
        ),
        "stranger": factories.TeacherFactory(school=other_school, username=f"stranger{suffix}"),
        "stranger_coordinator": factories.UserFactory(
            school=other_school, username=f"stranger2{suffix}", roles=[Role.COORDINATOR]
        ),
    }
    day_type = factories.DayTypeFactory(school=school, name="A")
    bells = factories.BellScheduleFactory(school=school, name="Main")
    periods = []
    for number, (starts, ends) in enumerate(PERIODS, start=1):
        period = factories.PeriodFactory(school=school, position=number, name=f"{number}. period")
        PeriodTime.objects.create(bell_schedule=bells, day_type=day_type, period=period, starts=starts, ends=ends)
        periods.append(period)
    days = (TODAY + dt.timedelta(days=n) for n in range(60))
    SchoolDay.objects.bulk_create(
        SchoolDay(school=school, date=day, day_type=day_type) for day in days if day.weekday() < 5
    )
    install_consent_texts(school)
    school.consent_texts.filter(language="en").update(approved_at=NOW, approved_by=people["coordinator"])
    program = factories.ProgramFactory(school=school, name="Autumn tech team")
    tool = factories.ToolFactory(school=school, name="Immersive Reader")
    for name in ("teacher", "other_teacher", "mentor", "other_mentor"):
        person = people[name]
        role = Participant.Role.STUDENT if person.is_student else Participant.Role.TEACHER
        factories.ParticipantFactory(program=program, person=person, role=role)
        Availability.objects.bulk_create(
            Availability(person=person, day_type=day_type, period=period) for period in periods
        )
        if person.is_student:
            factories.let_take_part(person, recorded_by=people["coordinator"])
            MentorTool.objects.create(mentor=Mentor.objects.create(user=person, languages=["en", "es"]), tool=tool)
    return Cast(
        school=school,
        program=program,
        tool=tool,
        room=factories.RoomFactory(school=school, name="112"),
        other_room=factories.RoomFactory(school=school, name="114"),
        library=factories.RoomFactory(school=school, name="Library", is_shared=True, in_view=False),
        day_type=day_type,
        bell_schedule=bells,
        periods=periods,
        **people,
    )


def one_more_mentor(cast: Cast) -> User:
    """A student of the program who knows the tool, has consent and is always free."""
    student = factories.StudentFactory(school=cast.school)
    factories.ParticipantFactory(program=cast.program, person=student, role=Participant.Role.STUDENT)
    factories.let_take_part(student, recorded_by=cast.coordinator)
    Availability.objects.bulk_create(
        Availability(person=student, day_type=cast.day_type, period=period) for period in cast.periods
    )
    MentorTool.objects.create(mentor=Mentor.objects.create(user=student), tool=cast.tool)
    return student
