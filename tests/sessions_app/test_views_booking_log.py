"""Logging the help of a booking."""

from django.urls import reverse

from accounts.permissions import Role
from mentorship.models import HelpEntry
from tests import factories
from tests.sessions_app.conftest import ENTRY
from tests.sessions_app.conftest import booking_url as url


def test_log_is_prefilled_from_the_booking(cast, sign_in, booking, after_the_booking):
    page = sign_in(cast.mentor).get(url("booking_log", booking)).content.decode()

    assert 'value="45"' in page
    assert "Persuasive texts" in page
    assert f'value="{cast.tool.pk}" id="id_tools_0" checked' in page.replace('class="" ', "")
    assert "Seen by you, Ms Ortiz and the coordinator." in page


def test_log_writes_the_entry_of_the_booking(cast, sign_in, booking, after_the_booking):
    answer = sign_in(cast.mentor).post(url("booking_log", booking), ENTRY | {"tools": [cast.tool.pk]})

    entry = HelpEntry.objects.get()
    booking.refresh_from_db()
    assert answer.url == reverse("home")
    assert booking.help_entry == entry
    assert (entry.student, entry.teacher, entry.minutes, entry.learner_group) == (cast.mentor, cast.teacher, 25, "eb")
    assert (entry.done, entry.outcome, entry.goal) == (["showed", "tried"], "solved", "Persuasive texts")


def test_log_again_changes_the_entry_while_nobody_verified_it(cast, sign_in, booking, after_the_booking):
    client = sign_in(cast.mentor)
    client.post(url("booking_log", booking), ENTRY | {"tools": [cast.tool.pk]})

    page = client.get(url("booking_log", booking)).content.decode()
    client.post(url("booking_log", booking), ENTRY | {"tools": [cast.tool.pk], "minutes": "30"})

    assert 'value="25"' in page
    assert HelpEntry.objects.get().minutes == 30


def test_log_with_something_missing_answers_422_and_keeps_what_was_typed(cast, sign_in, booking, after_the_booking):
    wrong = ENTRY | {"tools": [cast.tool.pk], "outcome": "", "note": "El lector ayuda"}

    answer = sign_in(cast.mentor).post(url("booking_log", booking), wrong)

    assert answer.status_code == 422
    assert "Tap how it ended." in answer.content.decode()
    assert "El lector ayuda" in answer.content.decode()
    assert not HelpEntry.objects.exists()


def test_log_with_a_foreign_tool_answers_422(cast, sign_in, booking, after_the_booking):
    foreign = factories.ToolFactory(school=cast.stranger.school)

    answer = sign_in(cast.mentor).post(url("booking_log", booking), ENTRY | {"tools": [foreign.pk]})

    assert answer.status_code == 422
    assert not HelpEntry.objects.exists()


def test_log_before_it_began_is_not_found(cast, sign_in, booking, in_november):
    client = sign_in(cast.mentor)

    assert client.get(url("booking_log", booking)).status_code == 404
    assert client.post(url("booking_log", booking), ENTRY | {"tools": [cast.tool.pk]}).status_code == 404
    assert not HelpEntry.objects.exists()


def test_log_of_a_coordinator_who_mentors_nobody_is_not_found(cast, sign_in, booking, after_the_booking):
    cast.coordinator.roles = [Role.COORDINATOR, Role.STUDENT]
    cast.coordinator.save()

    assert sign_in(cast.coordinator).get(url("booking_log", booking)).status_code == 404
