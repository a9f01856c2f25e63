"""A change of bells or days where something is booked: listed before, listed after, and never moved by itself."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import DayType, Message, Period, PeriodTime, SchoolDay, User
from accounts.services import Refused
from accounts.services.bells import save_bell_schedule, set_bell_times
from accounts.services.school_days import remove_school_days, set_school_days
from sessions_app.models import Booking, Hold, KeptTime, PlaygroundSession
from sessions_app.reports.school_time import count_misfits, misfits
from sessions_app.services import schedule_playground
from sessions_app.services.school_time import (
    cancel_misfit,
    change_school_time,
    keep_as_it_is,
    move_to_bells,
)
from tests.cast import NOW, PERIODS, Cast

SignIn = Callable[[User], Client]
LATER = (dt.time(10, 50), dt.time(11, 35))  # where the 4th period goes


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def playground(cast: Cast) -> PlaygroundSession:
    """In the library, on Thursday, 4th period, with Leo on duty."""
    return schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[cast.tool], room=cast.library, places=12,
        adult_in_charge=cast.coordinator, mentors=[cast.other_mentor], day=cast.thursday, period=cast.periods[3],
        now=NOW,
    )  # fmt: skip


def bells_with(cast: Cast, fourth: tuple[dt.time, dt.time] | None) -> dict[int, tuple[dt.time, dt.time]]:
    """The bells of the cast, the 4th period at another time or not at all."""
    times = {period.pk: span for period, span in zip(cast.periods, PERIODS, strict=True)}
    times.pop(cast.periods[3].pk)
    return times | ({cast.periods[3].pk: fourth} if fourth else {})


def ring(cast: Cast, fourth: tuple[dt.time, dt.time] | None = LATER, **how: Any) -> Any:
    """Change the bells through the one service."""
    times = bells_with(cast, fourth)
    return change_school_time(
        lambda: set_bell_times(cast.bell_schedule, cast.day_type, times, by=cast.coordinator),
        **{"is_understood": True, "by": cast.coordinator, "now": NOW} | how,
    )


def abouts(cast: Cast) -> list[str]:
    """What fits no longer; the quick count says the same."""
    found = [misfit.about for misfit in misfits(cast.school, now=NOW)]
    assert count_misfits(cast.school, now=NOW) == len(found)
    return found


def only(cast: Cast) -> Any:
    (misfit,) = misfits(cast.school, now=NOW)
    return misfit


def fourth_of(cast: Cast) -> tuple[dt.time, dt.time]:
    time = PeriodTime.objects.get(period=cast.periods[3], day_type=cast.day_type)
    return time.starts, time.ends


def test_bells_with_bookings_are_changed_only_by_who_has_read_what_fits_no_longer(
    cast: Cast, booking: Booking, playground: PlaygroundSession
) -> None:
    holds, messages = list(Hold.objects.values()), list(Message.objects.values())

    first = ring(cast, is_understood=False)
    assert not first.is_made
    assert [misfit.about for misfit in first.misfits] == [booking.about, playground.about]
    assert fourth_of(cast) == PERIODS[3]

    second = ring(cast)
    assert second.is_made
    assert fourth_of(cast) == LATER
    assert abouts(cast) == [booking.about, playground.about]
    assert (list(Hold.objects.values()), list(Message.objects.values())) == (holds, messages)


def test_change_that_touches_nothing_booked_is_made_at_once(cast: Cast, booking: Booking) -> None:
    times = bells_with(cast, PERIODS[3]) | {cast.periods[0].pk: (dt.time(7, 50), dt.time(8, 40))}

    attempt = change_school_time(
        lambda: set_bell_times(cast.bell_schedule, cast.day_type, times, by=cast.coordinator),
        is_understood=False, by=cast.coordinator, now=NOW,
    )  # fmt: skip

    assert attempt.is_made
    assert attempt.misfits == []
    assert abouts(cast) == []


def test_what_fitted_no_longer_before_is_not_asked_about_again(cast: Cast, booking: Booking) -> None:
    ring(cast)
    saturday = cast.thursday + dt.timedelta(days=2)

    attempt = change_school_time(
        lambda: set_school_days({saturday: cast.day_type}, by=cast.coordinator),
        is_understood=False, by=cast.coordinator, now=NOW,
    )  # fmt: skip

    assert attempt.is_made
    assert abouts(cast) == [booking.about]


def test_what_is_over_or_cancelled_or_of_another_school_does_not_count(cast: Cast, booking: Booking) -> None:
    ring(cast)
    assert abouts(cast) == [booking.about]

    assert misfits(cast.school, now=booking.ends_at) == []
    assert misfits(cast.stranger.school, now=NOW) == []
    cancel_misfit(only(cast), by=cast.coordinator, now=NOW)
    assert abouts(cast) == []


def test_a_day_of_another_kind_or_without_school_is_a_conflict(cast: Cast, booking: Booking) -> None:
    other = DayType.objects.create(school=cast.school, name="Early release")
    set_school_days({cast.thursday: other}, by=cast.coordinator)
    assert only(cast).by_bells is None
    assert only(cast).has_school

    remove_school_days(first=cast.thursday, last=cast.thursday, by=cast.coordinator)
    assert not only(cast).has_school

    set_school_days({cast.thursday: cast.day_type}, by=cast.coordinator)
    assert abouts(cast) == []


def test_a_clock_time_fits_on_each_day_with_school(cast: Cast, booking: Booking) -> None:
    Booking.objects.update(period=None)
    ring(cast)
    assert abouts(cast) == []

    remove_school_days(first=cast.thursday, last=cast.thursday, by=cast.coordinator)
    assert abouts(cast) == [booking.about]


def test_bells_of_a_grade_touch_only_its_mentors(cast: Cast, book: Callable[..., Booking]) -> None:
    User.objects.filter(pk=cast.mentor.pk).update(grade="6")
    cast.mentor.refresh_from_db()
    of_sixth = book()
    book(teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room)
    bells = save_bell_schedule(None, name="Late lunch", grades=["6"], by=cast.coordinator)
    assert abouts(cast) == []

    set_bell_times(bells, cast.day_type, bells_with(cast, LATER), by=cast.coordinator)

    assert abouts(cast) == [of_sixth.about]


def test_move_to_bells_takes_the_new_time_and_tells_both(cast: Cast, booking: Booking) -> None:
    ring(cast)

    move_to_bells(only(cast), by=cast.coordinator, now=NOW)

    booking.refresh_from_db()
    start = dt.datetime(2026, 12, 3, 16, 50, tzinfo=dt.UTC)
    assert (booking.starts_at, booking.ends_at, booking.revision) == (start, start + dt.timedelta(minutes=45), 1)
    assert {hold.during.lower for hold in Hold.objects.filter(booking=booking)} == {start}
    told = Message.objects.waiting().filter(about=booking.about, kind="booking_moved", revision=1)
    assert {message.user for message in told} == {cast.teacher, cast.mentor}
    assert abouts(cast) == []


def test_move_to_bells_that_only_end_later_moves_the_end(cast: Cast, booking: Booking) -> None:
    ring(cast, (dt.time(10, 40), dt.time(11, 30)))

    move_to_bells(only(cast), by=cast.coordinator, now=NOW)

    booking.refresh_from_db()
    assert booking.minutes == 50
    assert abouts(cast) == []


def test_move_to_bells_moves_a_playground_with_all_it_has(cast: Cast, playground: PlaygroundSession) -> None:
    ring(cast)

    move_to_bells(only(cast), by=cast.coordinator, now=NOW)

    playground.refresh_from_db()
    assert playground.starts_at == dt.datetime(2026, 12, 3, 16, 50, tzinfo=dt.UTC)
    assert playground.revision == 1
    assert [duty.person for duty in playground.duties.all()] == [cast.other_mentor]
    assert Hold.objects.filter(playground=playground, during__startswith=playground.starts_at).count() == 2
    assert abouts(cast) == []


def test_move_to_bells_without_a_period_on_that_day_is_refused(cast: Cast, booking: Booking) -> None:
    ring(cast, None)

    with pytest.raises(Refused, match="not held on that day"):
        move_to_bells(only(cast), by=cast.coordinator, now=NOW)

    assert abouts(cast) == [booking.about]


def test_kept_meeting_is_no_conflict_until_the_bells_change_once_more(cast: Cast, booking: Booking) -> None:
    ring(cast)
    keep_as_it_is(only(cast), by=cast.coordinator, now=NOW)
    assert abouts(cast) == []
    assert KeptTime.objects.get().kept_by == cast.coordinator

    again = ring(cast, (dt.time(11), dt.time(11, 45)), is_understood=False)
    assert [misfit.about for misfit in again.misfits] == [booking.about]

    ring(cast, (dt.time(11), dt.time(11, 45)))
    keep_as_it_is(only(cast), by=cast.coordinator, now=NOW)
    assert abouts(cast) == []
    assert KeptTime.objects.count() == 1
    assert not Message.objects.filter(about=booking.about, revision__gt=0).exists()


def test_kept_playground_on_a_day_off_is_no_conflict(cast: Cast, playground: PlaygroundSession) -> None:
    remove_school_days(first=cast.thursday, last=cast.thursday, by=cast.coordinator)

    keep_as_it_is(only(cast), by=cast.coordinator, now=NOW)

    assert abouts(cast) == []


def test_cancelled_conflict_tells_everybody(cast: Cast, booking: Booking, playground: PlaygroundSession) -> None:
    ring(cast)

    for misfit in misfits(cast.school, now=NOW):
        cancel_misfit(misfit, by=cast.coordinator, now=NOW)

    assert abouts(cast) == []
    assert not Hold.objects.exists()
    kinds = set(Message.objects.waiting().values_list("kind", flat=True))
    assert {"booking_cancelled", "playground_cancelled"} <= kinds


def test_conflicts_are_resolved_by_the_schools_coordinator_alone(cast: Cast, booking: Booking) -> None:
    ring(cast)
    misfit = only(cast)

    for by in (cast.admin, cast.teacher, cast.mentor, cast.stranger_coordinator):
        for act in (move_to_bells, keep_as_it_is, cancel_misfit):
            with pytest.raises(Refused):
                act(misfit, by=by, now=NOW)
    with pytest.raises(Refused):
        ring(cast, PERIODS[3], by=cast.teacher)

    assert abouts(cast) == [booking.about]


def times_sent(cast: Cast, fourth: tuple[dt.time, dt.time]) -> dict[str, str]:
    """What the page of the times sends."""
    sent = {}
    for period_id, (starts, ends) in bells_with(cast, fourth).items():
        sent |= {f"starts_{period_id}": f"{starts:%H:%M}", f"ends_{period_id}": f"{ends:%H:%M}"}
    return sent


def test_page_of_bell_times_asks_first_and_the_home_page_says_what_is_left(
    cast: Cast, sign_in: SignIn, booking: Booking
) -> None:
    client = sign_in(cast.coordinator)
    address = reverse("school_bell_times", args=[cast.bell_schedule.pk, cast.day_type.pk])

    asked = client.post(address, times_sent(cast, LATER))
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "1 booking would fit no longer." in page
    assert "Maya R. with Ms Ortiz" in page
    assert "By the bells: 10:50 to 11:35." in page
    assert 'value="10:50"' in page
    assert fourth_of(cast) == PERIODS[3]

    saved = client.post(address, times_sent(cast, LATER) | {"is_understood": "on"}, follow=True).content.decode()
    assert "The times are saved." in saved
    assert fourth_of(cast) == LATER
    assert "1 booking or playground still has the old time" in client.get("/").content.decode()
    assert "Times that fit no longer" not in sign_in(cast.teacher).get("/").content.decode()


def test_admin_reads_how_many_and_never_who(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    address = reverse("school_bell_times", args=[cast.bell_schedule.pk, cast.day_type.pk])

    page = sign_in(cast.admin).post(address, times_sent(cast, LATER)).content.decode()

    assert "1 booking would fit no longer." in page
    assert "Maya" not in page
    assert "Ortiz" not in page


def test_conflict_list_moves_keeps_and_cancels_what_is_marked(
    cast: Cast, sign_in: SignIn, book: Callable[..., Booking], playground: PlaygroundSession
) -> None:
    moved, kept = book(), book(day=cast.thursday + dt.timedelta(days=1))
    ring(cast)
    client, resolve = sign_in(cast.coordinator), reverse("school_conflict_resolve")
    page = client.get(reverse("school_conflict_list")).content.decode()
    assert page.count('name="meeting"') == 3

    client.post(resolve, {"act": "move", "meeting": [moved.about]})
    client.post(resolve, {"act": "keep", "meeting": [kept.about, "booking:0"]})
    page = client.post(resolve, {"act": "cancel", "meeting": [playground.about]}, follow=True).content.decode()

    assert "1 conflict is resolved." in page
    assert "Everything fits" in page
    states = [Booking.objects.get(pk=row.pk).starts_at.minute for row in (moved, kept)]
    assert states == [50, 40]
    playground.refresh_from_db()
    assert not playground.is_standing


def test_conflict_that_is_refused_stays_and_says_why(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    ring(cast, None)
    client = sign_in(cast.coordinator)

    page = client.post(
        reverse("school_conflict_resolve"), {"act": "move", "meeting": [booking.about]}, follow=True
    ).content.decode()
    assert "Maya R. with Ms Ortiz: Its period is not held on that day." in page
    assert abouts(cast) == [booking.about]

    for sent in ({"act": "move"}, {"act": "burn", "meeting": [booking.about]}, {"meeting": [booking.about]}):
        page = client.post(reverse("school_conflict_resolve"), sent, follow=True).content.decode()
        assert "Mark what this is about first." in page
    assert abouts(cast) == [booking.about]


def test_conflict_list_asks_the_database_as_often_for_many(
    cast: Cast, sign_in: SignIn, book: Callable[..., Booking], django_assert_max_num_queries: Any
) -> None:
    book()
    ring(cast)
    client, address = sign_in(cast.coordinator), reverse("school_conflict_list")
    with django_assert_max_num_queries(3 + 7):
        client.get(address)

    day, booked = cast.thursday, 1
    while booked < 30:
        day += dt.timedelta(days=1)
        if SchoolDay.objects.filter(school=cast.school, date=day).exists():
            Booking.objects.get_or_create(
                **{
                    field.attname: getattr(Booking.objects.first(), field.attname)
                    for field in Booking._meta.concrete_fields
                    if field.name not in ("id", "starts_at", "ends_at", "request_key")
                },
                starts_at=dt.datetime.combine(day, dt.time(16), dt.UTC),
                ends_at=dt.datetime.combine(day, dt.time(17), dt.UTC),
            )
            booked += 1
    with django_assert_max_num_queries(3 + 7):
        page = client.get(address).content.decode()
    assert page.count('name="meeting"') == 30


def test_month_fill_and_close_ask_first_too(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    client = sign_in(cast.coordinator)
    other = DayType.objects.create(school=cast.school, name="Early release")
    month = {
        f"day_2026-12-{number:02}": str(cast.day_type.pk)
        if SchoolDay.objects.filter(school=cast.school, date=dt.date(2026, 12, number)).exists()
        else "none"
        for number in range(1, 32)
    }
    fill = {"first": "2026-12-03", "last": "2026-12-03", "weekdays": ["3"], "day_types": [other.pk], "replaces": "on"}
    changes: list[tuple[str, dict[str, Any]]] = [
        (reverse("school_calendar") + "?month=2026-12", month | {"day_2026-12-03": str(other.pk)}),
        (reverse("school_calendar") + "?month=2026-12", month | {"day_2026-12-03": "none"}),
        (reverse("school_day_fill"), fill),
        (reverse("school_day_close"), {"first": "2026-12-03"}),
    ]

    for address, sent in changes:
        asked = client.post(address, sent)
        assert asked.status_code == 422
        assert "Maya R. with Ms Ortiz" in asked.content.decode()
        assert SchoolDay.objects.get(school=cast.school, date=cast.thursday).day_type == cast.day_type

        done = client.post(address, sent | {"is_understood": "on"}, follow=True)
        assert "What fits no longer waits for you" in done.content.decode()
        assert abouts(cast) == [booking.about]
        set_school_days({cast.thursday: cast.day_type}, by=cast.coordinator)


def test_periods_page_asks_first_and_period_stays_the_same_row(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    client = sign_in(cast.coordinator)
    sent: dict[str, Any] = {"form-TOTAL_FORMS": 4, "form-INITIAL_FORMS": 4}
    for number, (period, span) in enumerate(zip(cast.periods, [*PERIODS[:3], LATER], strict=True)):
        sent |= {
            f"form-{number}-period": period.pk,
            f"form-{number}-name": period.name,
            f"form-{number}-starts": f"{span[0]:%H:%M}",
            f"form-{number}-ends": f"{span[1]:%H:%M}",
        }

    asked = client.post(reverse("school_time"), sent)
    assert asked.status_code == 422
    assert "1 booking would fit no longer." in asked.content.decode()
    assert fourth_of(cast) == PERIODS[3]

    client.post(reverse("school_time"), sent | {"is_understood": "on"})
    assert fourth_of(cast) == LATER
    assert Period.objects.filter(school=cast.school).count() == 4


def test_days_from_a_file_ask_first_too(cast: Cast, sign_in: SignIn, booking: Booking) -> None:
    client = sign_in(cast.coordinator)
    file = SimpleUploadedFile("days.csv", b"date,kind\n2026-12-03,closed\n")
    preview = client.post(reverse("school_calendar_import"), {"order": "month", "file": file})
    plan = {"plan": preview.context["plan"]}

    asked = client.post(reverse("school_calendar_confirm"), plan)
    assert asked.status_code == 422
    assert "Maya R. with Ms Ortiz" in asked.content.decode()
    assert SchoolDay.objects.filter(school=cast.school, date=cast.thursday).exists()

    again = {"plan": asked.context["plan"], "is_understood": "on"}
    assert "1 day is changed." in client.post(reverse("school_calendar_confirm"), again, follow=True).content.decode()
    assert abouts(cast) == [booking.about]
