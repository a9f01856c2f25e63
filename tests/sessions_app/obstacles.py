"""What may stand between a teacher and a mentor: one rule after the other."""

from __future__ import annotations

import datetime as dt
import uuid

from accounts.models import BellSchedule, Concern, DayType, PeriodTime, SchoolClass, User
from mentorship.models import Availability, AvailabilityException, MentorTool, Participant, Refusal
from sessions_app.models import Booking, BookingRules
from sessions_app.reports.rules import clock_span
from sessions_app.services import book_mentor, cancel_booking, schedule_playground
from tests.cast import NOW, TODAY, Cast

Pairs = set[tuple[str, int]]
EVERYBODY: Pairs = {(name, number) for name in ("Leo T.", "Maya R.") for number in (1, 2, 3, 4)}
LEO: Pairs = {pair for pair in EVERYBODY if pair[0] == "Leo T."}


def graded(cast: Cast) -> None:
    """Ms Ortiz teaches Maya."""
    school_class = SchoolClass.objects.create(school=cast.school, name="Art 7")
    school_class.teachers.add(cast.teacher)
    school_class.students.add(cast.mentor)


def graded_by_another(cast: Cast) -> None:
    """Mr Haddad teaches Maya, and Ms Ortiz a class without her."""
    maths, art = SchoolClass.objects.bulk_create(SchoolClass(school=cast.school, name=name) for name in ("Math", "Art"))
    maths.teachers.add(cast.other_teacher)
    maths.students.add(cast.mentor)
    art.teachers.add(cast.teacher)


def refused(cast: Cast) -> None:
    """Maya would rather not help Ms Ortiz."""
    Refusal.objects.create(person=cast.mentor, about=cast.teacher, made_at=NOW)


def refused_by_teacher(cast: Cast) -> None:
    """Ms Ortiz would rather not book Maya."""
    Refusal.objects.create(person=cast.teacher, about=cast.mentor, made_at=NOW)


def refused_by_others(cast: Cast) -> None:
    """Maya would rather not help Mr Haddad, who would rather not book Leo."""
    Refusal.objects.create(person=cast.mentor, about=cast.other_teacher, made_at=NOW)
    Refusal.objects.create(person=cast.other_teacher, about=cast.other_mentor, made_at=NOW)


def concern(cast: Cast) -> None:
    """A call for help about Ms Ortiz is open."""
    Concern.objects.create(school=cast.school, raised_by=cast.mentor, about=cast.teacher, raised_at=NOW)


def no_consent(cast: Cast) -> None:
    """Maya's family took its consent back."""
    cast.mentor.consents.filter(given_by="guardian").update(withdrawn_on=TODAY)


def no_assent(cast: Cast) -> None:
    """Maya herself took her yes back."""
    cast.mentor.consents.filter(given_by="self").update(withdrawn_on=TODAY)


def left_program(cast: Cast) -> None:
    """Maya is not in the program any more."""
    Participant.objects.filter(person=cast.mentor).update(left_on=TODAY)


def account_ended(cast: Cast) -> None:
    """Maya's account was ended."""
    cast.mentor.is_active = False
    cast.mentor.save()


def other_tool(cast: Cast) -> None:
    """Maya does not know the tool."""
    MentorTool.objects.filter(mentor__user=cast.mentor).delete()


def mentor_busy(cast: Cast) -> None:
    """Maya is not free in the 2nd period, and on this date not in the 3rd."""
    Availability.objects.filter(person=cast.mentor, period=cast.periods[1]).delete()
    AvailabilityException.objects.create(person=cast.mentor, date=cast.thursday, period=cast.periods[2], is_free=False)


def teacher_busy(cast: Cast) -> None:
    """Ms Ortiz is free in no period but the 4th, and on this date in the 1st."""
    Availability.objects.filter(person=cast.teacher).exclude(period=cast.periods[3]).delete()
    AvailabilityException.objects.create(person=cast.teacher, date=cast.thursday, period=cast.periods[0], is_free=True)


def no_room_in_view(cast: Cast) -> None:
    """Nobody can look into any room."""
    cast.school.rooms.update(in_view=False)


def program_ended(cast: Cast) -> None:
    """The program ended the week before."""
    cast.program.ends_on = TODAY
    cast.program.save()


def booked(cast: Cast) -> None:
    """Maya helps Mr Haddad in the 2nd period, and Leo helps Ms Ortiz in the 3rd."""
    book(cast, teacher=cast.other_teacher, mentor=cast.mentor, number=2)
    book(cast, mentor=cast.other_mentor, number=3)


