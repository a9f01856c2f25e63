"""The page "My messages": each one's own ways and times."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Message, MessageChoice, User
from accounts.reports.notices import notices_for
from accounts.services import delivery
from tests.accounts.outbox_rows import make_message
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]
PAGE = "/me/messages/"
AS_BEFORE = {"sessions": "mail", "changes": "mail", "surveys": "mail", "first": "", "second": ""}


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("who", "topics"),
    [
        ("teacher", {"sessions", "changes", "surveys"}),
        ("other_mentor", {"sessions", "changes", "logs"}),
        ("coordinator", {"sessions", "changes", "digest"}),
        ("admin", set()),
    ],
)
def test_page_offers_the_topics_of_ones_roles(cast: Cast, sign_in: SignIn, who: str, topics: set[str]) -> None:
    answer = sign_in(getattr(cast, who)).get(PAGE)

    assert answer.status_code == 200
    offered = set(answer.context["form"].fields) - {"first", "second"}
    assert offered == topics


def test_person_without_address_chooses_the_times_alone(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.mentor)

    page = client.get(PAGE)
    client.post(PAGE, {"first": "2880", "second": "30"})

    assert set(page.context["form"].fields) == {"first", "second"}
    assert "Everything comes on your home page" in page.content.decode()
    cast.mentor.refresh_from_db()
    assert cast.mentor.reminder_leads == [2880, 30]
    assert not MessageChoice.objects.exists()


def test_choice_is_kept_and_shown_again(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.teacher)

    answer = client.post(PAGE, AS_BEFORE | {"changes": "home", "second": "30"})

    assert answer["Location"] == PAGE
    form = client.get(PAGE).context["form"]
    assert form.fields["changes"].initial == "home"
    assert (form.fields["first"].initial, form.fields["second"].initial) == ("1440", "30")


@pytest.mark.parametrize(
    "wrong",
    [{"first": "60"}, {"first": "30", "second": "30"}, {"first": "20160"}, {"changes": "pigeon"}, {"changes": ""}],
)
def test_wrong_choice_changes_nothing_and_keeps_what_was_chosen(
    cast: Cast, sign_in: SignIn, wrong: dict[str, str]
) -> None:
    answer = sign_in(cast.teacher).post(PAGE, AS_BEFORE | {"surveys": "home"} | wrong)

    assert answer.status_code == 422
    assert answer.context["form"]["surveys"].value() == "home"
    assert not MessageChoice.objects.exists()


def test_times_are_those_that_the_school_allows(cast: Cast, sign_in: SignIn) -> None:
    cast.school.lead_least, cast.school.lead_most = 60, 1440
    cast.school.save()

    answer = sign_in(cast.teacher).get(PAGE)

    assert [value for value, _words in answer.context["form"].fields["first"].choices] == [
        "", "60", "120", "180", "720", "1440"
    ]  # fmt: skip


def test_page_says_when_it_is_quiet(cast: Cast, sign_in: SignIn) -> None:
    cast.school.quiet_from, cast.school.quiet_until = dt.time(20), dt.time(6, 30)
    cast.school.save()

    assert "Between 8 p.m. and 6:30 a.m." in sign_in(cast.teacher).get(PAGE).content.decode()


def test_one_persons_choice_is_no_other_persons(cast: Cast, sign_in: SignIn) -> None:
    MessageChoice.objects.create(user=cast.other_teacher, topic="changes", channel="home")

    form = sign_in(cast.teacher).get(PAGE).context["form"]

    assert form.fields["changes"].initial == "mail"


def test_chosen_home_page_is_where_it_arrives(cast: Cast, mailoutbox: list[Any]) -> None:
    MessageChoice.objects.create(user=cast.teacher, topic="changes", channel="home")
    news = make_message(cast.teacher, kind="booking_made", lead_minutes=0)
    reminder = make_message(cast.teacher)
    of_other = make_message(cast.other_teacher, kind="booking_made", lead_minutes=0)

    delivery.deliver_due(now=lambda: NOW)

    for message, channel in ((news, "home"), (reminder, "mail"), (of_other, "mail")):
        message.refresh_from_db()
        assert (message.state, message.channel) == (Message.State.SENT, channel)
    assert {mail.to[0] for mail in mailoutbox} == {"ortiz@example.org", "haddad@example.org"}
    assert [notice.url for notice in notices_for(cast.teacher, now=NOW)] == ["/bookings/12/"]


def test_what_was_chosen_is_asked_once_for_a_batch(cast: Cast) -> None:
    MessageChoice.objects.create(user=cast.teacher, topic="sessions", channel="home")
    for number in range(30):
        make_message(cast.teacher, about=f"booking:{number}")

    with CaptureQueriesContext(connection) as queries:
        delivery.deliver_due(now=lambda: NOW)

    assert Message.objects.filter(channel="home").count() == 30
    assert sum("accounts_messagechoice" in query["sql"] for query in queries) == 1
