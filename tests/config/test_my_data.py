"""My data: what a person reads and downloads about herself, and how she asks for its end."""

import datetime as dt
import json
import re
from collections.abc import Iterator

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.urls import reverse

from accounts.field_key import encrypt
from accounts.models import (
    Concern,
    ErasureRequest,
    FlagRead,
    Guardian,
    LearnerFlags,
    RosterUpload,
    SchoolClass,
    SecretLink,
    TrailEntry,
)
from accounts.services.secret_link import mint_link
from accounts.services.trail import note_in_trail
from config.personal_data import as_download, collect
from mentorship.models import AvailabilityException, HelpEntry, HelpRequest, Mentor, Step
from surveys.models import Receipt
from tests import factories
from tests.cast import NOW, TODAY, Cast
from tests.world import World, make_world

PAGE = "/me/data/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def downloaded(client) -> dict:
    return json.loads(client.get(reverse("my_data_download")).content)


def one_of_everything(cast: Cast, world: World) -> None:
    """Rows of the kinds that the world lacks, so that each key of the file stands in somebody's file."""
    Authenticator.objects.create(user=cast.mentor, type="totp", data={"secret": "top-secret"})
    SocialAccount.objects.create(user=cast.mentor, provider="google", uid="g-1", extra_data={"sub": "g-1"})
    mint_link(SecretLink.Purpose.SIGN_IN_CARD, holder=cast.mentor, by=cast.coordinator, now=NOW, code="abc")
    FlagRead.objects.create(school=cast.school, reader=cast.coordinator, student=cast.mentor, read_at=NOW)
    taught = SchoolClass.objects.create(school=cast.school, name="7B")
    taught.students.add(cast.mentor)
    taught.teachers.add(cast.teacher)
    AvailabilityException.objects.get_or_create(
        person=cast.mentor, date=TODAY, period=cast.periods[0], defaults={"is_free": False}
    )
    note_in_trail(TrailEntry, act="insert", object_id=1, school=cast.school, changes={}, by=cast.mentor)
    Receipt.objects.get_or_create(wave=world.wave, person=cast.teacher, defaults={"day": TODAY})


def test_page_names_each_kind_and_what_is_left_out(cast: Cast, world: World, sign_in) -> None:
    page = sign_in(cast.mentor).get(PAGE).content.decode()

    assert "Your name, your sign-in and how you read" in page
    assert "Help that you gave" in page
    assert "Your survey answers: after sending, nobody reads them again" in page
    assert "Words in the help log, requests and agendas" in page
    assert "365 days" in page


def test_download_is_a_file_that_no_cache_keeps(cast: Cast, sign_in) -> None:
    answer = sign_in(cast.teacher).get(reverse("my_data_download"))

    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in answer["Cache-Control"]
    assert "no-store" in sign_in(cast.teacher).get(PAGE)["Cache-Control"]


def test_every_kind_and_word_of_the_file_is_documented_and_nothing_else(cast: Cast, world: World) -> None:
    one_of_everything(cast, world)
    HelpEntry.objects.filter(pk=world.entry.pk).update(state="verified", verified_by=cast.coordinator, verified_at=NOW)
    files = [as_download(person, now=NOW) for person in (cast.mentor, cast.teacher, cast.coordinator)]
    table = (settings.BASE_DIR / "docs" / "my-data.md").read_text().split("# What erasure does")[0]
    documented: dict[str, set[str]] = {}
    for keys, words in re.findall(r"^\| (`[^|]+) \|[^|]+\| (.+) \|$", table, re.MULTILINE):
        for key in re.findall(r"`(\w+)`", keys):
            documented[key] = set(re.findall(r"`(\w+)`", words))

    found: dict[str, set[str]] = {}
    for file in files:
        for key, rows in file.items():
            names = {name for row in rows for name in row} if isinstance(rows, list) else set()
            found[key] = found.get(key, set()) | names

    assert set(found) == set(documented)
    assert {key: names - documented[key] for key, names in found.items() if names - documented[key]} == {}


