"""After an erasure no word of the person is left in any table, wherever it was copied to; hours and numbers are."""

import base64
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import mail
from accounts.models import Concern, Consent, Message, RosterRow, User
from accounts.services import close_concern
from config.personal_data import as_download, erase
from mentorship.models import HelpEntry, Pairing, Participant
from sessions_app.models import Booking
from surveys.linkage import pseudonym
from surveys.models import Receipt, Response, Wave
from tests.canary import Canary, Farm, make_farm
from tests.cast import NOW
from tests.crawl import crawl
from tests.walk import starts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def farm() -> Farm:
    return make_farm()


@pytest.fixture(params=["mentor", "teacher"])
def person(request: pytest.FixtureRequest, farm: Farm) -> User:
    """A student and a teacher, each with words in every table that can hold them."""
    person: User = getattr(farm.own.cast, request.param)
    plant_in_libraries(farm, person)
    plant_an_answer(farm, person)
    for concern in Concern.objects.open().filter(school=person.school):
        close_concern(concern, answer=concern.answer or "Done", by=farm.own.cast.coordinator, now=NOW)
    return person


def sing(farm: Farm, person: User, field: str) -> str:
    """One more canary of this person, for a place that the farm does not know."""
    song = f"zq{900_000 + len(farm.canaries)}x"
    farm.canaries[song] = Canary(song, field, person.pk, person.school_id, frozenset({person.pk}))
    return song


def plant_in_libraries(farm: Farm, person: User) -> None:
    """Words in the tables of sign-in, in a session, in the cache, and in a roster that waits."""
    Authenticator.objects.create(user=person, type="totp", data={"secret": sing(farm, person, "Authenticator.data")})
    account = SocialAccount.objects.create(
        user=person, provider="google", uid=sing(farm, person, "SocialAccount.uid"),
        extra_data={"name": sing(farm, person, "SocialAccount.extra_data")},
    )  # fmt: skip
    SocialToken.objects.create(account=account, token=sing(farm, person, "SocialToken.token"))
    EmailAddress.objects.create(user=person, email=f"{sing(farm, person, 'EmailAddress.email')}@example.org")
    client = Client()
    client.force_login(person)
    session = client.session
    session["typed"] = sing(farm, person, "Session")
    session.save()
    client.get(reverse("my_data"))
    Client().post(reverse("account_login"), {"login": person.username, "password": "wrong"})
    RosterRow.objects.create(
        upload=farm.own.upload, number=900, fate="new", source_id=person.source_id,
        given_name=sing(farm, person, "RosterRow.given_name"),
    )  # fmt: skip


def plant_an_answer(farm: Farm, person: User) -> None:
    """An answer in the person's own words, under the study's pseudonym."""
    wave = farm.own.wave
    Response.objects.create(
        wave=wave, instrument_version=wave.instrument_version, pseudonym=pseudonym(wave.study, person), role="teacher",
        arm="reverse", answers={"free": sing(farm, person, "Response.answers")},
    )  # fmt: skip


def left(farm: Farm, person: User) -> dict[str, set[str]]:
    """Where words of this person still stand: every table, sessions and cache as they read, and mails that wait."""
    songs = farm.of(person)
    found = {table: set(singing) for table, singing in farm.nests(songs).items()}
    for session in Session.objects.all():
        found.setdefault("sessions", set()).update(farm.found_in(str(session.get_decoded())) & songs)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache_entry")
        for key, value in cursor.fetchall():
            kept = f"{key} {pickle.loads(base64.b64decode(value))}"
            found.setdefault("cache", set()).update(farm.found_in(kept) & songs)
    for message in Message.objects.filter(state="waiting", user__email__isnull=False).select_related("user", "school"):
        letter = mail.render(message, now=NOW)
        words = f"{letter.to} {letter.subject} {letter.body} {letter.alternatives} {message.calendar_file}"
        found.setdefault("outbox", set()).update(farm.found_in(words) & songs)
    return {place: {canary.field for canary in singing} for place, singing in found.items() if singing}


def numbers(school: int) -> dict[str, Any]:
    """What must be the same after as before: hours, days, counts, ids, stored results."""
    entries = HelpEntry.objects.filter(program__school=school)
    return {
        "hours": list(entries.order_by("pk").values_list("pk", "minutes", "helped_on", "state", "student", "teacher")),
        "people": list(User.objects.filter(school=school).order_by("pk").values_list("pk", "created_at")),
        "places": list(Participant.objects.order_by("pk").values_list("pk", "person", "role", "arm", "joined_on")),
        "pairs": list(Pairing.objects.order_by("pk").values_list("pk", "teacher", "student", "started_on")),
        "bookings": list(Booking.objects.order_by("pk").values_list("pk", "teacher", "mentor", "starts_at", "room")),
        "consents": list(Consent.objects.order_by("pk").values_list("pk", "person", "purpose", "given_on")),
        "receipts": list(Receipt.objects.order_by("pk").values_list("pk", "wave", "person", "day")),
        "results": list(Wave.objects.order_by("pk").values()),
        "messages": Message.objects.exclude(kind="booking_cancelled").count(),
    }


def test_no_word_of_an_erased_person_is_left_and_every_number_is(farm: Farm, person: User) -> None:
    school = person.school_id
    before, held = numbers(school), left(farm, person)
    others = farm.own.cast.other_mentor

    erase(person, by=farm.own.cast.coordinator, now=NOW)

    assert len(farm.of(person)) > 25
    assert {"accounts_user", "mentorship_helpentry", "surveys_response", "mfa_authenticator", "sessions"} <= set(held)
    assert left(farm, person) == {}
    assert numbers(school) == before
    assert left(farm, others)["accounts_user"]


def test_scan_finds_a_word_that_was_left_behind(farm: Farm, person: User) -> None:
    name = person.family_name
    erase(person, by=farm.own.cast.coordinator, now=NOW)
    client = Client()
    client.force_login(farm.own.cast.admin)
    session = client.session
    session["seen"] = name
    session.save()
    Message.objects.filter(user=farm.own.cast.admin).delete()
    HelpEntry.objects.filter(pk=farm.own.entry.pk).update(note=f"With {name}")

    places = left(farm, person)

    assert set(places) == {"mentorship_helpentry", "sessions"}
    assert places["sessions"] == {f"User.family_name of {'a student' if person.email is None else 'an adult'}"}


@pytest.mark.parametrize("who", ["coordinator", "admin"])
def test_pages_and_files_of_others_are_without_the_erased_person(farm: Farm, person: User, who: str) -> None:
    client, found, files = Client(), {}, []
    client.force_login(getattr(farm.own.cast, who))
    erase(person, by=farm.own.cast.coordinator, now=NOW)

    for address, said in crawl(client, starts(farm.own)):
        if words := {canary.field for canary in farm.found_in(said) & farm.of(person)}:
            found[address] = words
        if "Content-Disposition: attachment" in said:
            files.append(address)

    assert found == {}
    assert {reverse("my_data_download"), reverse("roster_template")} <= set(files)


def test_download_of_everybody_else_is_without_the_erased_person(farm: Farm, person: User) -> None:
    partner = farm.own.cast.teacher if person == farm.own.cast.mentor else farm.own.cast.mentor
    erase(person, by=farm.own.cast.coordinator, now=NOW)

    file = str(as_download(User.objects.get(pk=partner.pk), now=NOW))

    assert "Erased person" in file
    assert farm.found_in(file) & farm.of(person) == set()
