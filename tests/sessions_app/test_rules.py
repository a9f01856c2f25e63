"""The school's own rules: who is bound by them, what they say, and what a mentor leaves for a meeting."""

import datetime as dt
from collections.abc import Callable

import pytest

from accounts.models import SchoolClass
from accounts.services import Refused
from mentorship.models import Availability
from sessions_app.models import Booking, BookingRules, Hold, SignUp
from sessions_app.reports.finder import free_mentors, propose
from sessions_app.services import (
    Protected,
    cancel_booking,
    decline_booking,
    move_booking,
    schedule_playground,
    sign_up,
)
from tests.cast import NOW, TODAY
from tests.sessions_app.conftest import counts, friday


@pytest.fixture
def rules(cast) -> Callable[..., BookingRules]:
    """Set the school's rules; a test names what differs from the defaults."""
    return lambda **differences: BookingRules.objects.create(school=cast.school, **differences)


def leave_class(cast, number=4, **fields):
    """Maya may leave the class that she has in this period: Art, unless a test says otherwise."""
    Availability.objects.filter(person=cast.mentor, period=cast.periods[number - 1]).update(may_leave_class=True)
    school_class = SchoolClass.objects.create(**{"school": cast.school, "name": "Art 7B", "subject": "Art"} | fields)
    school_class.students.add(cast.mentor)
    school_class.periods.add(cast.periods[number - 1])
    return school_class


def before(cast, minutes):
    """So many minutes before the cast's Thursday, 4th period."""
    return cast.span()[0] - dt.timedelta(minutes=minutes)


def test_notice_is_said_in_minutes_and_does_not_bind_the_coordinator(cast, book, rules):
    rules(notice_minutes=90)

    with pytest.raises(Refused, match="at least 90 minutes before"):
        book(now=before(cast, 89))
    assert counts() == (0, 0, 0)

    assert book(now=before(cast, 90)).is_standing
    assert book(
        by=cast.coordinator, teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room,
        now=before(cast, 5),
    ).is_standing  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "words"), [("teacher_week_limit", "as many bookings"), ("mentor_week_limit", "helps as often")]
)
def test_limit_of_a_week_is_named_and_does_not_bind_the_coordinator(cast, book, rules, limit, words):
    rules(**{limit: 1})
    book()

    with pytest.raises(Refused, match=words):
        book(day=friday(cast))
    assert Booking.objects.count() == 1

    assert book(by=cast.coordinator, day=friday(cast)).is_standing


def test_move_within_a_full_week_counts_the_booking_once(cast, book, rules):
    rules(teacher_week_limit=1, mentor_week_limit=1)
    booking = book()

    offers = propose(
        cast.teacher, tool=cast.tool, program=booking.program, now=NOW, today=cast.thursday, mentor_id=cast.mentor.pk,
        days=1, limit=9, but=booking,
    )  # fmt: skip
    moved = move_booking(booking, by=cast.teacher, day=friday(cast), period=cast.periods[0], room=cast.room, now=NOW)

    assert len(offers) == 7
    assert moved.starts_at == cast.span(1, friday(cast))[0]


def test_change_after_the_cut_off_is_for_the_coordinator(cast, book, rules):
    rules(cut_off_minutes=45)
    booking, late = book(), before(cast, 44)
    to = {"day": friday(cast), "period": cast.periods[0], "room": cast.room, "now": late}

    with pytest.raises(Refused, match="less than 45 minutes"):
        move_booking(booking, by=cast.teacher, **to)
    with pytest.raises(Refused, match="less than 45 minutes"):
        cancel_booking(booking, by=cast.teacher, reason="", now=late)
    assert Booking.objects.get().starts_at == cast.span()[0]

    move_booking(booking, by=cast.coordinator, **to)
    assert Booking.objects.get().starts_at == cast.span(1, friday(cast))[0]


@pytest.mark.parametrize("minutes", [0, 5, 44])
@pytest.mark.parametrize("cut_off", [0, 30])
def test_what_has_begun_is_moved_and_cancelled_by_the_coordinator_only(cast, book, rules, minutes, cut_off):
    rules(cut_off_minutes=cut_off)
    booking, now = book(), before(cast, -minutes)
    to = {"day": friday(cast), "period": cast.periods[0], "room": cast.room, "now": now}

    with pytest.raises(Refused, match="has begun"):
        move_booking(booking, by=cast.teacher, **to)
    with pytest.raises(Refused, match="has begun"):
        cancel_booking(booking, by=cast.teacher, reason="", now=now)
    with pytest.raises(Refused, match="has begun"):
        decline_booking(booking, by=cast.mentor, now=now)
    assert (Booking.objects.get().starts_at, Booking.objects.get().revision) == (cast.span()[0], 0)

    move_booking(booking, by=cast.coordinator, **to)
    assert not cancel_booking(booking, by=cast.coordinator, reason="", now=now).is_standing


def test_cut_off_itself_is_early_enough(cast, book, rules):
    rules(cut_off_minutes=45)

    assert not cancel_booking(book(), by=cast.teacher, reason="", now=before(cast, 45)).is_standing


def test_mentor_declines_until_it_begins(cast, book, rules):
    rules(cut_off_minutes=600)

    assert not decline_booking(book(), by=cast.mentor, now=before(cast, 1)).is_standing


