"""The coordinator's pages of erasure: the preview, the tick, and who is not let through."""

from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Concern, ErasureRequest, User
from mentorship.models import HelpEntry, HelpRequest, Pairing, Step
from tests import factories
from tests.cast import NOW, TODAY, Cast


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(person: User) -> str:
    return reverse("person_erase", args=[person.pk])


def test_preview_changes_nothing_and_the_tick_erases(cast: Cast, sign_in) -> None:
    client = sign_in(cast.coordinator)
    factories.HelpEntryFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor, note="We laughed")

    shown = client.get(page_of(cast.mentor)).content.decode()
    unticked = client.post(page_of(cast.mentor))
    untouched = User.objects.get(pk=cast.mentor.pk)
    done = client.post(page_of(cast.mentor), {"is_read": "on"}, follow=True)

    person = User.objects.get(pk=cast.mentor.pk)
    assert "Erase Maya Rahman?" in shown
    assert "Help log: own words, goals and remarks emptied" in shown
    assert "We laughed" not in shown
    assert unticked.status_code == 422
    assert "Read what happens, then tick this." in unticked.content.decode()
    assert untouched.given_name == "Maya"
    assert "Erased. Only days, hours and numbers are left" in done.content.decode()
    assert (person.given_name, person.erased_at) == ("", NOW)
    assert client.get(page_of(cast.mentor)).status_code == 404


@pytest.mark.parametrize("who", ["coordinator", "admin"])
def test_staff_get_a_reason_instead_of_a_button(cast: Cast, sign_in, who: str) -> None:
    client, person = sign_in(cast.coordinator), getattr(cast, who)

    shown = client.get(page_of(person))
    sent = client.post(page_of(person), {"is_read": "on"})

    assert (shown.status_code, sent.status_code) == (200, 422)
    for page in (shown.content.decode(), sent.content.decode()):
        assert "Erase for good" not in page
        assert 'role="alert"' in page
    assert User.objects.get(pk=person.pk).erased_at is None


def test_where_others_wrote_the_full_name_is_listed_as_far_as_the_coordinator_reads(cast: Cast, sign_in) -> None:
    name = cast.mentor.full_name
    entry = factories.HelpEntryFactory(
        program=cast.program, teacher=cast.teacher, student=cast.other_mentor, note=f"With {name}"
    )
    draft = factories.HelpEntryFactory(
        program=cast.program, teacher=cast.teacher, student=cast.other_mentor, note=f"With {name}", state="draft"
    )
    booking = factories.BookingFactory(
        program=cast.program, teacher=cast.teacher, mentor=cast.other_mentor, goal=f"Like {name.upper()}"
    )
    playground = factories.PlaygroundSessionFactory(program=cast.program, title=f"{name} shows captions")
    pairing = factories.PairingFactory(
        program=cast.program, teacher=cast.teacher, student=cast.other_mentor, state=Pairing.State.CLOSED,
        closed_on=TODAY, close_reason=f"{name} fits better",
    )  # fmt: skip
    Step.objects.create(pairing=pairing, position=1, title="Meet", direction="both", agenda=f"Ask {name}")
    HelpRequest.objects.create(
        program=cast.program, teacher=cast.teacher, tool=cast.tool, asked_at=NOW, text=f"Not {name}"
    )
    concern = Concern.objects.create(
        school=cast.school, raised_by=cast.other_mentor, text=f"{name} is sad", raised_at=NOW
    )
    Concern.objects.create(
        school=cast.school, raised_by=cast.other_mentor, about=cast.coordinator, text=f"{name} saw it", raised_at=NOW
    )
    factories.HelpEntryFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor, note=f"I am {name}")

    page = sign_in(cast.coordinator).get(page_of(cast.mentor)).content.decode()

    listed = page.split("Others wrote this full name here.")[1].split("</ul>")[0]
    assert listed.count("<li>") == 7
    assert reverse("help_entry_detail", args=[entry.pk]) in listed
    assert reverse("help_entry_detail", args=[draft.pk]) not in listed
    assert reverse("booking_detail", args=[booking.pk]) in listed
    assert reverse("playground_detail", args=[playground.pk]) in listed
    assert reverse("program_detail", args=[cast.program.pk]) in listed
    assert reverse("concern_detail", args=[concern.pk]) in listed
    assert "An agenda" in listed
    assert "A request for help" in listed
    assert HelpEntry.objects.filter(note__contains=name).count() == 3


def test_nothing_written_by_others_is_said_too(cast: Cast, sign_in) -> None:
    page = sign_in(cast.coordinator).get(page_of(cast.mentor)).content.decode()

    assert "The full name stands in no text of others that you may read." in page


def test_list_shows_what_waits_first_and_what_was_done(cast: Cast, sign_in) -> None:
    client = sign_in(cast.coordinator)
    ErasureRequest.objects.create(person=cast.mentor, asked_at=NOW)
    ErasureRequest.objects.create(person=cast.coordinator, asked_at=NOW)
    empty = sign_in(cast.stranger_coordinator).get(reverse("erasure_list")).content.decode()
    client.post(page_of(cast.mentor), {"is_read": "on"})

    page = client.get(reverse("erasure_list")).content.decode()

    assert "Nobody asks to be erased" in empty
    assert page.index("June Lane") < page.index("Erased person")
    assert page_of(cast.coordinator) not in page
    assert "erased by Ms Lane on 22 November 2026" in page


@pytest.mark.parametrize("count", [1, 30])
def test_list_costs_the_same_for_1_and_30_rows(cast: Cast, sign_in, count, django_assert_num_queries) -> None:
    for _ in range(count):
        person = factories.StudentFactory(school=cast.school)
        ErasureRequest.objects.create(person=person, asked_at=NOW, ended_at=NOW, carried_out_by=cast.coordinator)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(4):
        assert client.get(reverse("erasure_list")).status_code == 200
