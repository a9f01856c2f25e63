"""Erasing a person through all apps: what goes, what stays, and who is refused."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session

from accounts.models import (
    Consent,
    FlagGrant,
    Guardian,
    LearnerFlags,
    Message,
    RosterClass,
    RosterRow,
    RosterUpload,
    SchoolClass,
    SecretLink,
    User,
)
from accounts.services import Refused
from accounts.services.secret_link import mint_link
from config.personal_data import erase
from mentorship.models import Availability, HelpEntry, HelpRequest, Mentor, Pairing, Participant, Step
from sessions_app.models import Booking, Duty, Hold, SignUp
from sessions_app.services import schedule_playground
from tests import factories
from tests.cast import NOW, TODAY, Cast
from tests.world import World, make_world


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def test_erased_person_is_emptied_in_place(cast: Cast) -> None:
    before = cast.mentor

    erase(cast.mentor, by=cast.coordinator, now=NOW)

    person = User.objects.get(pk=before.pk)
    assert (person.username, person.email, person.source_id) == (f"erased-{before.pk}", None, None)
    assert (person.given_name, person.family_name, person.title, person.grade) == ("", "", "", "")
    assert (person.roles, person.reading, person.language, person.last_login) == ([], {}, "en", None)
    assert (person.is_active, person.erased_at) == (False, NOW)
    assert not person.has_usable_password()
    assert person.random_id != before.random_id
    assert person.created_at == before.created_at


@pytest.mark.parametrize("who", ["mentor", "teacher"])
def test_erased_person_has_a_name_in_the_readers_language(cast: Cast, who: str) -> None:
    person = erase(getattr(cast, who), by=cast.coordinator, now=NOW)

    assert (person.full_name, person.short_name, person.initials) == ("Erased person", "Erased person", "")
    assert not User.objects.visible_to(cast.coordinator).filter(pk=person.pk).exists()


def test_help_log_loses_words_and_keeps_hours(cast: Cast, world: World) -> None:
    entry = HelpEntry.objects.get(pk=world.entry.pk)
    entry.note, entry.goal, entry.teacher_remark, entry.done = "We laughed", "Essay", "Not so", ["showed"]
    entry.state, entry.verdict, entry.verified_by, entry.verified_at = "changed", "10 less", cast.coordinator, NOW
    entry.save()
    draft = factories.HelpEntryFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor, state="draft")
    others = factories.HelpEntryFactory(
        program=cast.program, teacher=cast.teacher, student=cast.other_mentor, note="Fine", minutes=40
    )

    erase(cast.mentor, by=cast.coordinator, now=NOW)

    entry.refresh_from_db()
    others.refresh_from_db()
    assert (entry.note, entry.goal, entry.teacher_remark, entry.verdict) == ("", "", "", "—")
    assert (entry.minutes, entry.state, entry.done, entry.helped_on) == (
        25,
        "changed",
        ["showed"],
        dt.date(2026, 11, 20),
    )
    assert HelpEntry.objects.get(pk=draft.pk).verdict == ""
    assert (others.note, others.minutes) == ("Fine", 40)


def test_plans_of_a_pair_lose_their_words_and_end(cast: Cast, world: World) -> None:
    step = Step.objects.create(pairing=world.pairing, position=9, title="Meet", direction="both", agenda="His reading")
    old = factories.PairingFactory(
        program=cast.program, teacher=cast.other_teacher, student=cast.mentor, state="closed", closed_on=TODAY,
        close_reason="He was rude",
    )  # fmt: skip

    erase(cast.mentor, by=cast.coordinator, now=NOW)

    world.pairing.refresh_from_db()
    step.refresh_from_db()
    old.refresh_from_db()
    assert (world.pairing.state, world.pairing.closed_on) == (Pairing.State.CLOSED, TODAY)
    assert {world.pairing.close_reason, old.close_reason} == {"—"}
    assert (step.agenda, step.title) == ("", "Meet")
    assert Participant.objects.get(person=cast.mentor).left_on == TODAY


def test_mentor_forgets_tools_languages_and_free_periods(cast: Cast) -> None:
    erase(cast.mentor, by=cast.coordinator, now=NOW)

    mentor = Mentor.objects.get(user=cast.mentor)
    assert (mentor.languages, mentor.mentor_tools.count()) == ([], 0)
    assert not Availability.objects.filter(person=cast.mentor).exists()
    assert Availability.objects.filter(person=cast.other_mentor).exists()


def test_requests_of_an_erased_teacher_are_closed_and_empty(cast: Cast) -> None:
    common = {"program": cast.program, "teacher": cast.teacher, "tool": cast.tool, "asked_at": NOW}
    waiting = HelpRequest.objects.create(**common, text="My 3rd hour")
    solved = HelpRequest.objects.create(**common, text="My 4th hour", state="solved", taken_by=cast.mentor)

    erase(cast.teacher, by=cast.coordinator, now=NOW)

    waiting.refresh_from_db()
    solved.refresh_from_db()
    assert (waiting.text, waiting.state, solved.text, solved.state) == ("", "closed", "", "solved")


def test_request_that_an_erased_mentor_took_is_free_again(cast: Cast) -> None:
    request = HelpRequest.objects.create(
        program=cast.program, teacher=cast.teacher, tool=cast.tool, asked_at=NOW, text="My 3rd hour", state="taken",
        taken_by=cast.mentor,
    )  # fmt: skip

    erase(cast.mentor, by=cast.coordinator, now=NOW)

    request.refresh_from_db()
    assert (request.state, request.taken_by, request.text) == ("open", None, "My 3rd hour")


@pytest.mark.parametrize(("who", "partner"), [("mentor", "teacher"), ("teacher", "mentor")])
def test_bookings_ahead_are_cancelled_and_the_partner_is_told_without_the_name(
    cast: Cast, world: World, who: str, partner: str
) -> None:
    person, other = getattr(cast, who), getattr(cast, partner)
    Message.objects.filter(about=world.booking.about, user=other, kind="booking_made").update(
        state="sent", channel="mail", sent_at=NOW
    )

    erase(person, by=cast.coordinator, now=NOW)

    booking = Booking.objects.get(pk=world.booking.pk)
    news = Message.objects.get(about=booking.about, user=other, kind="booking_cancelled")
    assert (booking.state, booking.goal, booking.end_reason) == ("cancelled", "", "")
    assert not Hold.objects.filter(person=person).exists()
    assert (news.state, news.context["partner"], news.context["goal"]) == ("waiting", "Erased person", "")
    assert Message.objects.get(about=booking.about, user=other, kind="booking_made").context == {}
    assert {message.state for message in Message.objects.filter(user=person)} == {"cancelled"}
    assert all(message.context == {} for message in Message.objects.filter(user=person))
    assert Booking.objects.get(pk=world.past_booking.pk).state == "booked"


def test_playgrounds_ahead_lose_the_duty_and_the_place(cast: Cast, world: World) -> None:
    erase(cast.mentor, by=cast.coordinator, now=NOW)
    erase(cast.teacher, by=cast.coordinator, now=NOW)

    assert not Duty.objects.filter(person=cast.mentor).exists()
    assert not SignUp.objects.filter(teacher=cast.teacher).exists()


def test_who_leads_a_playground_to_come_is_refused(cast: Cast) -> None:
    schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[], room=cast.library, places=12,
        adult_in_charge=cast.teacher, mentors=[], day=cast.thursday, period=cast.periods[0], now=NOW,
    )  # fmt: skip

    with pytest.raises(Refused, match="in charge of a playground"):
        erase(cast.teacher, by=cast.coordinator, now=NOW)

    assert User.objects.get(pk=cast.teacher.pk).erased_at is None


def test_guardians_consents_and_links_of_an_erased_student(cast: Cast) -> None:
    guardian = Guardian.objects.create(student=cast.mentor, name="Rosa Rahman", email="rosa@example.org", language="es")
    consent = Consent.objects.get(person=cast.mentor, given_by="guardian")
    consent.guardian, consent.signature = guardian, "Rosa Rahman"
    consent.save()
    mint_link(SecretLink.Purpose.GUARDIAN_CONSENT, holder=guardian, by=cast.coordinator, now=NOW)
    mint_link(SecretLink.Purpose.SIGN_IN_CARD, holder=cast.mentor, by=cast.coordinator, now=NOW, code="abc")
    to_guardian = Message.objects.create(
        school=cast.school, guardian=guardian, kind="consent_chase", about="consent:1", event_at=NOW, due_at=NOW,
        context={"student": "Maya"},
    )  # fmt: skip

    erase(cast.mentor, by=cast.coordinator, now=NOW)

    guardian.refresh_from_db()
    consent.refresh_from_db()
    to_guardian.refresh_from_db()
    assert (guardian.name, guardian.email, guardian.language) == ("", None, "es")
    assert (consent.purpose, consent.given_on, consent.withdrawn_on) == ("take_part", dt.date(2026, 9, 1), TODAY)
    assert consent.signature == ""
    assert (to_guardian.context, to_guardian.state) == ({}, "cancelled")
    assert not SecretLink.objects.exists()


def test_everything_by_which_somebody_signs_in_goes(cast: Cast, sign_in) -> None:
    sign_in(cast.teacher)
    sign_in(cast.other_teacher)
    Authenticator.objects.create(user=cast.teacher, type="totp", data={"secret": "s"})
    SocialAccount.objects.create(user=cast.teacher, provider="google", uid="1", extra_data={"name": "Ana Ortiz"})
    EmailAddress.objects.create(user=cast.teacher, email="ana@example.org")

    erase(cast.teacher, by=cast.coordinator, now=NOW)

    owners = [session.get_decoded()["_auth_user_id"] for session in Session.objects.all()]
    assert owners == [str(cast.other_teacher.pk)]
    assert not Authenticator.objects.exists()
    assert not SocialAccount.objects.exists()
    assert not EmailAddress.objects.exists()


def test_flags_grants_classes_and_staged_rows_of_an_erased_person(cast: Cast) -> None:
    cast.other_mentor.source_id = "s-17"
    cast.other_mentor.save()
    LearnerFlags.objects.create(student=cast.other_mentor, ciphertext="x", updated_at=NOW)
    FlagGrant.objects.create(user=cast.other_mentor, granted_by=cast.admin, granted_at=NOW)
    taught = SchoolClass.objects.create(school=cast.school, name="7B")
    taught.students.add(cast.other_mentor, cast.mentor)
    upload = RosterUpload.objects.create(school=cast.school, by=cast.coordinator, uploaded_at=NOW)
    rows = [
        {"match": cast.other_mentor, "fate": "same", "given_name": "Leo"},
        {"source_id": "s-17", "fate": "new", "given_name": "Leo"},
        {"email": "LEO@example.org", "fate": "new", "given_name": "Leo"},
        {"username": "LEO", "fate": "new", "given_name": "Leo"},
        {"fate": "parent", "given_name": "Rosa", "children": ["s-18", "s-17"]},
        {"source_id": "s-18", "fate": "new", "given_name": "Kim"},
        {"fate": "parent", "given_name": "Min", "children": ["s-18"]},
    ]
    RosterRow.objects.bulk_create(RosterRow(upload=upload, number=n, **row) for n, row in enumerate(rows, start=2))
    staged = RosterClass.objects.create(
        upload=upload, source_id="c-1", name="7B", students=["s-17", "s-18"], teachers=["t-1", "s-17"]
    )
    cast.school.second_adult = cast.other_mentor
    cast.school.save()

    erase(cast.other_mentor, by=cast.coordinator, now=NOW)

    cast.school.refresh_from_db()
    assert not LearnerFlags.objects.exists()
    assert FlagGrant.objects.get().ended_at == NOW
    assert list(taught.students.all()) == [cast.mentor]
    staged.refresh_from_db()
    assert [row.given_name for row in RosterRow.objects.all()] == ["Kim", "Min"]
    assert (staged.students, staged.teachers) == (["s-18"], ["t-1"])
    assert cast.school.second_adult is None
