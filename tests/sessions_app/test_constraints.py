"""What the database itself refuses of bookings and playgrounds, whatever code runs. Holds have a file of their own."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from sessions_app.models import (
    Attendance,
    Booking,
    BookingRules,
    Duty,
    Hold,
    KeptTime,
    PlaygroundSession,
    Series,
    SignUp,
    Station,
    UnmetWish,
    WaitlistEntry,
)
from tests import factories
from tests.cast import NOW, Cast

HOUR = dt.timedelta(hours=1)


def booking(cast: Cast, **fields: Any) -> Booking:
    """A booking of the cast's teacher and mentor."""
    people = {"program": cast.program, "teacher": cast.teacher, "mentor": cast.mentor}
    return factories.BookingFactory(**people | fields)


def playground(cast: Cast, **fields: Any) -> PlaygroundSession:
    """A playground of the cast's program."""
    return factories.PlaygroundSessionFactory(program=cast.program, **fields)


def twice(make: Callable[[], Any]) -> None:
    """Make the same row two times."""
    make()
    make()


def on_duty_twice(cast: Cast) -> None:
    """Put one mentor on duty two times."""
    place = playground(cast)
    twice(lambda: Duty.objects.create(playground=place, person=cast.mentor))


def two_stations_of_one_tool(cast: Cast) -> None:
    """Show one tool at two stations."""
    place = playground(cast)
    twice(lambda: Station.objects.create(playground=place, tool=cast.tool, position=0))


def series(cast: Cast, **fields: Any) -> Series:
    """A weekly series of one date."""
    day = cast.thursday
    given = {"rule": "FREQ=WEEKLY", "starts_on": day, "until": day, "made_by": cast.coordinator, "made_at": NOW}
    return Series.objects.create(program=cast.program, **(given | fields))


def one_date_twice(cast: Cast) -> None:
    """Hold one date of a series two times."""
    one = series(cast)
    twice(lambda: playground(cast, series=one, series_date=cast.thursday))


def waiting(cast: Cast, **fields: Any) -> WaitlistEntry:
    """A teacher who waits for a place."""
    given = {"playground": playground(cast), "teacher": cast.teacher, "joined_at": NOW}
    return WaitlistEntry.objects.create(**(given | fields))


def waiting_twice(cast: Cast) -> None:
    """Wait twice for one place."""
    one = waiting(cast)
    waiting(cast, playground=one.playground, state="offered", offered_until=NOW)


def present_twice(cast: Cast) -> None:
    """Check in two times."""
    place = playground(cast)
    twice(lambda: Attendance.objects.create(playground=place, person=cast.mentor, checked_in_at=NOW))


def signed_up_twice(cast: Cast) -> None:
    """Sign one teacher up two times."""
    place = playground(cast)
    twice(lambda: SignUp.objects.create(playground=place, teacher=cast.teacher, signed_up_at=NOW))


def wished_twice(cast: Cast) -> None:
    """Count one wish two times."""
    wish = {"program": cast.program, "teacher": cast.teacher, "tool": cast.tool, "date": NOW.date(), "limit": "time"}
    twice(lambda: UnmetWish.objects.create(**wish))


def logged_though_cancelled(cast: Cast) -> None:
    """Log help in a booking that was cancelled."""
    entry = factories.HelpEntryFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    booking(cast, state="cancelled", ended_at=NOW, ended_by=cast.teacher, help_entry=entry)


def one_date_booked_twice(cast: Cast) -> None:
    """Give two bookings the same date of a series."""
    weekly = series(cast)
    twice(lambda: booking(cast, series=weekly, series_date=cast.thursday))


def kept(cast: Cast, **fields: Any) -> KeptTime:
    """Keep a meeting as it is."""
    return KeptTime.objects.create(starts_at=NOW, ends_at=NOW + HOUR, kept_by=cast.coordinator, kept_at=NOW, **fields)


