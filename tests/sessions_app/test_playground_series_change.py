"""A playground every week that is changed or cancelled: one date, or all from one date on, and all or nothing."""

import datetime as dt
from collections.abc import Callable

import pytest
from icalendar import Calendar

from accounts.models import Message
from accounts.services import Refused
from sessions_app.models import Booking, Hold, PlaygroundSession
from sessions_app.reports.series import Slot
from sessions_app.services import (
    DatesTaken,
    cancel_following,
    cancel_playground,
    change_following,
    change_playground,
    sign_up,
)
from tests import factories
from tests.cast import NOW, Cast
from tests.sessions_app.weekly import THURSDAYS, Plans, Weekly, dates_of


@pytest.fixture
def mailed_mentor(cast: Cast) -> None:
    """Maya has an address, so that what she is told has calendar files."""
    cast.mentor.email = "maya@example.org"
    cast.mentor.save()


def events_in(message: Message) -> tuple[str, list[tuple[str, int]]]:
    """What the calendar files of a message ask for, and state and number of the event of each."""
    calendars = Calendar.from_ical(message.calendar_file, multiple=True)
    (method,) = {calendar["METHOD"] for calendar in calendars}
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    assert len({event["UID"] for event in events}) == len({event["DTSTART"].dt for event in events}) == len(events)
    assert len(events) == len(calendars)
    return method, [(event["STATUS"], event["SEQUENCE"]) for event in events]


def test_change_of_one_date_leaves_the_others(cast: Cast, weekly: Weekly, plan: Plans) -> None:
    series = weekly()
    one = series.playgrounds.order_by("starts_at")[1]

    change_playground(
        one,
        by=cast.coordinator,
        title="Only today",
        tools=[],
        room=cast.room,
        places=3,
        minimum=0,
        adult_in_charge=cast.other_teacher,
        mentors=[],
        day=THURSDAYS[1] + dt.timedelta(days=1),
        period=cast.periods[0],
        now=NOW,
    )

    assert dates_of(series) == [THURSDAYS[0], dt.date(2026, 12, 11), THURSDAYS[2]]
    assert list(series.playgrounds.order_by("series_date").values_list("title", flat=True)) == [
        "Captions",
        "Only today",
        "Captions",
    ]


def test_change_from_one_date_on_moves_it_and_those_after_it(cast: Cast, weekly: Weekly, plan: Plans) -> None:
    series = weekly()
    second = series.playgrounds.order_by("starts_at")[1]
    new = plan(title="Fridays", slot=Slot(None, dt.time(15), dt.time(16)))

    change_following(second, new, by=cast.coordinator, day=dt.date(2026, 12, 11), now=NOW)

    assert dates_of(series) == [THURSDAYS[0], dt.date(2026, 12, 11), dt.date(2026, 12, 18)]
    assert list(series.playgrounds.order_by("series_date").values_list("series_date", flat=True)) == THURSDAYS
    assert [row.revision for row in series.playgrounds.order_by("series_date")] == [0, 1, 1]


def test_dates_may_move_to_where_others_of_the_series_stood(cast: Cast, weekly: Weekly, plan: Plans) -> None:
    series = weekly()
    first = series.playgrounds.order_by("starts_at")[0]

    # A week later each: the second stands where the third stood.
    change_following(first, plan(), by=cast.coordinator, day=THURSDAYS[1], now=NOW)

    assert dates_of(series) == [THURSDAYS[1], THURSDAYS[2], dt.date(2026, 12, 24)]


def test_change_that_clashes_on_one_date_changes_none(
    cast: Cast, weekly: Weekly, plan: Plans, book: Callable[..., Booking]
) -> None:
    series = weekly()
    first = series.playgrounds.order_by("starts_at")[0]
    book(day=THURSDAYS[2], period=cast.periods[1], room=cast.other_room)

    with pytest.raises(DatesTaken) as refused:
        change_following(first, plan(slot=Slot(cast.periods[1])), by=cast.coordinator, day=THURSDAYS[0], now=NOW)

    assert [one.day for one in refused.value.found if one.why_not] == [THURSDAYS[2]]
    assert {row.revision for row in series.playgrounds.all()} == {0}
    assert {row.period for row in series.playgrounds.all()} == {cast.periods[3]}


