"""What a coordinator does with messages that are stuck."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.models import Message, User
from accounts.services import Refused
from accounts.services.message import cancel_message, resend_message
from tests.accounts.outbox_rows import EVENT_AT, make_message
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]
State = Message.State
LIST = "/messages/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def failed(person: User, **changes: Any) -> Message:
    return make_message(
        person, **{"state": State.FAILED, "attempts": 8, "error": f"{outbox.REFUSED}: 550 no <user>", **changes}
    )


def test_resend_failed_sends_all_that_can_be_of_use(cast: Cast, sign_in: SignIn) -> None:
    good = [failed(cast.teacher, about=f"booking:{number}") for number in range(2)]
    others = [
        failed(cast.teacher, about="a:1", event_at=NOW),
        failed(cast.teacher, about="a:2", context={}),
        failed(cast.teacher, about="a:3", state=State.PARKED),
        failed(cast.stranger, about="a:4"),
    ]

    answer = sign_in(cast.coordinator).post(reverse("message_resend_failed"), {"state": "failed"}, follow=True)

    assert "2 messages are on their way again." in answer.content.decode()
    assert set(outbox.claim_due(NOW)) == set(good)
    for message in others:
        before = message.state
        message.refresh_from_db()
        assert (message.state, message.attempts) == (before, 8)


def test_resend_failed_with_nothing_of_use_says_so(cast: Cast, sign_in: SignIn) -> None:
    failed(cast.teacher, event_at=NOW)

    answer = sign_in(cast.coordinator).post(reverse("message_resend_failed"), {"state": "failed"}, follow=True)

    assert "None of them can still be of use" in answer.content.decode()


@pytest.mark.parametrize("act", ["resend", "cancel"])
@pytest.mark.parametrize("who", ["teacher", "mentor", "admin", "stranger_coordinator", None])
def test_message_acts_are_the_coordinators(cast: Cast, sign_in: SignIn, act: str, who: str | None) -> None:
    message = failed(cast.teacher)
    client = sign_in(getattr(cast, who)) if who else Client()

    answer = client.post(reverse(f"message_{act}", args=[message.pk]))

    assert answer.status_code == {None: 302, "stranger_coordinator": 404}.get(who, 403)
    message.refresh_from_db()
    assert message.state == State.FAILED


@pytest.mark.parametrize("state", [State.FAILED, State.PARKED])
def test_message_resend_makes_it_due_again_and_returns_to_the_filter(cast: Cast, sign_in: SignIn, state: str) -> None:
    message = failed(cast.teacher, state=state, retry_at=NOW + dt.timedelta(hours=1))

    answer = sign_in(cast.coordinator).post(reverse("message_resend", args=[message.pk]), {"state": "failed"})

    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?state=failed")
    assert outbox.claim_due(NOW) == [message]
    message.refresh_from_db()
    assert (message.attempts, message.error) == (0, "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": State.CANCELLED}, "Only a message that failed or was parked"),
        ({"state": State.SENT, "sent_at": NOW, "channel": "mail"}, "Only a message that failed or was parked"),
        ({"event_at": NOW}, "It is too late for this reminder"),
        (
            {"kind": "booking_made", "lead_minutes": 0, "event_at": NOW, "due_at": NOW - dt.timedelta(hours=2)},
            "It is too late for this message",
        ),
        ({"context": {}}, "was deleted after 30 days"),
    ],
)
def test_message_resend_refused_says_why_and_changes_nothing(
    cast: Cast, sign_in: SignIn, changes: dict[str, Any], words: str
) -> None:
    message = failed(cast.teacher, **changes)

    page = sign_in(cast.coordinator).post(reverse("message_resend", args=[message.pk]), follow=True)

    assert words in page.content.decode()
    before = message.state
    message.refresh_from_db()
    assert (message.state, message.attempts) == (before, 8)


@pytest.mark.parametrize("state", [State.WAITING, State.FAILED, State.PARKED])
def test_message_cancel_keeps_it_from_leaving(cast: Cast, sign_in: SignIn, state: str) -> None:
    message = failed(cast.teacher, state=state)

    sign_in(cast.coordinator).post(reverse("message_cancel", args=[message.pk]))

    message.refresh_from_db()
    assert message.state == State.CANCELLED


def test_message_cancel_of_one_that_left_is_refused(cast: Cast, sign_in: SignIn) -> None:
    message = failed(cast.teacher, state=State.SENT, sent_at=NOW, channel="mail", event_at=EVENT_AT)

    page = sign_in(cast.coordinator).post(reverse("message_cancel", args=[message.pk]), follow=True)

    assert "can&#x27;t be cancelled" in page.content.decode()
    message.refresh_from_db()
    assert message.state == State.SENT


def test_message_list_offers_only_what_can_be_done(cast: Cast, sign_in: SignIn) -> None:
    waiting, broken = make_message(cast.teacher), failed(cast.other_teacher)
    gone = failed(cast.mentor, state=State.SENT, sent_at=NOW, channel="home")

    page = sign_in(cast.coordinator).get(LIST).content.decode()

    offered = {
        (message, act)
        for message in (waiting, broken, gone)
        for act in ("resend", "cancel")
        if reverse(f"message_{act}", args=[message.pk]) in page
    }
    assert offered == {(waiting, "cancel"), (broken, "cancel"), (broken, "resend")}


@pytest.mark.parametrize("who", ["teacher", "admin", "stranger_coordinator"])
def test_only_the_coordinator_of_the_school_resends_or_cancels(cast: Cast, who: str) -> None:
    message = failed(cast.teacher)

    with pytest.raises(Refused):
        resend_message(message, by=getattr(cast, who), now=NOW)
    with pytest.raises(Refused):
        cancel_message(message, by=getattr(cast, who))

    message.refresh_from_db()
    assert message.state == State.FAILED
