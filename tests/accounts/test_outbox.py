"""Writing, withdrawing, claiming and marking the rows of the outbox."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import outbox
from accounts.models import Guardian, Message
from tests.accounts.outbox_rows import BOOKING, EVENT_AT, age_claims, make_message, state_of
from tests.cast import NOW, Cast

State = Message.State


def rows_of(cast: Cast, **changes: Any) -> list[Message]:
    return outbox.reminder_rows(
        **{
            "school": cast.school,
            "about": "booking:12",
            "revision": 0,
            "kind": "booking_reminder",
            "event_at": EVENT_AT,
            "recipients": [cast.teacher, cast.mentor],
            "context_for": lambda person: BOOKING | {"role": "mentor" if person.is_student else "teacher"},
            "now": NOW,
            **changes,
        }
    )


# Building and writing


def test_reminder_rows_one_for_each_person_and_lead_of_the_school(cast: Cast) -> None:
    outbox.post(rows_of(cast))

    made = Message.objects.order_by("user", "due_at").values_list("user", "lead_minutes", "due_at")
    day, hour = EVENT_AT - dt.timedelta(days=1), EVENT_AT - dt.timedelta(hours=1)
    assert set(made) == {(person.pk, lead, due) for person in (cast.teacher, cast.mentor)
                         for lead, due in ((1440, day), (60, hour))}  # fmt: skip


def test_reminder_rows_skip_what_is_already_due(cast: Cast) -> None:
    rows = rows_of(cast, now=EVENT_AT - dt.timedelta(hours=24))

    assert {row.lead_minutes for row in rows} == {60}


def test_reminder_rows_given_leads_win_and_repeat_nothing(cast: Cast) -> None:
    rows = rows_of(cast, recipients=[cast.teacher], leads=[30, 30, 0])

    assert [row.lead_minutes for row in rows] == [30]


def test_notice_rows_are_due_at_once_with_context_and_file_of_each(cast: Cast) -> None:
    guardian = Guardian.objects.create(student=cast.mentor, name="Sara Rahman")

    rows = outbox.notice_rows(
        school=cast.school,
        about="booking:12",
        revision=2,
        kind="booking_made",
        event_at=EVENT_AT,
        recipients=[cast.teacher, guardian],
        context_for=lambda person: {"for": str(person)},
        file_for=lambda person: f"file of {person}",
        now=NOW,
    )

    assert [(row.user, row.guardian) for row in rows] == [(cast.teacher, None), (None, guardian)]
    assert {(row.lead_minutes, row.due_at, row.revision) for row in rows} == {(0, NOW, 2)}
    assert [row.context["for"] for row in rows] == ["Ana Ortiz", "Sara Rahman"]
    assert [row.calendar_file for row in rows] == ["file of Ana Ortiz", "file of Sara Rahman"]


def test_post_twice_is_refused_by_the_database(cast: Cast) -> None:
    outbox.post(rows_of(cast))

    with pytest.raises(IntegrityError, match="accounts_message_once_a_user"), transaction.atomic():
        outbox.post(rows_of(cast))

    assert Message.objects.count() == 4


# Withdrawing


@pytest.mark.parametrize("state", [State.WAITING, State.SENDING, State.FAILED, State.PARKED])
def test_withdraw_cancels_whatever_could_still_leave(cast: Cast, state: str) -> None:
    message = make_message(cast.teacher, state=state, claimed_at=NOW)

    assert outbox.withdraw("booking:12") == 1

    assert state_of(message) == State.CANCELLED


def test_withdraw_leaves_what_was_sent_and_what_is_about_something_else(cast: Cast) -> None:
    sent = make_message(cast.teacher, state=State.SENT, sent_at=NOW, channel="mail")
    other = make_message(cast.teacher, about="booking:120")

    assert outbox.withdraw("booking:12") == 0

    assert (state_of(sent), state_of(other)) == (State.SENT, State.WAITING)


def test_withdraw_of_one_person_leaves_the_others(cast: Cast) -> None:
    mine, others = make_message(cast.teacher), make_message(cast.mentor)

    outbox.withdraw("booking:12", user=cast.teacher)

    assert [state_of(row) for row in (mine, others)] == [State.CANCELLED, State.WAITING]


def test_withdraw_of_several_things_at_once(cast: Cast) -> None:
    messages = [make_message(cast.teacher, about=f"booking:{number}") for number in range(3)]

    assert outbox.withdraw("booking:0", "booking:2") == 2

    assert [state_of(row) for row in messages] == [State.CANCELLED, State.WAITING, State.CANCELLED]


# Marking


def test_marks_under_a_lost_claim_change_nothing(cast: Cast) -> None:
    make_message(cast.teacher)
    (mine,) = outbox.claim_due(NOW)
    age_claims(seconds=61)
    outbox.release_stale_claims()
    (theirs,) = outbox.claim_due(NOW)

    outbox.mark_failed(mine, reason=outbox.REFUSED)

    assert outbox.still_claimed([mine]) == set()
    assert outbox.still_claimed([theirs]) == {theirs.pk}
    assert state_of(theirs) == State.SENDING


def test_mark_sent_tells_the_truth_about_what_was_withdrawn_too_late(cast: Cast) -> None:
    make_message(cast.teacher)
    (claimed,) = outbox.claim_due(NOW)
    outbox.withdraw("booking:12")

    assert outbox.still_claimed([claimed]) == set()
    outbox.mark_sent([claimed], channel=Message.Channel.MAIL, now=NOW)

    assert state_of(claimed) == State.SENT


def test_mark_for_retry_pauses_longer_each_time_and_gives_up_in_the_end(cast: Cast) -> None:
    message = make_message(cast.teacher)
    pauses, moment = [], NOW
    while True:
        (claimed,) = outbox.claim_due(moment)
        if outbox.mark_for_retry(claimed, reason=outbox.REFUSED, detail="450 later", now=moment):
            break
        message.refresh_from_db()
        assert message.retry_at is not None
        pauses.append((message.retry_at - moment).total_seconds() / 60)
        moment = message.retry_at

    assert pauses == [1, 2, 4, 8, 16, 32, 60]
    assert state_of(message) == State.FAILED
    assert (message.attempts, message.error) == (outbox.ATTEMPTS, "The mail server refused it: 450 later")


def test_put_back_counts_as_no_attempt(cast: Cast) -> None:
    message = make_message(cast.teacher)
    claimed = outbox.claim_due(NOW)

    outbox.put_back(claimed, until=NOW + dt.timedelta(seconds=30), reason=outbox.SERVER_AWAY)

    assert (state_of(message), message.attempts) == (State.WAITING, 0)
    assert outbox.claim_due(NOW) == []
    assert outbox.claim_due(NOW + dt.timedelta(seconds=30)) == [message]


# Ending


@pytest.mark.parametrize(
    ("state", "days", "is_emptied"),
    [("sent", 31, True), ("sent", 29, False), ("cancelled", 31, True), ("failed", 31, True), ("waiting", 31, False)],
)
def test_expire_empties_texts_of_what_ended_30_days_ago(cast: Cast, state: str, days: int, is_emptied: bool) -> None:
    ended = NOW - dt.timedelta(days=days)
    sent = {"sent_at": ended, "channel": "mail"} if state == "sent" else {}
    message = make_message(cast.teacher, state=state, due_at=ended, calendar_file="BEGIN", error="550 x", **sent)

    outbox.expire(NOW)

    assert state_of(message) == state
    assert (message.context == {}, message.calendar_file == "", message.error == "") == (is_emptied,) * 3


def test_expire_counts_from_the_sending_and_not_from_when_it_was_due(cast: Cast) -> None:
    due, sent = NOW - dt.timedelta(days=40), NOW - dt.timedelta(days=2)
    message = make_message(cast.teacher, state=State.SENT, due_at=due, sent_at=sent, channel="mail")

    assert outbox.expire(NOW) == 0

    message.refresh_from_db()
    assert message.context == BOOKING


def test_because_is_one_line_that_fits_and_explain_keeps_the_reply() -> None:
    stored = outbox.because(outbox.REFUSED, "550 no\r\nsuch user " + "x" * 400)

    assert len(stored) == 300
    assert "\n" not in stored
    assert outbox.explain(stored).startswith("The mail server refused it: 550 no such user")
    assert outbox.explain("") == ""