def late(cast: Cast) -> None:
    """The school wants so much notice that the first two periods are too near."""
    minutes = (cast.span(3)[0] - NOW) // dt.timedelta(minutes=1)
    BookingRules.objects.create(school=cast.school, notice_minutes=minutes)


def teacher_at_limit(cast: Cast) -> None:
    """Ms Ortiz has one booking on the Monday of that week, and one is what the school allows."""
    BookingRules.objects.create(school=cast.school, teacher_week_limit=1)
    book(cast, mentor=cast.other_mentor, number=1, day=cast.thursday - dt.timedelta(days=3))


def teacher_below_limit(cast: Cast) -> None:
    """One booking is allowed, and Ms Ortiz has one in the weeks before and after, and one that was cancelled."""
    BookingRules.objects.create(school=cast.school, teacher_week_limit=1)
    for days in (-7, 7):
        book(cast, mentor=cast.mentor, number=1, day=cast.thursday + dt.timedelta(days=days))
    ended = book(cast, mentor=cast.mentor, number=1, day=cast.thursday - dt.timedelta(days=1))
    cancel_booking(ended, by=cast.teacher, reason="", now=NOW)


def mentor_at_limit(cast: Cast) -> None:
    """Maya helps Mr Haddad on the Monday, and one booking a week is what the school allows."""
    BookingRules.objects.create(school=cast.school, mentor_week_limit=1)
    book(cast, teacher=cast.other_teacher, mentor=cast.mentor, number=1, day=cast.thursday - dt.timedelta(days=3))


def no_limits(cast: Cast) -> None:
    """Nothing is limited, and Maya has helped on each day of the week."""
    BookingRules.objects.create(school=cast.school, mentor_week_limit=None, teacher_week_limit=None)
    for days in (-3, -2, -1, 1):
        book(cast, mentor=cast.mentor, number=1, day=cast.thursday + dt.timedelta(days=days))


def testing_day(cast: Cast) -> None:
    """There are tests on all days of this kind."""
    DayType.objects.update(is_testing=True)


def leave(cast: Cast, number: int, *, is_core: bool | None, day_types: tuple[DayType, ...] = ()) -> None:
    """Maya may leave the class that she has in this period; with `is_core` None nobody knows which."""
    period = cast.periods[number - 1]
    Availability.objects.filter(person=cast.mentor, period=period).update(may_leave_class=True)
    if is_core is not None:
        school_class = SchoolClass.objects.create(school=cast.school, name=f"Class {number}", is_core=is_core)
        school_class.students.add(cast.mentor)
        school_class.periods.add(period)
        school_class.day_types.add(*day_types)


def may_leave(cast: Cast) -> None:
    """Maya may leave all her classes, and has left none yet."""
    for number, is_core in ((1, True), (2, False), (3, None)):
        leave(cast, number, is_core=is_core)


def left_same_class(cast: Cast) -> None:
    """Maya left her classes of the 2nd and 3rd period a week before; Art now meets in the 1st period too."""
    may_leave(cast)
    SchoolClass.objects.get(name="Class 2").periods.add(cast.periods[0])
    SchoolClass.objects.get(name="Class 1").delete()
    for number in (2, 3):
        book(cast, mentor=cast.mentor, number=number, day=cast.thursday - dt.timedelta(days=7))


def left_two_classes_by_the_clock(cast: Cast) -> None:
    """Two days before Maya was booked over the end of Math and the beginning of Art."""
    for number, is_core in ((1, True), (2, False)):
        leave(cast, number, is_core=is_core)
    book_over_two(cast)


def left_two_periods_by_the_clock(cast: Cast) -> None:
    """The same, and nobody knows which classes she has then."""
    BookingRules.objects.create(school=cast.school, core_week_minutes=600)
    for number in (1, 2):
        leave(cast, number, is_core=None)
    book_over_two(cast)


def book_over_two(cast: Cast) -> Booking:
    """Book Maya by the clock over the break between the 1st and the 2nd period, two days before the Thursday."""
    day = cast.thursday - dt.timedelta(days=2)
    span = clock_span(day, dt.time(8, 30), 40, school=cast.school)
    return book(cast, mentor=cast.mentor, number=None, day=day, span=span)


def left_same_class_long_ago(cast: Cast) -> None:
    """The school allows it after a week, and it is a week."""
    BookingRules.objects.create(school=cast.school, same_class_days=7)
    may_leave(cast)
    for number in (1, 2, 3):
        book(cast, mentor=cast.mentor, number=number, day=cast.thursday - dt.timedelta(days=7))