def test_change_that_leaves_no_place_for_an_offer_on_one_date_changes_none(
    cast: Cast, weekly: Weekly, plan: Plans
) -> None:
    first, second, _third = weekly().playgrounds.order_by("starts_at")
    sign_up(second, by=cast.other_teacher, now=NOW)
    until = NOW + dt.timedelta(hours=24)
    second.waitlist.create(teacher=cast.teacher, joined_at=NOW, state="offered", offered_until=until)

    with pytest.raises(Refused, match=r"^Dec. 10, 2026: Places taken: 1. Kept for who .* 9 a.m.: 1. Plan at least 2.$"):
        change_following(first, plan(places=1), by=cast.coordinator, day=THURSDAYS[0], now=NOW)

    assert {(row.places, row.revision) for row in PlaygroundSession.objects.all()} == {(3, 0)}


@pytest.mark.usefixtures("mailed_mentor")
def test_change_of_many_dates_is_one_message_to_each(cast: Cast, weekly: Weekly, plan: Plans) -> None:
    series = weekly()
    for row in series.playgrounds.all():
        sign_up(row, by=cast.teacher, now=NOW)
    first = series.playgrounds.order_by("starts_at")[0]

    change_following(
        first, plan(room=cast.other_room, mentors=[cast.mentor]), by=cast.coordinator, day=THURSDAYS[0], now=NOW
    )

    news = Message.objects.waiting().filter(lead_minutes=0)
    assert sorted(news.values_list("user", "kind")) == sorted(
        [
            (cast.mentor.pk, "playground_changed"),
            (cast.other_teacher.pk, "playground_changed"),
            (cast.teacher.pk, "playground_changed"),
            (cast.other_mentor.pk, "playground_released"),
        ]
    )
    assert {row.context["more_count"] for row in news} == {2}
    for row in news:
        is_released = row.kind == "playground_released"
        asked, state = ("CANCEL", "CANCELLED") if is_released else ("REQUEST", "CONFIRMED")
        assert events_in(row) == (asked, [(state, 1)] * 3)
    leads = len(cast.school.reminder_leads)
    assert Message.objects.waiting().filter(user=cast.teacher, kind="playground_reminder").count() == 3 * leads


@pytest.mark.usefixtures("mailed_mentor")
def test_cancel_from_one_date_on_frees_it_and_those_after_it(cast: Cast, weekly: Weekly) -> None:
    series = weekly()
    second = series.playgrounds.order_by("starts_at")[1]

    cancel_following(second, by=cast.coordinator, now=NOW)

    assert dates_of(series) == [THURSDAYS[0]]
    assert Hold.objects.count() == 4
    news = Message.objects.waiting().get(user=cast.mentor, kind="playground_cancelled")
    assert news.context["more_count"] == 1
    assert events_in(news) == ("CANCEL", [("CANCELLED", 1)] * 2)


def test_cancelled_or_begun_dates_are_not_touched_again(cast: Cast, weekly: Weekly, plan: Plans) -> None:
    series = weekly()
    first, second, third = series.playgrounds.order_by("starts_at")
    cancel_playground(second, by=cast.coordinator, now=NOW)

    with pytest.raises(Refused, match="cancelled, or has begun"):
        cancel_following(second, by=cast.coordinator, now=NOW)
    with pytest.raises(Refused, match="cancelled, or has begun"):
        change_following(first, plan(), by=cast.coordinator, day=THURSDAYS[0], now=first.starts_at)
    cancel_following(first, by=cast.coordinator, now=NOW)

    assert [PlaygroundSession.objects.get(pk=row.pk).revision for row in (first, second, third)] == [1, 1, 1]


def test_only_a_coordinator_cancels_or_changes_a_series(cast: Cast, weekly: Weekly, plan: Plans) -> None:
    first = weekly().playgrounds.order_by("starts_at")[0]

    for person in (cast.teacher, cast.stranger_coordinator):
        with pytest.raises(Refused, match="coordinator"):
            cancel_following(first, by=person, now=NOW)
        with pytest.raises(Refused, match="coordinator"):
            change_following(first, plan(), by=person, day=THURSDAYS[0], now=NOW)


def test_playground_without_a_series_is_followed_by_none(cast: Cast) -> None:
    alone = factories.PlaygroundSessionFactory(
        program=cast.program, starts_at=NOW + dt.timedelta(days=1), ends_at=NOW + dt.timedelta(days=2)
    )

    assert list(PlaygroundSession.objects.following(alone, NOW)) == [alone]
