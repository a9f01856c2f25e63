"""Asking guardians by mail and by letter."""

import datetime as dt
import io
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Consent, Guardian, Message, SecretLink, User
from accounts.services import Refused
from accounts.services.consent_chase import chase_guardians, print_letters
from accounts.services.delivery import deliver_due
from tests.cast import NOW, TODAY, Cast
from tests.factories import ConsentFactory, ConsentTextFactory, StudentFactory

SignIn = Callable[[User], Client]
BOARD, BATCH = "/consents/", "/consents/papers/"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A student without any consent, whose guardian reads Arabic and has an address."""
    student = StudentFactory(school=cast.school, given_name="Sami", family_name="Khoury")
    Guardian.objects.create(student=student, name="Rana Khoury", language="ar", email="rana@example.org")
    return student


def test_chase_mails_a_link_to_each_guardian_with_an_address(
    cast: Cast, newcomer: User, mailoutbox: list[object]
) -> None:
    Guardian.objects.create(student=newcomer, name="Nabil Khoury")

    asked = chase_guardians([newcomer], by=cast.coordinator, now=NOW)
    waiting = Message.objects.get(kind="guardian_consent")
    deliver_due(now=lambda: NOW)

    link = SecretLink.objects.get(purpose="guardian_consent")
    letter = mailoutbox[0]
    assert (asked.mails, asked.too_soon, asked.without_address) == (1, 0, 0)
    assert (waiting.guardian.name, waiting.context["student"]) == ("Rana Khoury", "Sami")
    assert link.guardian == waiting.guardian
    assert letter.to == ["rana@example.org"]  # type: ignore[attr-defined]
    assert "/guardian/" in letter.body  # type: ignore[attr-defined]
    assert "{secret}" not in letter.body  # type: ignore[attr-defined]
    assert "Sami" in letter.body  # type: ignore[attr-defined]
    assert "Khoury" not in letter.body.replace("Rana Khoury", "")  # type: ignore[attr-defined]


def test_chase_within_three_days_leaves_the_guardian_in_peace_and_later_asks_again(cast: Cast, newcomer: User) -> None:
    def chase(after: dt.timedelta) -> tuple[int, int]:
        asked = chase_guardians([newcomer], by=cast.coordinator, now=NOW + after)
        return asked.mails, asked.too_soon

    rounds = [chase(dt.timedelta(days=days)) for days in (0, 2, 3)]

    assert rounds == [(1, 0), (0, 1), (1, 0)]


def test_chase_for_other_words_does_not_wait(cast: Cast, newcomer: User) -> None:
    cast.school.consent_texts.exclude(purpose="take_part").delete()
    chase_guardians([newcomer], by=cast.coordinator, now=NOW)
    ConsentTextFactory(school=cast.school, version=2, asks_again=True, approved_at=NOW)

    again = chase_guardians([newcomer], by=cast.coordinator, now=NOW)

    assert (again.mails, again.too_soon) == (1, 0)


def test_chase_that_was_cancelled_does_not_count(cast: Cast, newcomer: User) -> None:
    chase_guardians([newcomer], by=cast.coordinator, now=NOW)
    Message.objects.update(state=Message.State.CANCELLED)

    assert chase_guardians([newcomer], by=cast.coordinator, now=NOW).mails == 1


def test_chase_leaves_out_who_has_answered_who_has_no_address_and_drafts(cast: Cast, newcomer: User) -> None:
    for purpose in Consent.Purpose.values:
        ConsentFactory(person=newcomer, purpose=purpose, is_refusal=True, withdrawn_on=TODAY)

    answered = chase_guardians([newcomer], by=cast.coordinator, now=NOW)
    without = chase_guardians([cast.mentor], by=cast.coordinator, now=NOW)
    on_request = chase_guardians([newcomer], by=cast.coordinator, now=NOW, all_purposes=True)
    cast.school.consent_texts.update(approved_at=None, approved_by=None)
    drafts = chase_guardians([newcomer], by=cast.coordinator, now=NOW + dt.timedelta(days=9), all_purposes=True)

    assert (answered.mails, answered.without_address) == (0, 0)
    assert (without.mails, without.without_address) == (0, 1)
    assert on_request.mails == 1
    assert drafts.mails == 0


@pytest.mark.parametrize("who", ["teacher", "mentor", "admin"])
def test_chase_and_letters_by_others_are_refused(cast: Cast, newcomer: User, who: str) -> None:
    with pytest.raises(Refused):
        chase_guardians([newcomer], by=getattr(cast, who), now=NOW)
    with pytest.raises(Refused):
        print_letters([newcomer], by=getattr(cast, who), today=TODAY)

    assert not Message.objects.exists()


def test_chase_of_another_schools_student_asks_nobody(cast: Cast, newcomer: User) -> None:
    asked = chase_guardians([newcomer], by=cast.stranger_coordinator, now=NOW)

    assert (asked.mails, asked.without_address) == (0, 0)


def test_chase_page_tells_how_it_went(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    client, url = sign_in(cast.coordinator), reverse("consent_chase")

    first = client.post(url, {"everybody": "on"}, follow=True).content.decode()
    second = client.post(url, {"student": [newcomer.pk]}, follow=True).content.decode()
    nobody = client.post(url, {}, follow=True).content.decode()
    foreign = StudentFactory(school=cast.stranger.school)
    theirs = client.post(url, {"student": [foreign.pk]}, follow=True).content.decode()

    assert "1 guardian gets a mail." in first
    assert "For 2 students no address of a guardian is known" in first
    assert "1 guardian had this mail in the last three days" in second
    assert "Tick at least one student." in nobody
    assert "Tick at least one student." in theirs
    assert Message.objects.filter(kind="guardian_consent").count() == 1


def test_chase_page_says_when_nobody_is_to_be_asked(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    cast.school.consent_texts.update(approved_at=None, approved_by=None)

    page = sign_in(cast.coordinator).post(reverse("consent_chase"), {"student": [newcomer.pk]}, follow=True)

    assert "Nobody is to be asked" in page.content.decode()


def test_letters_are_one_pdf_for_the_ticked(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    client, url = sign_in(cast.coordinator), reverse("consent_letter_print")

    answer = client.post(url, {"student": [newcomer.pk, cast.mentor.pk]})
    nobody = client.post(url, {}, follow=True).content.decode()

    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"%PDF-")
    assert "Tick at least one student." in nobody


def test_letter_is_dated_as_other_papers_are(cast: Cast) -> None:
    letters = print_letters([cast.mentor], by=cast.coordinator, today=TODAY)

    assert "22 November 2026" in PdfReader(io.BytesIO(letters)).pages[0].extract_text()


def test_letters_with_nothing_to_ask_are_refused(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    for purpose in Consent.Purpose.values:
        ConsentFactory(person=newcomer, purpose=purpose)

    page = sign_in(cast.coordinator).post(reverse("consent_letter_print"), {"student": [newcomer.pk]}, follow=True)

    assert "There is nothing to print" in page.content.decode()


def test_letters_without_approved_words_are_refused(cast: Cast, newcomer: User) -> None:
    cast.school.consent_texts.update(approved_at=None, approved_by=None)

    with pytest.raises(Refused, match="nothing to print"):
        print_letters([newcomer], by=cast.coordinator, today=TODAY)


def test_guardians_who_read_the_same_language_are_asked_in_one_round(cast: Cast, newcomer: User) -> None:
    other = StudentFactory(school=cast.school)
    Guardian.objects.create(student=other, name="Omar Haddad", language="ar", email="omar@example.org")

    chase_guardians([newcomer, other], by=cast.coordinator, now=NOW)

    asked = Message.objects.filter(kind="guardian_consent")
    assert {message.guardian.name for message in asked} == {"Rana Khoury", "Omar Haddad"}
