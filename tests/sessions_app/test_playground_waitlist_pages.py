"""The pages of a waiting list: from full to an offer to a place, for teachers, and who waits, for a coordinator."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import User
from sessions_app.models import PlaygroundSession, WaitlistEntry
from sessions_app.services import (
    cancel_playground,
    leave_playground,
)
from tests.cast import NOW, Cast

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def playground(cast: Cast, schedule: Callable[..., PlaygroundSession]) -> PlaygroundSession:
    """Two places, on Thursday in eleven days."""
    return schedule(title="Captions", period=cast.periods[3])


@pytest.mark.usefixtures("in_november")
def test_pages_lead_from_full_to_waiting_to_an_offer_to_a_place(
    cast: Cast, sign_in, playground: PlaygroundSession, guests: list[User]
) -> None:
    client, url = sign_in(cast.teacher), reverse("playground_detail", args=[playground.pk])

    full = client.get(reverse("home")).content.decode()
    listed = client.post(reverse("playground_wait", args=[playground.pk]), follow=True).content.decode()
    leave_playground(playground, by=guests[0], now=NOW)
    home, page = client.get(reverse("home")).content.decode(), client.get(url).content.decode()
    other = sign_in(cast.other_teacher).get(url).content.decode()
    taken = client.post(reverse("playground_sign_up", args=[playground.pk]), follow=True).content.decode()

    assert "Full: put me on the list" in full
    assert "You are on the list" in listed
    assert "A place is kept for you until Monday 23 November, 9:00" in home
    assert "Take the place" in home
    assert "A place is kept for you until Monday 23 November, 9:00" in page
    assert "All places are taken" in other
    assert "Ortiz" not in other
    assert "You are coming" in taken


@pytest.mark.usefixtures("in_november")
def test_coordinator_sees_who_waits_and_a_teacher_is_off_the_list_in_one_tap(
    cast: Cast, sign_in, playground: PlaygroundSession, waiting: list[WaitlistEntry]
) -> None:
    office = sign_in(cast.coordinator)
    url = reverse("playground_detail", args=[playground.pk])

    before = office.get(url).content.decode()
    own = sign_in(cast.teacher).post(reverse("playground_wait_end", args=[playground.pk]), follow=True).content.decode()
    after = office.get(url).content.decode()

    assert "Ana Ortiz" in before
    assert "You are off the list." in own
    assert "Put me on the list" in own
    assert "Ana Ortiz" not in after
    assert "Omar Haddad" in after


@pytest.mark.parametrize("page", ["playground_wait", "playground_wait_end"])
@pytest.mark.parametrize(("who", "status"), [("mentor", 403), ("coordinator", 403), ("stranger", 404), (None, 302)])
def test_others_are_kept_out(
    cast: Cast, client, sign_in, playground: PlaygroundSession, page: str, who: str | None, status: int
) -> None:
    visitor = sign_in(getattr(cast, who)) if who else client

    assert visitor.post(reverse(page, args=[playground.pk])).status_code == status
    assert not WaitlistEntry.objects.exists()


@pytest.mark.usefixtures("in_november")
@pytest.mark.parametrize("page", ["playground_wait", "playground_wait_end"])
def test_cancelled_playground_says_so(cast: Cast, sign_in, playground: PlaygroundSession, page: str) -> None:
    cancel_playground(playground, by=cast.coordinator, now=NOW)

    answer = sign_in(cast.teacher).post(reverse(page, args=[playground.pk]), follow=True)

    assert "This playground was cancelled." in answer.content.decode()
