"""Sending what is due to a real mail server, on a free port, that takes it, refuses it, breaks off or is away."""

import datetime as dt
import time

import pytest
from pytest_django.fixtures import Settings

from accounts import outbox
from accounts.models import Guardian, Message
from accounts.services import delivery
from tests.accounts.outbox_rows import EVENT_AT, make_message
from tests.accounts.posted import State, clock, ended, many
from tests.accounts.smtp_sink import Sink
from tests.cast import NOW, Cast


def test_deliver_due_sends_each_once_over_one_connection(cast: Cast, sink: Sink) -> None:
    messages = many(cast, 12)

    delivery.deliver_due(now=clock())
    delivery.deliver_due(now=clock())

    assert sorted(sink.message_ids) == sorted(message.message_id for message in messages)
    assert sink.connections == 1
    for message in messages:
        assert ended(message) == (State.SENT, 1, "")
        assert (message.sent_at, message.channel) == (NOW, "mail")


def test_deliver_due_more_than_a_batch_goes_on_to_the_next(cast: Cast, sink: Sink, settings: Settings) -> None:
    many(cast, delivery.BATCH + 1)

    tally = delivery.deliver_due(now=clock())

    assert tally == {"sent": delivery.BATCH + 1}
    assert sink.connections == 2


def test_deliver_due_nothing_due_asks_no_mail_server(cast: Cast, sink: Sink) -> None:
    make_message(cast.teacher, due_at=NOW + dt.timedelta(seconds=1))

    delivery.deliver_due(now=clock())

    assert sink.connections == 0


# Whom it can't be mailed to


def test_deliver_due_user_without_email_reads_it_on_the_home_page(cast: Cast, sink: Sink) -> None:
    message = make_message(cast.mentor)

    delivery.deliver_due(now=clock())

    assert ended(message) == (State.SENT, 1, "")
    assert message.channel == Message.Channel.HOME
    assert list(Message.objects.on_home_page_of(cast.mentor, NOW)) == [message]
    assert sink.connections == 0


def test_deliver_due_guardian_without_email_fails_visibly(cast: Cast, sink: Sink) -> None:
    message = make_message(Guardian.objects.create(student=cast.mentor, name="Sara Rahman"))

    delivery.deliver_due(now=clock())

    assert ended(message) == (State.FAILED, 1, outbox.NO_ADDRESS)


def test_deliver_due_person_who_left_gets_nothing_nor_does_the_guardian(cast: Cast, sink: Sink) -> None:
    cast.other_mentor.is_active = False
    cast.other_mentor.save()
    guardian = Guardian.objects.create(student=cast.other_mentor, name="Sara", email="sara@example.org")
    messages = [make_message(cast.other_mentor), make_message(guardian)]

    delivery.deliver_due(now=clock())

    assert [ended(message) for message in messages] == [(State.CANCELLED, 0, outbox.HAS_LEFT)] * 2
    assert sink.message_ids == []


def test_deliver_due_reminder_after_the_event_began_fails_visibly(cast: Cast, sink: Sink) -> None:
    reminder = make_message(cast.teacher)
    notice = make_message(cast.teacher, kind="booking_cancelled", lead_minutes=0)

    delivery.deliver_due(now=clock(EVENT_AT))

    assert ended(reminder) == (State.FAILED, 1, outbox.TOO_LATE)
    assert sink.message_ids == [notice.message_id]


# Messages that are themselves the trouble


def test_deliver_due_poisoned_messages_fail_alone_with_a_reason(cast: Cast, sink: Sink) -> None:
    poisoned = [
        make_message(cast.teacher, about="a:1", context={}),
        make_message(cast.teacher, about="a:2", context={"starts_at": 7, "path": None}),
        make_message(cast.mentor, about="a:3", context={}),
    ]
    good = make_message(cast.teacher, about="a:4")

    delivery.deliver_due(now=clock())

    for message in poisoned:
        state, attempts, error = ended(message)
        assert (state, attempts) == (State.FAILED, 1)
        assert error.startswith(f"{outbox.NO_TEXT}: The message lacks")
    assert sink.message_ids == [good.message_id]


def test_deliver_due_address_that_is_none_fails_alone(cast: Cast, sink: Sink) -> None:
    cast.other_teacher.email = "haddad@exa mple\n.org"
    cast.other_teacher.save()
    poisoned, good = make_message(cast.other_teacher), make_message(cast.teacher)

    delivery.deliver_due(now=clock())

    assert ended(poisoned)[0] == State.FAILED
    assert ended(good)[0] == State.SENT


def test_deliver_due_withdrawn_while_the_batch_runs_is_not_sent(cast: Cast, sink: Sink) -> None:
    first, second, third = many(cast, 3)

    def withdraw_the_third() -> dt.datetime:
        if len(sink.message_ids) == 1:
            outbox.withdraw("booking:2")
            time.sleep(delivery.LOOK_AGAIN_SECONDS)
        return NOW

    delivery.deliver_due(now=withdraw_the_third)

    assert sink.message_ids == [first.message_id, second.message_id]
    assert ended(third)[0] == State.CANCELLED


def test_deliver_due_marks_in_small_groups_and_what_was_taken_before_the_server_left(
    cast: Cast, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "GROUP_SECONDS", 60)  # a slow machine makes no smaller groups
    messages = many(cast, delivery.GROUP + 3)
    marked: list[int] = []

    def look() -> dt.datetime:
        marked.append(len(sink.message_ids) - Message.objects.filter(state=State.SENT).count())
        if len(sink.message_ids) == delivery.GROUP + 2:
            sink.answer_to_sender = "421 closing"
        return NOW

    delivery.deliver_due(now=look)

    assert max(marked) == delivery.GROUP
    assert [ended(message)[0] for message in messages] == [State.SENT] * (delivery.GROUP + 2) + [State.WAITING]
