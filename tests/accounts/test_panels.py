"""What this app shows on the home page."""

from collections.abc import Callable

import time_machine
from django.test import Client

from accounts.models import User
from tests.accounts.outbox_rows import make_message
from tests.cast import NOW, Cast


@time_machine.travel(NOW, tick=False)
def test_home_shows_news_to_somebody_without_email(cast: Cast, sign_in: Callable[[User], Client]) -> None:
    make_message(cast.mentor, state="sent", channel="home", sent_at=NOW)

    page = sign_in(cast.mentor).get("/").content.decode()

    assert "You meet Maya R. on Thursday 3 December, 10:40" in page
    assert 'href="/bookings/12/"' in page


@time_machine.travel(NOW, tick=False)
def test_home_without_news_has_no_empty_box(cast: Cast, sign_in: Callable[[User], Client]) -> None:
    page = sign_in(cast.mentor).get("/").content.decode()

    assert "News for you" not in page
