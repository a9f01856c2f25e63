"""What becomes of messages where the mail server refuses, breaks off or is away."""

import datetime as dt

import pytest
from pytest_django.fixtures import Settings

from accounts import outbox
from accounts.services import delivery
from tests.accounts.outbox_rows import make_message
from tests.accounts.posted import State, clock, ended, many
from tests.accounts.smtp_sink import Sink
from tests.cast import NOW, Cast

# What the mail server says


def test_deliver_due_refused_for_good_fails_with_the_reply_and_the_rest_goes_on(cast: Cast, sink: Sink) -> None:
    refused, good = make_message(cast.teacher), make_message(cast.other_teacher)
    sink.answers_to_recipient["ortiz@example.org"] = "550 5.1.1 no such user"

    delivery.deliver_due(now=clock())

    assert ended(refused) == (State.FAILED, 1, f"{outbox.REFUSED}: 550 5.1.1 no such user")
    assert ended(good)[0] == State.SENT


@pytest.mark.parametrize("place", ["recipient", "data"])
def test_deliver_due_refused_for_now_is_tried_again_later(cast: Cast, sink: Sink, place: str) -> None:
    message, good = make_message(cast.teacher), make_message(cast.other_teacher)
    getattr(sink, f"answers_to_{place}")["ortiz@example.org"] = "450 4.2.0 come back"

    delivery.deliver_due(now=clock())

    assert ended(message) == (State.WAITING, 1, f"{outbox.REFUSED}: 450 4.2.0 come back")
    assert ended(good)[0] == State.SENT
    getattr(sink, f"answers_to_{place}").clear()
    delivery.deliver_due(now=clock(NOW + dt.timedelta(minutes=1)))
    assert ended(message) == (State.SENT, 2, "")


def test_deliver_due_refused_content_fails(cast: Cast, sink: Sink) -> None:
    message = make_message(cast.teacher)
    sink.answers_to_data["ortiz@example.org"] = "554 5.7.1 spam"

    delivery.deliver_due(now=clock())

    assert ended(message) == (State.FAILED, 1, f"{outbox.REFUSED}: 554 5.7.1 spam")


def test_deliver_due_refused_sender_is_no_messages_fault(cast: Cast, sink: Sink) -> None:
    message = make_message(cast.teacher)
    sink.answer_to_sender = "550 not from here"

    delivery.deliver_due(now=clock())

    assert ended(message) == (State.WAITING, 1, f"{outbox.REFUSED}: 550 not from here")


def test_deliver_due_temporary_refusals_end_visibly(cast: Cast, sink: Sink) -> None:
    message = make_message(cast.teacher, kind="booking_made", lead_minutes=0)
    sink.answers_to_recipient["ortiz@example.org"] = "450 come back"

    for hours in range(outbox.ATTEMPTS + 2):
        delivery.deliver_due(now=clock(NOW + dt.timedelta(hours=hours)))

    assert ended(message) == (State.FAILED, outbox.ATTEMPTS, f"{outbox.REFUSED}: 450 come back")


@pytest.mark.parametrize("answer", ["drop", "hang"])
def test_deliver_due_one_mail_that_breaks_the_connection_does_not_stop_the_others(
    cast: Cast, sink: Sink, answer: str
) -> None:
    broken = make_message(cast.teacher, due_at=NOW - dt.timedelta(minutes=1))
    good = [make_message(cast.other_teacher, about=f"a:{number}") for number in range(3)]
    sink.answers_to_data["ortiz@example.org"] = answer

    delivery.deliver_due(now=clock())

    assert ended(broken) == (State.WAITING, 1, f"{outbox.BROKEN_OFF}: SMTPServerDisconnected")
    assert [ended(message)[0] for message in good] == [State.SENT] * 3


def test_deliver_due_survey_message_that_may_have_left_is_parked(cast: Cast, sink: Sink) -> None:
    message = make_message(cast.teacher, kind="survey_invitation", lead_minutes=0)
    sink.answers_to_data["ortiz@example.org"] = "drop"

    delivery.deliver_due(now=clock())

    assert ended(message)[:2] == (State.PARKED, 1)


def test_deliver_due_server_that_drops_every_mail_is_left_alone_after_two(cast: Cast, sink: Sink) -> None:
    messages = many(cast, 10)
    at_home = make_message(cast.mentor, due_at=NOW + dt.timedelta(seconds=-1), about="a:1")
    sink.answers_to_data["ortiz@example.org"] = "drop"

    delivery.deliver_due(now=clock())

    assert [ended(message)[:2] for message in messages] == [(State.WAITING, 1)] * 2 + [(State.WAITING, 0)] * 8
    assert ended(at_home)[0] == State.SENT
    sink.answers_to_data.clear()
    delivery.deliver_due(now=clock(NOW + dt.timedelta(minutes=2)))
    assert {ended(message)[0] for message in messages} == {State.SENT}


# No mail server


@pytest.mark.parametrize("trouble", ["refuses connections", "hangs at the greeting", "says 421"])
def test_deliver_due_server_away_costs_no_attempt_and_other_work_goes_on(
    cast: Cast, sink: Sink, settings: Settings, trouble: str
) -> None:
    messages = many(cast, delivery.BATCH + 5)
    at_home = make_message(cast.mentor, due_at=NOW, about="z:1")
    if trouble == "refuses connections":
        sink.stop()
    elif trouble == "hangs at the greeting":
        settings.EMAIL_PORT = sink.mute_port()
    else:
        sink.answer_to_sender = "421 closing"

    delivery.deliver_due(now=clock())

    assert {ended(message)[:2] for message in messages} == {(State.WAITING, 0)}
    assert all(message.error.startswith(outbox.SERVER_AWAY) for message in messages)
    assert ended(at_home)[0] == State.SENT


def test_deliver_due_all_go_out_once_after_the_server_is_back(cast: Cast, sink: Sink, settings: Settings) -> None:
    messages = many(cast, 5)
    settings.EMAIL_PORT = sink.mute_port()
    delivery.deliver_due(now=clock())
    settings.EMAIL_PORT = sink.port

    delivery.deliver_due(now=clock(NOW + delivery.AWAY_PAUSE))

    assert sorted(sink.message_ids) == sorted(message.message_id for message in messages)
    assert {ended(message) for message in messages} == {(State.SENT, 1, "")}
