"""The pages of consent: a paper is recorded and put right; a person answers for herself."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, Guardian, User
from accounts.permissions import Role
from tests.cast import NOW, TODAY, Cast
from tests.factories import ConsentFactory, StudentFactory, agree_to_surveys

SignIn = Callable[[User], Client]
TAKE_PART, SURVEYS, RESEARCH = Consent.Purpose.TAKE_PART, Consent.Purpose.ANSWER_SURVEYS, Consent.Purpose.RESEARCH_USE
PAPER = {
    "guardian_name": "Rana Khoury", "guardian_language": "ar", "guardian_email": "", "given_on": "2026-11-20",
    "take_part": "yes", "answer_surveys": "", "research_use": "no",
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A student without consent."""
    return StudentFactory(school=cast.school, given_name="Sami", family_name="Khoury")


def record(person: User) -> str:
    return reverse("consent_record", args=[person.pk])


def test_record_writes_what_the_paper_says_and_shows_it(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    client = sign_in(cast.coordinator)

    answer = client.post(record(newcomer), {**PAPER, "has_student_signed": "on"}, follow=True)

    page = answer.content.decode()
    rows = {(row.purpose, row.given_by): row for row in newcomer.consents.all()}
    assert set(rows) == {(TAKE_PART, "guardian"), (TAKE_PART, "self"), (RESEARCH, "guardian"), (RESEARCH, "self")}
    assert rows[TAKE_PART, "guardian"].given_on == dt.date(2026, 11, 20)
    assert rows[RESEARCH, "guardian"].is_refusal
    assert User.objects.may_take_part().filter(pk=newcomer.pk).exists()
    for words in ("Rana Khoury", "recorded by June Lane", "version 1", "Record a signed paper"):
        assert words in page


def test_record_offers_known_guardians_and_a_new_one(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    known = Guardian.objects.create(student=newcomer, name="Nadia Khoury", language="es", email="nadia@example.org")
    client = sign_in(cast.coordinator)

    page = client.get(record(newcomer)).content.decode()
    nameless = client.post(record(newcomer), {**PAPER, "guardian": "new", "guardian_name": ""})
    client.post(record(newcomer), {**PAPER, "guardian": str(known.pk), "guardian_name": ""})

    assert "Nadia Khoury" in page
    assert nameless.status_code == 422
    assert "Write the name of the one who signed." in nameless.content.decode()
    assert newcomer.consents.get(purpose=TAKE_PART).guardian == known
    assert newcomer.guardians.count() == 1


def test_record_has_no_form_when_everything_is_said(cast: Cast, sign_in: SignIn) -> None:
    for given_by in Consent.GivenBy:
        for purpose in (SURVEYS, RESEARCH):
            ConsentFactory(person=cast.mentor, purpose=purpose, given_by=given_by)

    page = sign_in(cast.coordinator).get(record(cast.mentor)).content.decode()

    assert "Record a signed paper" not in page
    assert page.count(reverse("consent_take_back", args=[0]).partition("0")[0]) >= 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"guardian_name": ""}, "This field is required."),
        ({"given_on": "2026-11-23"}, "in the future"),
        ({"given_on": "yesterday"}, "Enter a valid date."),
        ({"guardian_email": "rana"}, "valid email"),
        ({"guardian_language": "xx"}, "valid choice"),
        ({"take_part": "", "research_use": ""}, "yes or no to at least one"),
        ({"take_part": "perhaps"}, "valid choice"),
    ],
)
def test_record_with_a_bad_form_keeps_what_was_typed(
    cast: Cast, sign_in: SignIn, newcomer: User, changes: dict[str, str], words: str
) -> None:
    answer = sign_in(cast.coordinator).post(record(newcomer), {**PAPER, **changes})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Rana Khoury"' in page or "guardian_name" in changes
    assert not newcomer.consents.exists()


def test_record_for_oneself_is_refused(cast: Cast, sign_in: SignIn) -> None:
    both = StudentFactory(school=cast.school, roles=[Role.STUDENT, Role.COORDINATOR])

    answer = sign_in(both).post(record(both), PAPER)

    assert answer.status_code == 422
    assert "Nobody records a consent for themselves." in answer.content.decode()
    assert not both.consents.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("teacher", 403), ("mentor", 403), ("admin", 403), ("stranger_coordinator", 404)]
)
def test_record_by_others_writes_nothing(cast: Cast, sign_in: SignIn, newcomer: User, who: str, status: int) -> None:
    client = sign_in(getattr(cast, who))

    answers = [client.get(record(newcomer)), client.post(record(newcomer), PAPER)]

    assert [answer.status_code for answer in answers] == [status, status]
    assert all("Khoury" not in answer.content.decode() for answer in answers)
    assert not newcomer.consents.exists()


def test_record_of_an_adult_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.coordinator).get(record(cast.teacher)).status_code == 404


def test_correct_changes_the_day_and_the_guardian(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    client = sign_in(cast.coordinator)
    client.post(record(newcomer), PAPER)
    consent = newcomer.consents.get(purpose=TAKE_PART)
    url = reverse("consent_correct", args=[consent.pk])

    shown = client.get(url).content.decode()
    bad = client.post(url, {"guardian": "new", "guardian_name": "June Lane", "given_on": "2026-11-19"})
    client.post(url, {"guardian": "new", "guardian_name": "Nabil Khoury", "given_on": "2026-11-19"})

    consent.refresh_from_db()
    assert "2026-11-20" in shown
    assert bad.status_code == 422
    assert (consent.guardian.name, consent.given_on) == ("Nabil Khoury", dt.date(2026, 11, 19))
    assert not newcomer.guardians.filter(name="June Lane").exists()


def test_correct_of_what_was_not_on_paper_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    own = cast.mentor.consents.get(given_by="self")
    by_link = ConsentFactory(person=cast.mentor, purpose=RESEARCH, recorded_by=None)
    client = sign_in(cast.coordinator)

    answers = [client.get(reverse("consent_correct", args=[consent.pk])) for consent in (own, by_link)]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("who", ["mentor", "teacher"])
def test_take_back_says_what_disappears_and_then_ends_it(cast: Cast, sign_in: SignIn, who: str) -> None:
    person = getattr(cast, who)
    agree_to_surveys(person)
    consent = person.consents.get(purpose=SURVEYS)
    url = reverse("consent_take_back", args=[consent.pk])
    client = sign_in(cast.coordinator)

    before = client.get(url).content.decode()
    answer = client.post(url)

    consent.refresh_from_db()
    assert "This disappears" in before
    assert "Answers" in before
    assert consent.withdrawn_on == TODAY
    assert answer.url == (record(person) if who == "mentor" else reverse("consent_board"))


def test_take_back_of_a_yes_to_take_part_is_a_page_that_frees_time(cast: Cast, sign_in: SignIn) -> None:
    consent = cast.mentor.consents.get(given_by="guardian")

    answer = sign_in(cast.coordinator).post(reverse("consent_take_back", args=[consent.pk]))

    assert answer.status_code == 404
    assert cast.mentor.consents.standing().count() == 2