def no_days_between(cast: Cast) -> None:
    """The school sets no days between."""
    BookingRules.objects.create(school=cast.school, same_class_days=0)
    may_leave(cast)
    for number in (2, 3):
        book(cast, mentor=cast.mentor, number=number, day=cast.thursday - dt.timedelta(days=1))


def missed_core(cast: Cast) -> None:
    """Maya has missed 45 of 60 core minutes of this week; Art still costs none."""
    BookingRules.objects.create(school=cast.school, core_week_minutes=60, same_class_days=0)
    may_leave(cast)
    book(cast, mentor=cast.mentor, number=1, day=cast.thursday + dt.timedelta(days=1))


def missed_core_on_duty(cast: Cast) -> None:
    """A duty at a playground costs core minutes like a booking."""
    BookingRules.objects.create(school=cast.school, core_week_minutes=60, same_class_days=0)
    may_leave(cast)
    schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[cast.tool], room=cast.library, places=12,
        adult_in_charge=cast.coordinator, mentors=[cast.mentor], day=cast.thursday + dt.timedelta(days=1),
        period=cast.periods[0], now=NOW,
    )  # fmt: skip


def class_of_another_day(cast: Cast) -> None:
    """Art meets on another kind of day, so nobody knows what Maya has then: it counts as core, and is too much."""
    BookingRules.objects.create(school=cast.school, core_week_minutes=0)
    leave(cast, 1, is_core=False, day_types=(DayType.objects.create(school=cast.school, name="B"),))
    leave(cast, 2, is_core=False, day_types=(cast.day_type,))


def free_on_the_date(cast: Cast) -> None:
    """No core minute may be missed; on this date Maya is free in the 1st period, and in the 3rd she has class."""
    BookingRules.objects.create(school=cast.school, core_week_minutes=0)
    for number, is_core in ((1, None), (3, True)):
        leave(cast, number, is_core=is_core)
    AvailabilityException.objects.create(person=cast.mentor, date=cast.thursday, period=cast.periods[0], is_free=True)


def core_whatever_was_said(cast: Cast) -> None:
    """Maya says that she is free: in two core classes of the list, once for the date alone, and in Art."""
    BookingRules.objects.create(school=cast.school, core_week_minutes=0)
    for number, is_core in ((1, True), (2, True), (3, False)):
        leave(cast, number, is_core=is_core)
    Availability.objects.filter(person=cast.mentor).update(may_leave_class=False)
    AvailabilityException.objects.create(person=cast.mentor, date=cast.thursday, period=cast.periods[1], is_free=True)


def own_bells(cast: Cast, *, like: int) -> None:
    """Maya's grade has its 1st period when everybody has this one."""
    User.objects.filter(pk=cast.mentor.pk).update(grade="8")
    cast.mentor.refresh_from_db()
    theirs = BellSchedule.objects.create(school=cast.school, name="8", grades=["8"])
    time = PeriodTime.objects.get(period=cast.periods[like - 1])
    PeriodTime.objects.create(
        bell_schedule=theirs, day_type=cast.day_type, period=cast.periods[0], starts=time.starts, ends=time.ends
    )


def teacher_busy_by_her_bells(cast: Cast) -> None:
    """Maya's 1st period is Ms Ortiz's 4th, in which she teaches; her own 1st, in which she is free, is no help."""
    own_bells(cast, like=4)
    Availability.objects.filter(person=cast.teacher, period=cast.periods[3]).delete()


def teacher_free_by_her_bells(cast: Cast) -> None:
    """Maya's 1st period is Ms Ortiz's 4th, in which she is free; she need not be so in her own 1st."""
    own_bells(cast, like=4)
    Availability.objects.filter(person=cast.teacher, period=cast.periods[0]).delete()


def no_bells_for_everybody(cast: Cast) -> None:
    """Each grade has bells of its own: what Ms Ortiz says of a period counts by its name."""
    BellSchedule.objects.update(grades=[cast.mentor.grade])
    Availability.objects.filter(person=cast.teacher, period=cast.periods[0]).delete()


def nothing(cast: Cast) -> None:
    """No rule stands in the way."""


def book(cast: Cast, *, number: int | None, **differences: object) -> Booking:
    """Book for Ms Ortiz in a period of the Thursday, or with None in a `span`; a test names what differs."""
    wish = {"teacher": cast.teacher, "room": cast.room, "day": cast.thursday} | differences
    return book_mentor(
        by=wish["teacher"], program=cast.program, tool=cast.tool,
        period=None if number is None else cast.periods[number - 1], learner_group="all", goal="",
        request_key=uuid.uuid4(), now=NOW, **wish,
    )  # fmt: skip
