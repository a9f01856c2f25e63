"""Claiming due messages, and taking back the claims of the dead."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from accounts import outbox
from accounts.models import Message
from tests.accounts.outbox_rows import age_claims, make_message, state_of
from tests.cast import NOW, Cast

State = Message.State


# Claiming


def test_claim_due_takes_the_longest_due_first_up_to_the_limit(cast: Cast) -> None:
    late, early, later = (
        make_message(cast.teacher, about=f"booking:{n}", due_at=NOW - dt.timedelta(minutes=n)) for n in (2, 3, 1)
    )

    claimed = outbox.claim_due(NOW, limit=2)

    assert claimed == [early, late]
    assert [state_of(row) for row in (early, late, later)] == [State.SENDING, State.SENDING, State.WAITING]
    assert claimed[0].claimed_at == early.claimed_at


def test_claim_due_leaves_what_is_not_due_rests_or_is_not_waiting(cast: Cast) -> None:
    make_message(cast.teacher, about="a:1", due_at=NOW + dt.timedelta(seconds=1))
    make_message(cast.teacher, about="a:2", retry_at=NOW + dt.timedelta(seconds=1))
    make_message(cast.teacher, about="a:3", state=State.PARKED)
    make_message(cast.teacher, about="a:4", state=State.CANCELLED)

    assert outbox.claim_due(NOW) == []


@pytest.mark.parametrize("count", [1, 30])
def test_claim_due_asks_the_same_number_of_times_whatever_the_rows(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_message(cast.teacher, about=f"booking:{number}")

    with django_assert_num_queries(4):  # savepoint, select, update, release
        claimed = outbox.claim_due(NOW)
        names = {(row.school.name, row.user and row.user.email) for row in claimed}

    assert len(claimed) == count
    assert len(names) == 1


@pytest.mark.django_db(transaction=True)
def test_claim_due_passes_over_rows_that_another_scan_is_taking(cast: Cast) -> None:
    first, second = make_message(cast.teacher, about="a:1"), make_message(cast.teacher, about="a:2")
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM accounts_message WHERE id = %s FOR UPDATE", [first.pk])

        claimed = outbox.claim_due(NOW)
    finally:
        other.rollback()
        other.close()

    assert claimed == [second]


# Claims of the dead


def test_release_stale_claims_after_a_minute_is_due_again(cast: Cast) -> None:
    message = make_message(cast.teacher)
    outbox.claim_due(NOW)
    age_claims(seconds=61)

    assert outbox.release_stale_claims() == 1

    assert outbox.claim_due(NOW) == [message]


def test_release_stale_claims_leaves_a_scan_that_works(cast: Cast) -> None:
    message = make_message(cast.teacher)
    outbox.claim_due(NOW)
    age_claims(seconds=50)

    assert outbox.release_stale_claims() == 0

    assert state_of(message) == State.SENDING


def test_release_stale_claims_parks_survey_messages(cast: Cast) -> None:
    message = make_message(cast.teacher, kind="survey_invitation")
    outbox.claim_due(NOW)
    age_claims(seconds=61)

    outbox.release_stale_claims()

    assert state_of(message) == State.PARKED
    assert message.error == outbox.STOPPED


def test_release_stale_claims_fails_what_stopped_the_program_each_time(cast: Cast) -> None:
    message = make_message(cast.teacher)

    for _round in range(outbox.ATTEMPTS):
        assert outbox.claim_due(NOW) == [message]
        age_claims(seconds=61)
        outbox.release_stale_claims()

    assert state_of(message) == State.FAILED


def test_renew_claims_keeps_them_from_being_taken_for_dead(cast: Cast) -> None:
    make_message(cast.teacher)
    claimed = outbox.claim_due(NOW)
    age_claims(seconds=50)
    claimed[0].refresh_from_db(fields=["claimed_at"])

    outbox.renew_claims(claimed, elapsed=dt.timedelta(seconds=50))

    age_claims(seconds=50)
    assert outbox.release_stale_claims() == 0
