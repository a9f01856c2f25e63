"""A booking that repeats: each rule on each of its dates."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from dateutil.rrule import rrulestr

from accounts.models import BellSchedule, DayType, PeriodTime, SchoolClass, SchoolDay
from mentorship.models import Availability, AvailabilityException
from sessions_app.models import Booking, BookingRules, Hold, Series
from sessions_app.services import (
    DatesTaken,
    look_at_dates,
)
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import counts
from tests.sessions_app.series import FIRST, WEEK, dates_of, thursdays

Book = Callable[..., Booking]
Repeat = Callable[..., Series]


def why_not(booking: Booking, days: list[dt.date], **differences: Any) -> dict[dt.date, str]:
    """What stands in the way on each of the days on which something does."""
    given = {"by": booking.teacher, "now": NOW}
    return {one.day: one.why_not for one in look_at_dates(booking, days, **(given | differences)) if one.why_not}


def leave_class(cast: Cast, **fields: Any) -> SchoolClass:
    """Maya may leave the class that she has in the fourth period."""
    Availability.objects.filter(person=cast.mentor, period=cast.periods[3]).update(may_leave_class=True)
    art = SchoolClass.objects.create(**{"school": cast.school, "name": "Art 7B", "subject": "Art"} | fields)
    art.students.add(cast.mentor)
    art.periods.add(cast.periods[3])
    return art


def test_every_date_is_booked_like_the_first_one(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    series = repeat(booking)

    assert dates_of(series) == [FIRST, *thursdays(5)]
    booking.refresh_from_db()
    assert (booking.series_date, booking.revision) == (FIRST, 0)
    for row in series.bookings.exclude(pk=booking.pk):
        assert (row.teacher, row.mentor, row.room, row.tool) == (cast.teacher, cast.mentor, cast.room, cast.tool)
        assert (row.goal, row.learner_group, row.period) == ("Persuasive texts", "eb", cast.periods[3])
        assert (row.series_date, row.booked_by) == (
            row.starts_at.astimezone(cast.school.zone).date(),
            cast.teacher,
        )
        assert (row.starts_at, row.ends_at) == cast.span(4, row.series_date)
        assert row.holds.count() == 3


def test_rule_that_is_kept_says_the_same_dates(booking: Booking, repeat: Repeat) -> None:
    series = repeat(booking, every=2, weekdays=[1, 3])

    said = rrulestr(series.rule, dtstart=dt.datetime.combine(series.starts_on, dt.time()))
    assert series.rule.startswith("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=")
    assert [one.date() for one in said] == dates_of(series)


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("America/Chicago", dt.date(2026, 11, 1)),
        ("America/Chicago", dt.date(2027, 3, 14)),
        ("Europe/Berlin", dt.date(2027, 3, 28)),
    ],
)
def test_each_date_keeps_its_time_on_the_wall_over_a_change_of_the_clocks(
    cast: Cast, book: Book, repeat: Repeat, zone: str, change: dt.date
) -> None:
    type(cast.school).objects.filter(pk=cast.school.pk).update(time_zone=zone)
    cast.school.refresh_from_db()
    cast.program.refresh_from_db()
    first = change - dt.timedelta(days=10)  # a Thursday
    days = [first + number * WEEK for number in range(4)]
    SchoolDay.objects.bulk_create(
        [SchoolDay(school=cast.school, date=day, day_type=cast.day_type) for day in days], ignore_conflicts=True
    )
    now = dt.datetime.combine(first - WEEK, dt.time(12), dt.UTC)

    series = repeat(book(day=first, now=now), until=days[-1], now=now)

    walls = [row.starts_at.astimezone(cast.school.zone) for row in series.bookings.order_by("starts_at")]
    assert [(wall.date(), wall.time()) for wall in walls] == [(day, dt.time(10, 40)) for day in days]
    assert len({wall.utcoffset() for wall in walls}) == 2


def test_each_date_follows_the_bells_of_the_mentors_grade(cast: Cast, book: Book, repeat: Repeat) -> None:
    cast.mentor.grade = "7"
    cast.mentor.save()
    own = BellSchedule.objects.create(school=cast.school, name="Grade 7", grades=["7"])
    PeriodTime.objects.create(
        bell_schedule=own, day_type=cast.day_type, period=cast.periods[3], starts=dt.time(11), ends=dt.time(11, 30)
    )

    series = repeat(book(), until=FIRST + WEEK)

    walls = [row.starts_at.astimezone(cast.school.zone).time() for row in series.bookings.all()]
    assert walls == [dt.time(11), dt.time(11)]


def test_dates_left_out_are_not_booked(booking: Booking, repeat: Repeat) -> None:
    series = repeat(booking, left_out=thursdays(5)[1:])

    assert dates_of(series) == [FIRST, FIRST + WEEK]


def test_each_obstacle_is_named_on_its_date(cast: Cast, booking: Booking, book: Book) -> None:
    days = thursdays(9)
    room, teacher, mentor, closed, testing, exception = days[:6]
    others = {"teacher": cast.other_teacher, "mentor": cast.other_mentor, "room": cast.other_room}
    for day, shared in ((room, "room"), (teacher, "teacher"), (mentor, "mentor")):
        book(**{"day": day} | {name: other for name, other in others.items() if name != shared})
    SchoolDay.objects.filter(date=closed).delete()
    kind = DayType.objects.create(school=cast.school, name="State tests", is_testing=True)
    PeriodTime.objects.create(
        bell_schedule=cast.bell_schedule, day_type=kind, period=cast.periods[3], starts=dt.time(9), ends=dt.time(10)
    )
    for person in (cast.teacher, cast.mentor):
        Availability.objects.create(person=person, day_type=kind, period=cast.periods[3])
    SchoolDay.objects.filter(date=testing).update(day_type=kind)
    AvailabilityException.objects.create(person=cast.mentor, date=exception, period=cast.periods[3], is_free=False)

    found = why_not(booking, days)

    assert found == {
        room: "Taken at that time: 112",
        teacher: "Taken at that time: Ms Ortiz",
        mentor: "Taken at that time: Maya R.",
        closed: "There is no 4. period on that day.",
        testing: "This is a testing day. Mentors are not booked on it.",
        exception: "Maya R. is not free in 4. period.",
        **{day: "There is no 4. period on that day." for day in days if day > dt.date(2027, 1, 20)},
    }


def test_dates_after_the_program_are_not_possible(cast: Cast, booking: Booking) -> None:
    cast.program.ends_on = FIRST + WEEK
    cast.program.save()
    booking.refresh_from_db()

    found = why_not(booking, thursdays(3))

    assert found == dict.fromkeys(thursdays(3)[1:], "The program does not run on that day.")


def test_school_notice_stands_for_a_teacher_and_not_for_the_coordinator(cast: Cast, book: Book) -> None:
    booking = book()
    BookingRules.objects.create(school=cast.school, notice_minutes=60 * 24 * 14)
    late = dt.datetime(2026, 12, 2, 12, tzinfo=dt.UTC)

    assert list(why_not(booking, thursdays(3), now=late)) == thursdays(1)
    assert why_not(booking, thursdays(3), now=late, by=cast.coordinator) == {}


def test_limit_a_week_counts_the_earlier_dates_of_the_series(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    BookingRules.objects.create(school=cast.school, teacher_week_limit=2)
    before = counts()

    with pytest.raises(DatesTaken) as refused:
        repeat(booking, weekdays=[0, 1, 3], until=FIRST + dt.timedelta(days=8))

    assert [one.day for one in refused.value.found if one.why_not] == [FIRST + WEEK]
    assert "as many bookings in that week as your school allows" in refused.value.found[-1].why_not
    assert counts() == before


def test_limit_of_the_mentor_counts_them_too(cast: Cast, booking: Booking) -> None:
    BookingRules.objects.create(school=cast.school, mentor_week_limit=1)
    monday = FIRST + dt.timedelta(days=4)

    found = why_not(booking, [monday, monday + dt.timedelta(days=1)])

    assert list(found) == [monday + dt.timedelta(days=1)]


@pytest.mark.parametrize("known", [True, False])
def test_same_class_is_not_left_again_too_soon_by_the_series_itself(cast: Cast, book: Book, known: bool) -> None:
    art = leave_class(cast)
    if not known:
        art.delete()
    booking = book()

    found = why_not(booking, thursdays(4))

    assert list(found) == [thursdays(1)[0], thursdays(3)[-1]]  # 14 days apart is far enough
    assert set(found.values()) == {"Maya R. left this class not long ago. Choose another time."}


def test_every_second_week_spares_the_class(cast: Cast, book: Book, repeat: Repeat) -> None:
    leave_class(cast)

    series = repeat(book(), every=2)

    assert dates_of(series) == [FIRST, FIRST + 2 * WEEK, FIRST + 4 * WEEK]
    assert set(Hold.objects.filter(person=cast.mentor).values_list("misses", flat=True)) == {"class"}


def test_core_minutes_of_one_week_are_added_up(cast: Cast, book: Book) -> None:
    BookingRules.objects.create(school=cast.school, core_week_minutes=90, same_class_days=0)
    leave_class(cast, is_core=True)
    monday = FIRST + dt.timedelta(days=4)
    days = [monday, monday + dt.timedelta(days=1), monday + dt.timedelta(days=2)]

    assert list(why_not(book(), days)) == days[2:]  # each takes 45 minutes


def test_coordinators_reason_goes_past_protection_and_is_kept_where_it_was_needed(
    cast: Cast, book: Book, repeat: Repeat
) -> None:
    leave_class(cast)
    booking = book()
    with pytest.raises(DatesTaken):
        repeat(booking, by=cast.coordinator, until=FIRST + 2 * WEEK)
    with pytest.raises(DatesTaken):
        repeat(booking, until=FIRST + 2 * WEEK, override_reason="I ask for it")

    series = repeat(booking, by=cast.coordinator, until=FIRST + 2 * WEEK, override_reason=" Her wish ")

    rows = series.bookings.order_by("starts_at").values_list("override_reason", "overridden_by")
    assert list(rows) == [("", None), *[("Her wish", cast.coordinator.pk)] * 2]


def test_what_keeps_two_people_apart_stands_against_every_date(cast: Cast, booking: Booking, repeat: Repeat) -> None:
    SchoolClass.objects.create(school=cast.school, name="Math 7").teachers.add(cast.teacher)
    SchoolClass.objects.get().students.add(cast.mentor)
    before = counts()

    with pytest.raises(DatesTaken) as refused:
        repeat(booking)

    assert {one.why_not for one in refused.value.found} == {"Maya R. is not available. Choose another mentor."}
    assert counts() == before


def test_one_date_that_is_taken_meanwhile_books_nothing(
    cast: Cast, booking: Booking, repeat: Repeat, book: Book
) -> None:
    book(day=thursdays(3)[-1], teacher=cast.other_teacher, room=cast.other_room)
    before = counts()

    with pytest.raises(DatesTaken) as refused:
        repeat(booking)

    assert [one.day for one in refused.value.found if one.is_taken] == [thursdays(3)[-1]]
    assert counts() == before
    assert not Series.objects.exists()
