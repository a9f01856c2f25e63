"""Everybody at once, at random, over HTTP: nobody and no room is taken twice, and nothing is half done."""

import datetime as dt

import pytest
from django.conf import settings

from benchmarks.place import Place
from drills.overlap import leftovers, overlaps
from drills.storm import Storm
from sessions_app.models import Booking, Duty, Series, SignUp
from tests.cast import TODAY
from tests.factories import BookingFactory, PlaygroundSessionFactory, RoomFactory, TeacherFactory
from tests.test_race import NO_BROKER, database_url

ATTEMPTS, CLIENTS = 400, 8
ACTS = ("book", "move", "cancel", "plan", "plan weeks", "call off weeks", "join", "wait", "take offer")


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

    Series.objects.create(
        program=booking.program, rule="FREQ=WEEKLY", starts_on=TODAY, until=TODAY + dt.timedelta(weeks=2),
        made_by=booking.teacher, made_at=booking.booked_at,
    )  # fmt: skip

    found = leftovers()

    assert ("taken only", f"booking {booking.pk}", f"person {booking.mentor.pk}") in found
    assert (playground.pk, 1, 2) in found
    assert (0, 3) in {row[1:] for row in found}