def playground(cast, **differences):
    """A playground on Thursday, 4th period, with Maya on duty."""
    return schedule_playground(**{
        "by": cast.coordinator, "program": cast.program, "title": "Captions", "tools": [cast.tool],
        "room": cast.library, "places": 12, "adult_in_charge": cast.coordinator, "mentors": [cast.mentor],
        "day": cast.thursday, "period": cast.periods[3], "now": NOW,
    } | differences)  # fmt: skip


def test_notice_to_join_a_playground(cast, rules):
    rules(join_notice_minutes=15)
    session = playground(cast)

    with pytest.raises(Refused, match="at least 15 minutes before"):
        sign_up(session, by=cast.teacher, now=before(cast, 14))
    assert not SignUp.objects.exists()

    assert sign_up(session, by=cast.teacher, now=before(cast, 15)).pk


def test_without_notice_teachers_join_until_it_is_over(cast):
    assert sign_up(playground(cast), by=cast.teacher, now=cast.span()[1] - dt.timedelta(minutes=1)).pk


def test_hold_says_what_the_mentor_leaves(cast, book):
    art = leave_class(cast)

    booking = book()

    missed = {(hold.person, hold.misses, hold.missed_class, hold.missed_period) for hold in booking.holds.all()}
    assert missed == {
        (cast.teacher, "", None, None),
        (cast.mentor, "class", art, cast.periods[3]),
        (None, "", None, None),
    }


def test_class_that_nobody_knows_counts_as_core(cast, book):
    Availability.objects.filter(person=cast.mentor).update(may_leave_class=True)

    assert book().holds.get(person=cast.mentor).misses == "core"


def test_core_class_counts_before_another_at_the_same_time(cast, book):
    leave_class(cast, name="Band", subject="Band")
    maths = leave_class(cast, name="Math 7", is_core=True)

    assert book().holds.get(person=cast.mentor).missed_class == maths


def test_duty_says_what_the_mentor_leaves(cast):
    art = leave_class(cast)

    session = playground(cast)

    assert session.holds.get(person=cast.mentor).missed_class == art
    assert session.holds.get(person=cast.coordinator).misses == ""


def test_deleted_class_leaves_the_period_behind(cast, book):
    art = leave_class(cast)
    book()

    art.delete()

    hold = Hold.objects.get(person=cast.mentor)
    assert (hold.misses, hold.missed_class, hold.missed_period) == ("class", None, cast.periods[3])


def test_same_class_too_soon_is_refused_and_the_coordinator_overrides_it_with_a_reason(cast, book):
    leave_class(cast)
    book(day=cast.thursday - dt.timedelta(days=7))
    again = {"by": cast.coordinator, "teacher": cast.teacher}

    with pytest.raises(Protected, match="left this class not long ago"):
        book()
    with pytest.raises(Protected):
        book(override_reason="I want it")  # a teacher
    with pytest.raises(Protected):
        book(**again, override_reason="  ")
    assert Booking.objects.count() == 1

    booking = book(**again, override_reason=" Her mother agreed ")
    assert (booking.override_reason, booking.overridden_by) == ("Her mother agreed", cast.coordinator)


def test_reason_that_was_not_needed_is_not_kept(cast, book):
    booking = book(by=cast.coordinator, teacher=cast.teacher, override_reason="To be safe")

    assert (booking.override_reason, booking.overridden_by) == ("", None)


def test_too_many_core_minutes_are_refused(cast, book, rules):
    rules(core_week_minutes=44)
    leave_class(cast, is_core=True)

    with pytest.raises(Protected, match="too much of core classes"):
        book()

    assert counts() == (0, 0, 0)


def test_testing_day_is_refused_even_in_a_free_period(cast, book):
    cast.day_type.is_testing = True
    cast.day_type.save()

    with pytest.raises(Protected, match="testing day"):
        book()


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({}, ["Misses Art", "Costs no core class"]),
        ({"is_core": True, "subject": ""}, ["Misses Art 7B"]),
        (None, ["Misses a class"]),
    ],
)
def test_proposal_says_what_is_missed(cast, fields, reasons):
    school_class = leave_class(cast, **(fields or {}))
    if fields is None:
        school_class.delete()

    found = free_mentors(
        cast.teacher, tool=cast.tool, program=cast.program, day=cast.thursday, period=cast.periods[3], now=NOW
    )

    leo, maya = found
    assert (leo.mentor, leo.reasons[-1]) == (cast.other_mentor, "Free in this period: misses no class")
    assert (maya.mentor, maya.reasons[1:]) == (cast.mentor, reasons)


def test_who_misses_nothing_is_proposed_first(cast):
    cast.mentor.mentor.mentor_tools.update(level=3)
    for number in (1, 2, 3, 4):
        leave_class(cast, number)

    found = propose(cast.teacher, tool=cast.tool, program=cast.program, now=NOW, today=TODAY)

    assert {proposal.mentor.short_name for proposal in found} == {"Leo T."}


def test_rules_of_one_school_do_not_bind_another(cast, book, rules):
    BookingRules.objects.create(school=cast.stranger.school, teacher_week_limit=1)
    book()

    assert book(day=friday(cast)).is_standing
