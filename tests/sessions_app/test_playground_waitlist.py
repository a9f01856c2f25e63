"""The waiting list of a playground: one offer after the other, each for a limited time, never more than the places."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Message, User
from accounts.services import Refused
from config.celery import app
from sessions_app.models import BookingRules, PlaygroundSession, SignUp, WaitlistEntry
from sessions_app.services import (
    cancel_playground,
    change_playground,
    close_account,
    join_waitlist,
    leave_playground,
    leave_waitlist,
    offer_due_places,
    sign_up,
)
from tests import factories
from tests.cast import NOW, Cast

HOUR = dt.timedelta(hours=1)
State = WaitlistEntry.State


@pytest.fixture
def playground(cast: Cast, schedule: Callable[..., PlaygroundSession]) -> PlaygroundSession:
    """Two places, on Thursday in eleven days."""
    return schedule(title="Captions", period=cast.periods[3])


def states(waiting: list[WaitlistEntry]) -> list[str]:
    """Their states now."""
    return [WaitlistEntry.objects.get(pk=entry.pk).state for entry in waiting]


def test_place_that_frees_is_offered_to_who_waits_longest(
    cast: Cast, playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    leave_playground(playground, by=guests[0], now=NOW + HOUR)

    offer = Message.objects.waiting().get(kind="playground_offer")
    assert states(waiting) == [State.OFFERED, State.WAITING]
    assert (offer.user, offer.event_at) == (cast.teacher, NOW + 25 * HOUR)


def test_offer_ends_earlier_where_it_begins_soon(
    playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    leave_playground(playground, by=guests[0], now=playground.starts_at - 4 * HOUR)

    assert WaitlistEntry.objects.get(state=State.OFFERED).offered_until == playground.starts_at - 2 * HOUR


def test_schools_hours_and_notice_shorten_an_offer(
    cast: Cast, playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    BookingRules.objects.create(school=cast.school, offer_hours=3, join_notice_minutes=120)

    leave_playground(playground, by=guests[0], now=NOW)
    leave_playground(playground, by=guests[1], now=playground.starts_at - 4 * HOUR)

    assert {entry.offered_until for entry in WaitlistEntry.objects.exclude(offered_until=None)} == {
        NOW + 3 * HOUR,
        playground.starts_at - 3 * HOUR,
    }


def test_offered_place_is_kept_from_others_and_taken_by_the_same_service(
    cast: Cast, playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    leave_playground(playground, by=guests[0], now=NOW + HOUR)

    for teacher in (guests[0], cast.other_teacher):
        with pytest.raises(Refused, match="All places are taken"):
            sign_up(playground, by=teacher, now=NOW + 2 * HOUR)
    sign_up(playground, by=cast.teacher, now=NOW + 2 * HOUR)

    assert states(waiting) == [State.TAKEN, State.WAITING]
    assert playground.sign_ups.count() == 2
    assert not Message.objects.waiting().filter(kind="playground_offer").exists()


def test_offer_that_lapses_goes_to_the_next_by_the_scan(
    cast: Cast, playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    leave_playground(playground, by=guests[0], now=NOW + HOUR)

    early = offer_due_places(now=NOW + 25 * HOUR - HOUR / 60)
    due = offer_due_places(now=NOW + 25 * HOUR)
    again = offer_due_places(now=NOW + 25 * HOUR)

    assert (early, due, again) == (0, 1, 0)
    assert states(waiting) == [State.LAPSED, State.OFFERED]
    assert Message.objects.waiting().get(kind="playground_offer").user == cast.other_teacher


def test_lapsed_offer_can_not_be_taken_before_the_scan_comes(
    cast: Cast, playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    leave_playground(playground, by=guests[0], now=NOW + HOUR)

    with pytest.raises(Refused, match="All places are taken"):
        sign_up(playground, by=cast.teacher, now=NOW + 25 * HOUR)
    offer_due_places(now=NOW + 25 * HOUR)

    assert states(waiting) == [State.LAPSED, State.OFFERED]


def test_nobody_left_waiting_leaves_the_place_to_all(
    cast: Cast, playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    leave_playground(playground, by=guests[0], now=NOW + HOUR)
    leave_waitlist(playground, by=cast.teacher, now=NOW + HOUR)
    leave_waitlist(playground, by=cast.other_teacher, now=NOW + HOUR)

    sign_up(playground, by=guests[0], now=NOW + 2 * HOUR)

    assert states(waiting) == [State.GONE, State.GONE]


def test_no_thank_you_offers_it_to_the_next(
    cast: Cast, playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    leave_playground(playground, by=guests[0], now=NOW + HOUR)

    leave_waitlist(playground, by=cast.teacher, now=NOW + HOUR)

    assert states(waiting) == [State.GONE, State.OFFERED]


def test_more_places_and_a_teacher_who_leaves_the_school_are_offered_by_the_scan(
    cast: Cast, playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    PlaygroundSession.objects.update(places=3)
    close_account(guests[1], in_charge=None, by=cast.admin, now=NOW + HOUR)

    count = offer_due_places(now=NOW + HOUR)

    assert count == 2
    assert states(waiting) == [State.OFFERED, State.OFFERED]


def test_who_leaves_the_school_waits_no_longer(
    cast: Cast, playground: PlaygroundSession, waiting: list[WaitlistEntry]
) -> None:
    close_account(cast.other_teacher, in_charge=None, by=cast.admin, now=NOW + HOUR)

    assert states(waiting) == [State.WAITING, State.GONE]


def test_cancelled_playground_is_told_to_who_waits(
    cast: Cast, playground: PlaygroundSession, waiting: list[WaitlistEntry]
) -> None:
    cancel_playground(playground, by=cast.coordinator, now=NOW + HOUR)

    assert states(waiting) == [State.GONE, State.GONE]
    assert Message.objects.waiting().filter(user=cast.teacher, kind="playground_cancelled").exists()


def test_nothing_is_offered_once_it_has_begun(
    playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    leave_playground(playground, by=guests[0], now=playground.starts_at)

    assert offer_due_places(now=playground.starts_at) == 0
    assert states(waiting) == [State.WAITING, State.WAITING]


def test_waiting_twice_is_once(cast: Cast, playground: PlaygroundSession, waiting: list[WaitlistEntry]) -> None:
    assert join_waitlist(playground, by=cast.teacher, now=NOW) == waiting[0]


def test_waiting_where_a_place_is_free_or_had_is_refused(
    cast: Cast, playground: PlaygroundSession, guests: list[User]
) -> None:
    with pytest.raises(Refused, match="coming already"):
        join_waitlist(playground, by=guests[0], now=NOW)
    leave_playground(playground, by=guests[0], now=NOW)
    with pytest.raises(Refused, match="A place is free"):
        join_waitlist(playground, by=cast.teacher, now=NOW)

    assert not WaitlistEntry.objects.exists()


def test_only_teachers_of_the_school_wait(cast: Cast, playground: PlaygroundSession, guests: list[User]) -> None:
    for person in (cast.mentor, cast.coordinator, cast.stranger):
        with pytest.raises(Refused):
            join_waitlist(playground, by=person, now=NOW)


def test_beat_looks_for_due_places_every_minute(settings) -> None:
    app.conf  # noqa: B018  # reading it fills the table

    assert app.conf.beat_schedule["offer places"]["task"] == "sessions_app.tasks.offer_places"
    assert app.conf.beat_schedule["offer places"]["schedule"] == settings.OUTBOX_SCAN_SECONDS


def shrink(cast: Cast, playground: PlaygroundSession, *, places: int, now: dt.datetime) -> PlaygroundSession:
    """Change nothing of a playground but how many places it has."""
    return change_playground(
        playground, by=cast.coordinator, title="Captions", tools=[cast.tool], room=cast.library, places=places,
        minimum=0, adult_in_charge=cast.admin, mentors=[cast.mentor], day=cast.thursday, period=cast.periods[3],
        now=now,
    )  # fmt: skip


def test_place_that_is_kept_is_not_planned_away_before_its_offer_ends(
    cast: Cast, playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    leave_playground(playground, by=guests[0], now=NOW + HOUR)

    with pytest.raises(Refused) as refused:
        shrink(cast, playground, places=1, now=NOW + 2 * HOUR)

    assert str(refused.value) == (
        "Places taken: 1. Kept for who is on the waiting list, until Nov. 23, 2026, 10 a.m.: 1. Plan at least 2."
    )
    assert PlaygroundSession.objects.get().places == 2
    assert sign_up(playground, by=cast.teacher, now=NOW + 3 * HOUR).pk


def test_place_whose_offer_is_over_may_be_planned_away(
    cast: Cast, playground: PlaygroundSession, guests: list[User], waiting: list[WaitlistEntry]
) -> None:
    leave_playground(playground, by=guests[0], now=NOW + HOUR)

    assert shrink(cast, playground, places=1, now=NOW + 25 * HOUR).places == 1


@pytest.mark.parametrize("count", [1, 30])
def test_scan_finds_what_is_due_in_one_statement(
    cast: Cast, playground: PlaygroundSession, count: int, django_assert_num_queries
) -> None:
    for _ in range(count):
        WaitlistEntry.objects.create(
            playground=factories.PlaygroundSessionFactory(program=cast.program, places=1),
            teacher=cast.teacher,
            joined_at=NOW,
            state=State.OFFERED,
            offered_until=NOW + HOUR,
        )

    with django_assert_num_queries(1):
        assert offer_due_places(now=NOW) == 0


@pytest.mark.django_db(transaction=True)
def test_places_are_never_exceeded_however_many_take_give_back_and_scan_at_once(
    cast: Cast, playground: PlaygroundSession, guests: list[User]
) -> None:
    crowd = [factories.TeacherFactory(school=cast.school) for _ in range(6)]
    for teacher in crowd:
        join_waitlist(playground, by=teacher, now=NOW)
    now = NOW + HOUR

    def act(number: int) -> None:
        acts: list[Callable[[], object]] = [
            lambda: leave_playground(playground, by=guests[number % 2], now=now),
            lambda: sign_up(playground, by=crowd[number % 6], now=now),
            lambda: offer_due_places(now=now),
            lambda: sign_up(playground, by=guests[number % 2], now=now),
        ]
        try:
            acts[number % 4]()
        except Refused:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(48)))

    holding = WaitlistEntry.objects.holding(now).count()
    assert SignUp.objects.filter(playground=playground).count() + holding == 2
    assert WaitlistEntry.objects.exclude(state=State.WAITING).count() >= 1
    taken = set(WaitlistEntry.objects.filter(state=State.TAKEN).values_list("teacher", flat=True))
    assert taken <= {teacher.pk for teacher in crowd}