BREAKS: dict[str, list[Callable[[Cast], Any]]] = {
    "sessions_booking_ends_after_start": [
        lambda cast: booking(cast, starts_at=NOW, ends_at=NOW),
        lambda cast: booking(cast, starts_at=NOW, ends_at=NOW - HOUR),
    ],
    "sessions_booking_two_people": [lambda cast: booking(cast, teacher=cast.mentor)],
    "sessions_booking_ended_by_someone": [
        lambda cast: booking(cast, state="cancelled", ended_at=NOW),
        lambda cast: booking(cast, state="declined", ended_by=cast.mentor),
        lambda cast: booking(cast, state="booked", ended_at=NOW, ended_by=cast.teacher),
    ],
    "sessions_booking_overridden_by_someone": [lambda cast: booking(cast, override_reason="Her wish")],
    "sessions_unmetwish_once": [wished_twice],
    "sessions_bookingrules_teacher_may_book": [
        lambda cast: BookingRules.objects.create(school=cast.school, teacher_week_limit=0)
    ],
    "sessions_bookingrules_closes_after_opening": [
        lambda cast: BookingRules.objects.create(school=cast.school, opens_at=dt.time(9), closes_at=dt.time(9)),
    ],
    "sessions_bookingrules_mentor_may_help": [
        lambda cast: BookingRules.objects.create(school=cast.school, mentor_week_limit=0)
    ],
    "sessions_booking_logged_stands": [logged_though_cancelled],
    "sessions_booking_finished_after_start": [
        lambda cast: booking(cast, finished_at=NOW),
        lambda cast: booking(cast, started_at=NOW, finished_at=NOW - HOUR),
    ],
    "sessions_booking_no_show_says_who": [
        lambda cast: booking(cast, who_was_away="mentor"),
        lambda cast: booking(cast, state="no_show", ended_at=NOW, ended_by=cast.teacher),
        lambda cast: booking(
            cast, state="no_show", who_was_away="both", started_at=NOW, ended_at=NOW, ended_by=cast.teacher
        ),
    ],
    "sessions_booking_dated_in_series": [
        lambda cast: booking(cast, series=series(cast)),
        lambda cast: booking(cast, series_date=cast.thursday),
    ],
    "sessions_booking_once_in_series": [one_date_booked_twice],
    "sessions_playground_ends_after_start": [
        lambda cast: playground(cast, starts_at=NOW, ends_at=NOW),
        lambda cast: playground(cast, starts_at=NOW, ends_at=NOW - HOUR),
    ],
    "sessions_playground_overridden_by_someone": [lambda cast: playground(cast, override_reason="Her wish")],
    "sessions_playground_has_places": [lambda cast: playground(cast, places=0)],
    "sessions_playground_minimum_fits": [lambda cast: playground(cast, places=3, minimum=4)],
    "sessions_playground_dated_in_series": [
        lambda cast: playground(cast, series=series(cast)),
        lambda cast: playground(cast, series_date=cast.thursday),
    ],
    "sessions_playground_once_in_series": [one_date_twice],
    "sessions_series_ends_after_start": [lambda cast: series(cast, until=cast.thursday - dt.timedelta(days=1))],
    "sessions_waitlist_once_at_a_time": [waiting_twice],
    "sessions_waitlist_offer_ends": [lambda cast: waiting(cast, state="offered")],
    "sessions_station_tool_once": [two_stations_of_one_tool],
    "sessions_kepttime_one_meeting": [
        lambda cast: kept(cast),
        lambda cast: kept(cast, booking=booking(cast), playground=playground(cast)),
    ],
    "sessions_kepttime_both_bells": [
        lambda cast: kept(cast, booking=booking(cast), bells_start_at=NOW),
        lambda cast: kept(cast, booking=booking(cast), bells_end_at=NOW),
    ],
    "sessions_attendance_once": [present_twice],
    "sessions_duty_once": [on_duty_twice],
    "sessions_signup_once": [signed_up_twice],
}


@pytest.mark.parametrize(("name", "act"), [(name, act) for name, acts in BREAKS.items() for act in acts])
def test_database_refuses(name: str, act: Callable[[Cast], Any], cast: Cast) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act(cast)


def test_every_constraint_but_those_of_holds_has_somebody_who_tries_to_break_it() -> None:
    models = [model for model in apps.get_app_config("sessions_app").get_models() if model is not Hold]

    named = {constraint.name for model in models for constraint in model._meta.constraints}

    assert named == set(BREAKS)


def test_valid_rows_are_taken(cast: Cast) -> None:
    booking(cast, state="cancelled", ended_at=NOW, ended_by=cast.teacher)
    booking(cast, help_entry=factories.HelpEntryFactory(program=cast.program))
    place = playground(cast, places=1)
    Duty.objects.create(playground=place, person=cast.mentor)
    SignUp.objects.create(playground=place, teacher=cast.teacher, signed_up_at=NOW)

    assert Booking.objects.count() == 2
    assert (place.duties.count(), place.sign_ups.count()) == (1, 1)
