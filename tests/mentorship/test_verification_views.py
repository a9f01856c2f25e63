"""What the coordinator says to entries of the help log, through the pages."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mentorship.models import HelpEntry
from tests import factories
from tests.cast import Cast
from tests.mentorship.help_entries import make_entry

SignIn = Callable[[User], Client]


def test_verify_one_tap(cast: Cast, sign_in: SignIn) -> None:
    entry = make_entry(cast)
    client, url = sign_in(cast.coordinator), reverse("help_entry_verify", args=[entry.pk])

    done = client.post(url, follow=True)
    again = client.post(url, follow=True)

    entry.refresh_from_db()
    assert (entry.state, entry.verified_by) == ("verified", cast.coordinator)
    assert "Verified." in done.content.decode()
    assert "Ms Lane has looked at this already." in again.content.decode()


ACTS = ["help_entry_verify", "help_entry_change", "help_entry_deny"]


@pytest.mark.parametrize("act", ACTS)
def test_verdicts_are_for_the_own_coordinator_by_post(cast: Cast, sign_in: SignIn, act: str) -> None:
    entry = make_entry(cast)
    url = reverse(act, args=[entry.pk])
    data = {"change-minutes": "20", "change-verdict": "Shorter", "deny-verdict": "No"}

    for person in (cast.teacher, cast.mentor, cast.admin):
        assert sign_in(person).post(url, data).status_code == 403
    assert sign_in(cast.stranger_coordinator).post(url, data).status_code == 404
    assert sign_in(cast.coordinator).get(url).status_code == 405
    assert "login" in Client().post(url, data).headers["Location"]

    entry.refresh_from_db()
    assert entry.is_waiting


def test_change_verifies_with_other_minutes(cast: Cast, sign_in: SignIn) -> None:
    entry = make_entry(cast)
    client, url = sign_in(cast.coordinator), reverse("help_entry_change", args=[entry.pk])

    bad = client.post(url, {"change-minutes": "20", "change-verdict": ""})
    same = client.post(url, {"change-minutes": "25", "change-verdict": "No change"})
    entry.refresh_from_db()
    assert (bad.status_code, same.status_code, entry.state) == (422, 422, "submitted")
    assert 'value="20"' in bad.content.decode()
    assert "The minutes are the same." in same.content.decode()

    client.post(url, {"change-minutes": "20", "change-verdict": "The bell was earlier"})
    entry.refresh_from_db()
    assert (entry.state, entry.minutes, entry.verdict) == ("changed", 20, "The bell was earlier")


def test_deny_needs_a_reason(cast: Cast, sign_in: SignIn) -> None:
    entry = make_entry(cast)
    client, url = sign_in(cast.coordinator), reverse("help_entry_deny", args=[entry.pk])

    bad = client.post(url, {"deny-verdict": " "})
    entry.refresh_from_db()
    assert (bad.status_code, entry.state) == (422, "submitted")

    client.post(url, {"deny-verdict": "This was class time"})
    late = client.post(url, {"deny-verdict": "Again"})
    entry.refresh_from_db()
    assert (entry.state, entry.verdict) == ("denied", "This was class time")
    assert late.status_code == 422
    assert "Ms Lane has looked at this already." in late.content.decode()


def test_verify_many_verifies_what_was_ticked(cast: Cast, sign_in: SignIn) -> None:
    ticked, left = [make_entry(cast), make_entry(cast)], make_entry(cast)
    client, url = sign_in(cast.coordinator), reverse("help_entry_verify_many")
    data = {"entry": [entry.pk for entry in ticked]}

    done = client.post(url, data, follow=True)
    again = client.post(url, data, follow=True)
    nothing = client.post(url, {}, follow=True)

    left.refresh_from_db()
    assert "2 logs are verified." in done.content.decode()
    assert "Somebody had looked at these already." in again.content.decode()
    assert "Nothing was ticked." in nothing.content.decode()
    assert HelpEntry.objects.filter(state="verified").count() == 2
    assert left.is_waiting


def test_verify_many_with_a_foreign_or_broken_id_verifies_none(cast: Cast, sign_in: SignIn) -> None:
    own, foreign = make_entry(cast), factories.HelpEntryFactory()
    url = reverse("help_entry_verify_many")

    for strange in (foreign.pk, "x", "9" * 30, "-1"):
        assert sign_in(cast.coordinator).post(url, {"entry": [own.pk, strange]}).status_code == 404
    for person in (cast.teacher, cast.mentor, cast.admin):
        assert sign_in(person).post(url, {"entry": [own.pk]}).status_code == 403

    assert HelpEntry.objects.unverified().count() == 2
