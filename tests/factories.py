"""Rows for tests, in the school's words. Each factory makes a valid row; a test names what matters to it."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts import models as accounts
from accounts.permissions import Role
from mentorship import models as mentorship
from sessions_app import models as sessions


class SchoolFactory(DjangoModelFactory):
    class Meta:
        model = accounts.School

    name = factory.Sequence(lambda n: f"School {n}")
    time_zone = "America/Chicago"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = accounts.User

    school = factory.SubFactory(SchoolFactory)
    username = factory.Sequence(lambda n: f"person{n}")
    given_name = factory.Sequence(lambda n: f"Given{n}")
    family_name = factory.Sequence(lambda n: f"Family{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")


class TeacherFactory(UserFactory):
    roles = factory.LazyFunction(lambda: [Role.TEACHER.value])
    title = "Ms"


class StudentFactory(UserFactory):
    roles = factory.LazyFunction(lambda: [Role.STUDENT.value])
    grade = "7"


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = accounts.Consent

    person = factory.SubFactory(StudentFactory)
    purpose = accounts.Consent.Purpose.TAKE_PART
    text_version = "2026-1"
    given_by = accounts.Consent.GivenBy.GUARDIAN
    given_on = dt.date(2026, 9, 1)
    recorded_by = factory.SubFactory(TeacherFactory, school=factory.SelfAttribute("..person.school"))


def let_take_part(student: accounts.User, *, recorded_by: accounts.User) -> None:
    """The two yeses without which a student can't be booked: a guardian's and the student's own."""
    for given_by in accounts.Consent.GivenBy:
        ConsentFactory(person=student, given_by=given_by, recorded_by=recorded_by)


def agree_to_surveys(person: accounts.User) -> None:
    """A person's own yes to surveys and to the use of the answers, to the school's approved words."""
    for purpose in accounts.Consent.SURVEY_PURPOSES:
        ConsentFactory(
            person=person,
            purpose=purpose,
            given_by=accounts.Consent.GivenBy.SELF,
            recorded_by=person,
            text=accounts.ConsentText.objects.filter(
                school=person.school, purpose=purpose, reader="student" if person.is_student else "teacher"
            )
            .approved()
            .first(),
        )


class ConsentTextFactory(DjangoModelFactory):
    """An approved text, unless `approved_at` and `approved_by` are None."""

    class Meta:
        model = accounts.ConsentText

    school = factory.SubFactory(SchoolFactory)
    purpose = accounts.Consent.Purpose.TAKE_PART
    reader = accounts.ConsentText.Reader.GUARDIAN
    language = "en"
    body = "What we ask."
    on_withdrawal = "What disappears."
    approved_at = dt.datetime(2026, 9, 1, 15, 0, tzinfo=dt.UTC)
    approved_by = factory.SubFactory(
        UserFactory, school=factory.SelfAttribute("..school"), roles=[Role.COORDINATOR.value]
    )


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = accounts.Room

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"Room {n}")
    in_view = True


class DayTypeFactory(DjangoModelFactory):
    class Meta:
        model = accounts.DayType

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"Day {n}")


class BellScheduleFactory(DjangoModelFactory):
    class Meta:
        model = accounts.BellSchedule

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"Bells {n}")


class PeriodFactory(DjangoModelFactory):
    class Meta:
        model = accounts.Period

    school = factory.SubFactory(SchoolFactory)
    position = factory.Sequence(lambda n: n + 1)
    name = factory.LazyAttribute(lambda period: f"Period {period.position}")


class ProgramFactory(DjangoModelFactory):
    class Meta:
        model = mentorship.Program

    school = factory.SubFactory(SchoolFactory)
    template = factory.LazyAttribute(
        lambda program: mentorship.ProgramTemplate.objects.get_or_create(school=program.school, name="Playground term")[
            0
        ]
    )
    name = factory.Sequence(lambda n: f"Program {n}")
    starts_on = dt.date(2026, 8, 17)
    ends_on = dt.date(2027, 6, 4)


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = mentorship.Participant

    program = factory.SubFactory(ProgramFactory)
    person = factory.SubFactory(TeacherFactory, school=factory.SelfAttribute("..program.school"))
    role = factory.LazyAttribute(lambda participant: "student" if participant.person.is_student else "teacher")
    joined_on = dt.date(2026, 9, 1)


class ToolFactory(DjangoModelFactory):
    class Meta:
        model = mentorship.Tool

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"Tool {n}")
    support = mentorship.Tool.Support.READING_ALOUD


class MentorFactory(DjangoModelFactory):
    class Meta:
        model = mentorship.Mentor

    user = factory.SubFactory(StudentFactory)


class PairingFactory(DjangoModelFactory):
    class Meta:
        model = mentorship.Pairing

    program = factory.SubFactory(ProgramFactory)
    teacher = factory.SubFactory(TeacherFactory, school=factory.SelfAttribute("..program.school"))
    student = factory.SubFactory(StudentFactory, school=factory.SelfAttribute("..program.school"))
    state = mentorship.Pairing.State.STARTED
    proposed_on = dt.date(2026, 9, 1)
    started_on = dt.date(2026, 9, 2)


class HelpEntryFactory(DjangoModelFactory):
    class Meta:
        model = mentorship.HelpEntry

    program = factory.SubFactory(ProgramFactory)
    teacher = factory.SubFactory(TeacherFactory, school=factory.SelfAttribute("..program.school"))
    student = factory.SubFactory(StudentFactory, school=factory.SelfAttribute("..program.school"))
    helped_on = dt.date(2026, 12, 3)
    minutes = 25
    state = mentorship.HelpEntry.State.SUBMITTED
    submitted_at = factory.LazyFunction(timezone.now)


class BookingFactory(DjangoModelFactory):
    """A booking row alone: without holds and messages, which only the service writes."""

    class Meta:
        model = sessions.Booking

    program = factory.SubFactory(ProgramFactory)
    teacher = factory.SubFactory(TeacherFactory, school=factory.SelfAttribute("..program.school"))
    mentor = factory.SubFactory(StudentFactory, school=factory.SelfAttribute("..program.school"))
    room = factory.SubFactory(RoomFactory, school=factory.SelfAttribute("..program.school"))
    tool = factory.SubFactory(ToolFactory, school=factory.SelfAttribute("..program.school"))
    starts_at = dt.datetime(2026, 12, 3, 16, 40, tzinfo=dt.UTC)
    ends_at = dt.datetime(2026, 12, 3, 17, 25, tzinfo=dt.UTC)
    booked_by = factory.SelfAttribute("teacher")
    booked_at = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)


class PlaygroundSessionFactory(DjangoModelFactory):
    """A playground row alone: without duties and holds, which only the service writes."""

    class Meta:
        model = sessions.PlaygroundSession

    program = factory.SubFactory(ProgramFactory)
    title = factory.Sequence(lambda n: f"Playground {n}")
    room = factory.SubFactory(RoomFactory, school=factory.SelfAttribute("..program.school"), is_shared=True)
    adult_in_charge = factory.SubFactory(TeacherFactory, school=factory.SelfAttribute("..program.school"))
    places = 12
    starts_at = dt.datetime(2026, 12, 1, 20, 0, tzinfo=dt.UTC)
    ends_at = dt.datetime(2026, 12, 1, 20, 45, tzinfo=dt.UTC)