def test_download_holds_own_words_and_of_others_the_short_name(cast: Cast, world: World, sign_in) -> None:
    HelpEntry.objects.filter(pk=world.entry.pk).update(note="We laughed")

    file = downloaded(sign_in(cast.mentor))

    assert file["profile"][0]["first_name"] == "Maya"
    assert [(entry["note"], entry["with"], entry["minutes"]) for entry in file["help_given"]] == [
        ("We laughed", "Ms Ortiz", 25)
    ]
    assert {booking["with"] for booking in file["bookings"]} == {"Ms Ortiz"}
    assert "Ana" not in json.dumps(file)


def test_download_keeps_what_others_said_in_confidence_and_the_guardians_name(cast: Cast, sign_in) -> None:
    Guardian.objects.create(student=cast.mentor, name="Rosa Rahman", email="rosa@example.org")
    Concern.objects.create(school=cast.school, raised_by=cast.teacher, about=cast.mentor, text="Sad", raised_at=NOW)
    Concern.objects.create(school=cast.school, raised_by=cast.mentor, text="I am ill", raised_at=NOW)
    FlagRead.objects.create(school=cast.school, reader=cast.coordinator, student=cast.mentor, read_at=NOW)

    file = downloaded(sign_in(cast.mentor))

    assert file["guardians"] == [{"language": "en", "has_email": True}]
    assert [(call["text"], call["about"]) for call in file["calls_for_help"]] == [("I am ill", None)]
    assert file["flag_reads"] == [{"act": "read", "at": NOW.isoformat()}]
    assert "Rosa" not in json.dumps(file)
    assert "Lane" not in json.dumps(file)


def test_person_downloads_the_note_on_learning_and_no_reading_is_logged(cast: Cast) -> None:
    noted = '{"eb": true, "dyslexic": false, "languages": "Bengali"}'
    LearnerFlags.objects.create(student=cast.mentor, ciphertext=encrypt(noted), updated_at=NOW)
    LearnerFlags.objects.create(student=cast.other_mentor, ciphertext="not of our key", updated_at=NOW)

    own, lost = (as_download(person, now=NOW) for person in (cast.mentor, cast.other_mentor))

    assert own["learner_flags"] == [
        {"eb": True, "dyslexic": False, "languages": "Bengali", "updated_at": NOW.isoformat()}
    ]
    assert lost["learner_flags"] == [{"key_is_missing": True, "updated_at": NOW.isoformat()}]
    assert not FlagRead.objects.exists()


def test_teacher_downloads_no_draft_of_a_student_and_no_hidden_agenda(cast: Cast) -> None:
    factories.HelpEntryFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor, state="draft")
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    common = {"pairing": pairing, "direction": "both", "title": "Meet", "is_agenda_hidden_until_start": True}
    Step.objects.create(**common, position=1, agenda="Surprise", agenda_owner="student")
    Step.objects.create(**common, position=2, agenda="Mine", agenda_owner="teacher")
    Step.objects.create(**common, position=3, agenda="Begun", agenda_owner="student", started_at=NOW)

    file = as_download(cast.teacher, now=NOW)

    assert "help_received" not in file
    assert [step["agenda"] for step in file["pairs"][0]["steps"]] == [None, "Mine", "Begun"]
    assert as_download(cast.mentor, now=NOW)["pairs"][0]["steps"][0]["agenda"] == "Surprise"
    assert len(as_download(cast.mentor, now=NOW)["help_given"]) == 1


def test_booking_gives_ones_own_reason_and_not_the_partners(cast: Cast) -> None:
    for ended_by in (cast.teacher, cast.mentor):
        factories.BookingFactory(
            program=cast.program, teacher=cast.teacher, mentor=cast.mentor, state="cancelled", ended_at=NOW,
            ended_by=ended_by, end_reason=f"Said by {ended_by.given_name}",
        )  # fmt: skip

    reasons = [booking["reason"] for booking in as_download(cast.mentor, now=NOW)["bookings"]]

    assert sorted(reasons, key=str) == [None, "Said by Maya"]


