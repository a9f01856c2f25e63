"""What mentorship says on the home page."""

from typing import Any

from django.test import Client
from django.urls import reverse

from mentorship.models import HelpEntry
from mentorship.panels import panels
from mentorship.reports import help_given
from tests import factories
from tests.cast import NOW, Cast


def make_entry(cast: Cast, **fields: Any) -> HelpEntry:
    """An entry of the cast's mentor about the cast's teacher."""
    people = {"program": cast.program, "teacher": cast.teacher, "student": cast.mentor}
    return factories.HelpEntryFactory(**people | fields)


def home_of(person: Any) -> str:
    """The home page of this person."""
    client = Client()
    client.force_login(person)
    return client.get(reverse("home")).content.decode()


def test_nobody_has_a_panel_before_any_help(cast: Cast) -> None:
    for person in (cast.coordinator, cast.teacher, cast.mentor, cast.admin):
        assert panels(person, NOW) == []


def test_coordinator_verifies_all_that_wait_from_the_home_page(cast: Cast) -> None:
    entries = [make_entry(cast, helped_on="2026-11-18"), make_entry(cast, helped_on="2026-11-20")]
    factories.HelpEntryFactory(program__school=cast.stranger.school)
    client = Client()
    client.force_login(cast.coordinator)

    page = client.get(reverse("home")).content.decode()
    sent = {"entry": [entry.pk for entry in entries]}
    assert "2 logs to verify" in page
    assert "Oldest from Wednesday 18 November" in page
    for entry in entries:
        assert f'name="entry" value="{entry.pk}"' in page
    assert page.count('name="entry"') == 2
    client.post(reverse("help_entry_verify_many"), sent)

    assert "to verify" not in home_of(cast.coordinator)


def test_coordinator_with_more_than_a_page_looks_first(cast: Cast) -> None:
    for _turn in range(51):
        make_entry(cast)

    page = home_of(cast.coordinator)

    assert "51 logs to verify" in page
    assert "Verify all" not in page


def test_student_reads_verified_help_only(cast: Cast) -> None:
    done = {"state": "verified", "verified_by": cast.coordinator, "verified_at": NOW}
    make_entry(cast, minutes=600)
    assert panels(cast.mentor, NOW) == []

    make_entry(cast, minutes=90, **done)
    make_entry(cast, minutes=45, **done)
    make_entry(cast, minutes=5, teacher=cast.other_teacher, **done)
    make_entry(cast, minutes=30, student=cast.other_mentor, **done)

    page = home_of(cast.mentor)

    assert "2 h 20 min of help" in page
    assert "2 teachers" in page
    assert (help_given(cast.other_mentor).hours, help_given(cast.other_mentor).minutes_left) == (0, 30)
    assert "30 minutes of help" in home_of(cast.other_mentor)


def test_teacher_reads_the_latest_log_about_her(cast: Cast) -> None:
    make_entry(cast, helped_on="2026-11-17", minutes=11)
    newest = make_entry(cast, helped_on="2026-11-20", minutes=22)
    newest.tools.add(cast.tool)
    make_entry(cast, helped_on="2026-11-21", minutes=33, state="draft", submitted_at=None)

    page = home_of(cast.teacher)

    assert "<bdi>Maya R.</bdi>, <bdi>Friday 20 November</bdi>" in page
    assert "22 minutes · Immersive Reader" in page
    assert "11 minutes" not in page
    assert "33 minutes" not in page
    assert panels(cast.other_teacher, NOW) == []
