"""Everybody at once, at random, over HTTP: nobody and no room is taken twice, and nothing is half done."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone

from benchmarks.place import Place
from drills.overlap import leftovers, missing, overlaps, partial_series
from drills.storm import Outcome, Storm
from sessions_app.models import Booking, Duty, PlaygroundSession, Series, SignUp, WaitlistEntry
from tests.accounts.outbox_rows import make_message
from tests.cast import TODAY
from tests.factories import (
    BookingFactory,
    PlaygroundSessionFactory,
    ProgramFactory,
    RoomFactory,
    StudentFactory,
    TeacherFactory,
)
from tests.test_race import NO_BROKER, database_url

ATTEMPTS, CLIENTS = 400, 8
ACTS = (
    "book", "book by clock", "move", "drag", "replace", "cancel", "repeat", "cancel weeks", "plan", "plan weeks",
    "call off weeks", "join", "wait", "take offer", "book for", "say nobody came", "take that back",
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_storm_leaves_no_overlap_and_nothing_half_done() -> None:
    place = Place(debug=True, DATABASE_URL=database_url(), REDIS_URL=NO_BROKER, SECRET_KEY=settings.SECRET_KEY)
    try:
        storm = Storm(place, seed=1)
        place.start("web")
        outcome = storm.blow(attempts=ATTEMPTS, clients=CLIENTS)
    finally:
        place.close()

    assert overlaps() == []
    assert leftovers() == []
    assert outcome.broken == []
    assert all(outcome.won(act) for act in ACTS)
    assert outcome.answers["book", 409], "nobody came too late: this was no storm"


def other_than(one: Booking, **changes: object) -> Booking:
    """A second booking of the same program at the same time, with another teacher, mentor and room unless said."""
    return BookingFactory(program=one.program, **changes)


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["teacher", "mentor", "room"])
def test_planted_overlap_is_found(body: str) -> None:
    one = BookingFactory()

    other_than(one, **{body: getattr(one, body)}, starts_at=one.starts_at + dt.timedelta(minutes=44))

    ((found, _one, _other),) = overlaps()
    assert found == f"{'room' if body == 'room' else 'person'} {getattr(one, body).pk}"


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "count"), [(30, 0), (31, 1)])
def test_meeting_that_was_done_early_takes_no_more_than_its_real_time(minutes: int, count: int) -> None:
    one = BookingFactory()
    at = one.starts_at
    one.started_at, one.finished_at = at, at + dt.timedelta(minutes=minutes)
    one.save()

    other_than(one, teacher=one.teacher, starts_at=at + dt.timedelta(minutes=30), ends_at=at + dt.timedelta(minutes=75))

    assert len(overlaps()) == count


@pytest.mark.django_db
def test_overlap_with_a_playground_is_found_for_each_who_runs_it() -> None:
    booking = BookingFactory()
    room = RoomFactory(school=booking.program.school)
    playground = PlaygroundSessionFactory(
        program=booking.program, room=room, starts_at=booking.starts_at, ends_at=booking.ends_at,
        adult_in_charge=booking.teacher,
    )  # fmt: skip
    Duty.objects.create(playground=playground, person=booking.mentor)

    assert {body for body, _one, _other in overlaps()} == {
        f"person {one.pk}" for one in (booking.teacher, booking.mentor)
    }


@pytest.mark.django_db
def test_room_of_a_booking_and_a_playground_is_found() -> None:
    booking = BookingFactory()

    PlaygroundSessionFactory(
        program=booking.program, room=booking.room, starts_at=booking.starts_at, ends_at=booking.ends_at
    )

    assert [body for body, _one, _other in overlaps()] == [f"room {booking.room_id}"]


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["adult", "mentor", "room"])
def test_overlap_of_two_playgrounds_is_found(body: str) -> None:
    program = ProgramFactory()
    school = program.school
    one = PlaygroundSessionFactory(program=program, room=RoomFactory(school=school))
    other = PlaygroundSessionFactory(
        program=program, starts_at=one.starts_at, ends_at=one.ends_at,
        adult_in_charge=one.adult_in_charge if body == "adult" else TeacherFactory(school=school),
        room=one.room if body == "room" else RoomFactory(school=school),
    )  # fmt: skip
    mentor = StudentFactory(school=school)
    for playground in (one, other):
        Duty.objects.create(playground=playground, person=mentor if body == "mentor" else StudentFactory(school=school))

    taken = {"adult": one.adult_in_charge, "mentor": mentor, "room": one.room}[body]
    kind = "room" if body == "room" else "person"
    ((found, *both),) = overlaps()
    assert found == f"{kind} {taken.pk}"
    assert set(both) == {f"playground {one.pk}", f"playground {other.pk}"}


@pytest.mark.django_db
def test_what_may_be_is_no_overlap() -> None:
    one = BookingFactory()
    other_than(one, mentor=one.mentor, starts_at=one.ends_at, ends_at=one.ends_at + dt.timedelta(minutes=45))
    other_than(one, room=one.room).holds.all().delete()
    one.room.is_shared = True
    one.room.save()
    Booking.objects.filter(pk=other_than(one, mentor=one.mentor).pk).update(
        state="cancelled", ended_by=one.teacher, ended_at=one.starts_at
    )

    assert overlaps() == []


@pytest.mark.django_db
def test_leftovers_are_found() -> None:
    booking = BookingFactory()  # without its holds
    playground = PlaygroundSessionFactory(program=booking.program, places=1)
    for _place in range(2):
        SignUp.objects.create(
            playground=playground, teacher=TeacherFactory(school=booking.program.school), signed_up_at=booking.booked_at
        )

    found = leftovers()

    assert ("taken only", f"booking {booking.pk}", f"person {booking.mentor.pk}") in found
    assert (playground.pk, 1, 2) in found


@pytest.mark.django_db
def test_place_that_is_kept_counts_as_taken() -> None:
    playground = PlaygroundSessionFactory(places=1)
    school, now = playground.program.school, timezone.localtime()
    SignUp.objects.create(playground=playground, teacher=TeacherFactory(school=school), signed_up_at=now)
    entry = WaitlistEntry.objects.create(
        playground=playground, teacher=TeacherFactory(school=school), joined_at=now, state="offered",
        offered_until=now + dt.timedelta(hours=1),
    )  # fmt: skip

    assert (playground.pk, 1, 2) in leftovers()
    entry.state = "waiting"
    entry.save()
    assert (playground.pk, 1, 2) not in leftovers()


@pytest.mark.django_db
def test_waiting_for_what_one_has_or_what_is_called_off_is_found() -> None:
    playground = PlaygroundSessionFactory(places=2)
    now = timezone.localtime()
    teacher, other = TeacherFactory.create_batch(2, school=playground.program.school)
    for one in (teacher, other):
        WaitlistEntry.objects.create(playground=playground, teacher=one, joined_at=now)
    assert not [row for row in leftovers() if row[0] == "waits for nothing"]

    SignUp.objects.create(playground=playground, teacher=teacher, signed_up_at=now)

    (found,) = [row for row in leftovers() if row[0] == "waits for nothing"]
    assert found[1] == playground.waitlist.get(teacher=teacher).pk
    PlaygroundSession.objects.filter(pk=playground.pk).update(state="cancelled")
    assert len([row for row in leftovers() if row[0] == "waits for nothing"]) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["playground", "place"])
def test_reminder_of_a_playground_that_is_not_there_or_not_then_is_found(kind: str) -> None:
    playground = PlaygroundSessionFactory()
    teacher = TeacherFactory(school=playground.program.school)
    place = SignUp.objects.create(playground=playground, teacher=teacher, signed_up_at=timezone.localtime())
    about = {"playground": playground.about, "place": place.about}[kind]
    message = make_message(teacher, kind="playground_reminder", about=about, event_at=playground.starts_at)
    stale = (message.pk, about)
    assert stale not in leftovers()

    PlaygroundSession.objects.filter(pk=playground.pk).update(starts_at=playground.starts_at - dt.timedelta(minutes=5))
    assert stale in leftovers()
    PlaygroundSession.objects.filter(pk=playground.pk).update(starts_at=playground.starts_at, state="cancelled")
    assert stale in leftovers()
    PlaygroundSession.objects.filter(pk=playground.pk).update(state="planned")
    assert stale not in leftovers()
    place.delete()
    assert (stale in leftovers()) == (kind == "place")


def test_slow_losers_of_one_kind_are_not_hidden_by_quick_ones_of_the_other() -> None:
    quick, slow = [(422, 10.0)] * 990, [(409, 3000.0)] * 10

    assert Outcome(losers_ms=quick + slow).losers_p95_ms() == 3000
    assert Outcome(losers_ms=[(409, 10.0)] * 10 + [(422, 3000.0)] * 90).losers_p95_ms() == 3000
    assert Outcome(losers_ms=quick).losers_p95_ms() == 10
    assert Outcome().losers_p95_ms() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("written", [2, 3, 4])
def test_part_of_a_series_is_found(written: int) -> None:
    first = BookingFactory()
    week = dt.timedelta(weeks=1)
    series = Series.objects.create(
        program=first.program, rule="FREQ=WEEKLY", starts_on=TODAY, until=TODAY + 2 * week, made_by=first.teacher,
        made_at=first.booked_at,
    )  # fmt: skip
    for number in range(written):
        BookingFactory(program=first.program, series=series, series_date=TODAY + number * week)

    found = partial_series()

    assert found == ([] if written == 3 else [("part of a series", series.pk, written, 3)])


@pytest.mark.django_db
def test_booking_that_was_shown_and_is_not_there_is_found() -> None:
    booking = BookingFactory()

    assert missing([]) == []
    assert missing([booking.pk, booking.pk + 7]) == [booking.pk + 7]
