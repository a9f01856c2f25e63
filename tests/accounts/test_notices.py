"""What somebody without an e-mail address reads on the home page."""

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Message, User
from accounts.reports.notices import notices_for
from tests.accounts.outbox_rows import BOOKING, EVENT_AT, make_message
from tests.cast import NOW, Cast


def at_home(person: User, **changes: Any) -> Message:
    return make_message(person, **{"state": "sent", "channel": "home", "sent_at": NOW, **changes})


def test_notices_for_says_the_subject_and_leads_to_the_booking(cast: Cast) -> None:
    at_home(cast.mentor)

    (notice,) = notices_for(cast.mentor, now=NOW)

    assert notice.text == "You meet Maya R. on Thursday 3 December, 10:40"
    assert notice.url == BOOKING["path"]


def test_notices_for_the_newest_about_each_thing_the_soonest_first(cast: Cast) -> None:
    later = EVENT_AT + dt.timedelta(days=1)
    at_home(cast.mentor, about="booking:2", event_at=later)
    at_home(cast.mentor, about="booking:1", kind="booking_made", sent_at=NOW - dt.timedelta(hours=2))
    at_home(cast.mentor, about="booking:1", kind="booking_cancelled", revision=1)

    notices = notices_for(cast.mentor, now=NOW)

    assert [notice.event_at for notice in notices] == [EVENT_AT, later]
    assert notices[0].text.startswith("Cancelled")


def test_notices_for_shows_nothing_mailed_past_emptied_or_of_others(cast: Cast) -> None:
    at_home(cast.mentor, about="a:1", channel="mail")
    at_home(cast.mentor, about="a:2", event_at=NOW)
    at_home(cast.mentor, about="a:3", context={})
    at_home(cast.mentor, about="a:4", context={"path": "/"})
    at_home(cast.other_mentor, about="a:5")

    assert notices_for(cast.mentor, now=NOW) == []
    assert len(notices_for(cast.other_mentor, now=NOW)) == 1


def test_notices_for_leaves_the_page_in_its_language(cast: Cast) -> None:
    cast.mentor.language = "ar"
    cast.mentor.save()
    at_home(cast.mentor)

    with translation.override("es"):
        notices_for(cast.mentor, now=NOW)

        assert translation.get_language() == "es"


@pytest.mark.parametrize("count", [1, 30])
def test_notices_for_asks_once_and_shows_ten(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        at_home(cast.mentor, about=f"booking:{number}")

    with django_assert_num_queries(1):
        notices = notices_for(cast.mentor, now=NOW)

    assert len(notices) == min(count, 10)


def test_notices_for_forgets_news_of_a_meeting_once_it_begins_and_other_news_after_three_days(cast: Cast) -> None:
    at_home(cast.mentor, about="booking:1", kind="booking_made", lead_minutes=0, due_at=NOW)
    at_home(
        cast.mentor, about="concern:1", kind="concern_raised", lead_minutes=0, due_at=EVENT_AT, context={"path": "/"}
    )

    def shown(days: int) -> set[str]:
        moment = EVENT_AT + dt.timedelta(days=days)
        return set(Message.objects.on_home_page_of(cast.mentor, moment).values_list("about", flat=True))

    assert shown(-1) == {"booking:1", "concern:1"}
    assert shown(0) == {"concern:1"}
    assert shown(3) == set()