def test_kind_without_rows_is_left_out(cast: Cast) -> None:
    person = factories.UserFactory(school=cast.school, roles=["admin"])

    assert [kind.key for kind in collect(person)] == ["profile"]


def test_unknown_kind_of_message_is_named_as_it_is_stored(cast: Cast, world: World) -> None:
    cast.teacher.messages.update(kind="something_old")

    assert {message["kind"] for message in as_download(cast.teacher, now=NOW)["messages"]} == {"something_old"}


def test_request_is_written_once_told_to_the_coordinator_and_taken_back(cast: Cast, sign_in) -> None:
    client, coordinator = sign_in(cast.teacher), sign_in(cast.coordinator)

    explained = client.get(reverse("erasure_ask")).content.decode()
    client.post(reverse("erasure_ask"))
    asked = client.post(reverse("erasure_ask"), follow=True).content.decode()
    panel = coordinator.get("/").content.decode()
    listed = coordinator.get(reverse("erasure_list")).content.decode()
    back = client.post(reverse("erasure_take_back"), follow=True).content.decode()
    again = client.post(reverse("erasure_take_back"), follow=True).content.decode()

    request = ErasureRequest.objects.get()
    assert "Hours, days and numbers, without your name." in explained
    assert "You asked to be erased on 22 November 2026." in asked
    assert reverse("erasure_ask") not in re.findall(r'href="([^"]+)"', asked)
    assert "1 person asks to be erased" in panel
    assert "Ana Ortiz" in listed
    assert reverse("person_erase", args=[cast.teacher.pk]) in listed
    assert "Everything stays as it is" in back
    assert "You have not asked to be erased." in again
    assert (request.ended_at, request.carried_out_by) == (NOW, None)
    assert "taken back" in coordinator.get(reverse("erasure_list")).content.decode()


def test_staff_are_told_who_must_act_first(cast: Cast, sign_in) -> None:
    sentence = "an admin takes this role from you first"

    assert sentence in sign_in(cast.coordinator).get(reverse("erasure_ask")).content.decode()
    assert sentence not in sign_in(cast.teacher).get(reverse("erasure_ask")).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_my_data_costs_the_same_for_1_and_30_rows(cast: Cast, sign_in, count, django_assert_num_queries) -> None:
    for number in range(count):
        factories.HelpEntryFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor).tools.add(cast.tool)
        factories.BookingFactory(program=cast.program, teacher=cast.teacher, mentor=cast.mentor)
        pairing = factories.PairingFactory(program=cast.program, student=cast.mentor)
        Step.objects.create(pairing=pairing, position=1, title="Meet", direction="both")
        HelpRequest.objects.create(program=cast.program, teacher=cast.mentor, tool=cast.tool, asked_at=NOW)
        RosterUpload.objects.create(school=cast.school, by=cast.mentor, uploaded_at=NOW)
        Concern.objects.create(school=cast.school, raised_by=cast.mentor, about=cast.teacher, raised_at=NOW)
        SchoolClass.objects.create(school=cast.school, name=f"{number}").students.add(cast.mentor)
        playground = factories.PlaygroundSessionFactory(program=cast.program)
        playground.duties.create(person=cast.mentor)
    client = sign_in(cast.mentor)

    with django_assert_num_queries(40):
        assert client.get(PAGE).status_code == 200


def test_mentor_profile_stands_in_the_file(cast: Cast) -> None:
    assert Mentor.objects.filter(user=cast.mentor).exists()

    assert as_download(cast.mentor, now=NOW)["mentor"] == [
        {"languages": ["en", "es"], "tools": {"Immersive Reader": 2}}
    ]


def test_day_of_the_file_is_the_moment_in_utc(cast: Cast) -> None:
    chicago = NOW.astimezone(cast.school.zone)

    assert as_download(cast.mentor, now=chicago)["made_at"] == NOW.isoformat()
    assert dt.datetime.fromisoformat(as_download(cast.mentor, now=chicago)["profile"][0]["here_since"]).tzinfo == dt.UTC
