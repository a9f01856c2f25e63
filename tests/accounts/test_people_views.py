"""The list of people, and consents on pages."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, Guardian, User
from accounts.permissions import Role
from accounts.services import agree
from tests.cast import NOW, TODAY, Cast
from tests.factories import ConsentFactory, StudentFactory, TeacherFactory

SignIn = Callable[[User], Client]
PEOPLE = "/people/"
RESEARCH = Consent.Purpose.RESEARCH_USE


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A student without consent."""
    return StudentFactory(school=cast.school, given_name="Sami", family_name="Khoury", grade="6")


def test_person_list_shows_the_school_and_what_is_missing(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    page = sign_in(cast.coordinator).get(PEOPLE).content.decode()

    assert "Sami Khoury" in page
    assert "grade 6" in page
    assert page.count("Consent missing") == 1
    assert reverse("consent_record", args=[newcomer.pk]) in page
    assert cast.stranger.full_name not in page


def test_person_list_shows_the_admin_the_state_without_the_act(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    page = sign_in(cast.admin).get(PEOPLE).content.decode()

    assert "Consent missing" in page
    assert reverse("consent_record", args=[newcomer.pk]) not in page


@pytest.mark.parametrize(
    ("query", "found", "hidden"),
    [
        ("q=kho+sa", "Sami Khoury", "Maya Rahman"),
        ("show=teacher", "Ana Ortiz", "Maya Rahman"),
        ("show=missing", "Sami Khoury", "Maya Rahman"),
        ("show=student&q=maya", "Maya Rahman", "Sami Khoury"),
        ("show=nonsense", "Sami Khoury", "Other School"),
        ("page=99", "Sami Khoury", "Other School"),
    ],
)
def test_person_list_finds_by_name_role_and_missing_consent(
    cast: Cast, sign_in: SignIn, newcomer: User, query: str, found: str, hidden: str
) -> None:
    page = sign_in(cast.coordinator).get(f"{PEOPLE}?{query}").content.decode()

    assert found in page
    assert hidden not in page


def test_person_list_escapes_names(cast: Cast, sign_in: SignIn) -> None:
    TeacherFactory(school=cast.school, given_name="<script>alert(1)</script>")

    page = sign_in(cast.coordinator).get(PEOPLE).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("rows", [1, 30])
def test_person_list_takes_four_statements_at_most(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_max_num_queries: Callable[..., object]
) -> None:
    StudentFactory.create_batch(rows, school=cast.school)
    client = sign_in(cast.coordinator)

    with django_assert_max_num_queries(2 + 4):  # type: ignore[attr-defined]  # session and person
        client.get(PEOPLE)


def test_person_list_of_fifty_students_stays_under_thirty_kilobytes(cast: Cast, sign_in: SignIn) -> None:
    StudentFactory.create_batch(60, school=cast.school)

    answer = sign_in(cast.coordinator).get(f"{PEOPLE}?show=missing")

    assert answer.content.count(b"Consent missing") == 50
    assert len(answer.content) < 30_000


@pytest.mark.parametrize("who", ["teacher", "mentor"])
def test_person_list_is_closed_to_other_roles(cast: Cast, sign_in: SignIn, who: str) -> None:
    answer = sign_in(getattr(cast, who)).get(PEOPLE)

    assert answer.status_code == 403
    assert "Leo Tran" not in answer.content.decode()


PAPER = {"guardian_name": "Rana Khoury", "guardian_language": "ar", "guardian_email": "", "given_on": "2026-11-20"}


def test_consent_record_writes_what_the_paper_says(cast: Cast, sign_in: SignIn, newcomer: User) -> None:
    url = reverse("consent_record", args=[newcomer.pk])
    client = sign_in(cast.coordinator)

    answer = client.post(url, PAPER)
    page = client.get(url).content.decode()

    assert answer["Location"] == PEOPLE
    consent = newcomer.consents.get()
    assert (consent.guardian.name, consent.given_on, consent.recorded_by) == (
        "Rana Khoury", dt.date(2026, 11, 20), cast.coordinator,
    )  # fmt: skip
    assert "Rana Khoury" in page
    assert "June Lane" in page
    assert '<form class="sheet' not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"guardian_name": ""}, "This field is required."),
        ({"given_on": "2026-11-23"}, "in the future"),
        ({"given_on": "yesterday"}, "Enter a valid date."),
        ({"guardian_email": "rana"}, "valid email"),
        ({"guardian_language": "xx"}, "valid choice"),
    ],
)
def test_consent_record_with_a_bad_form_keeps_what_was_typed(
    cast: Cast, sign_in: SignIn, newcomer: User, changes: dict[str, str], words: str
) -> None:
    url = reverse("consent_record", args=[newcomer.pk])

    answer = sign_in(cast.coordinator).post(url, {**PAPER, **changes})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Rana Khoury"' in page or "guardian_name" in changes
    assert not newcomer.consents.exists()


def test_consent_record_for_oneself_is_refused(cast: Cast, sign_in: SignIn) -> None:
    both = StudentFactory(school=cast.school, roles=[Role.STUDENT, Role.COORDINATOR])

    answer = sign_in(both).post(reverse("consent_record", args=[both.pk]), PAPER)

    assert answer.status_code == 422
    assert "Nobody records a consent for themselves." in answer.content.decode()
    assert not both.consents.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("teacher", 403), ("mentor", 403), ("admin", 403), ("stranger_coordinator", 404)]
)
def test_consent_record_by_others_writes_nothing(
    cast: Cast, sign_in: SignIn, newcomer: User, who: str, status: int
) -> None:
    client, url = sign_in(getattr(cast, who)), reverse("consent_record", args=[newcomer.pk])

    answers = [client.get(url), client.post(url, PAPER)]

    assert [answer.status_code for answer in answers] == [status, status]
    assert all("Khoury" not in answer.content.decode() for answer in answers)
    assert not newcomer.consents.exists()


def test_consent_record_of_an_adult_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.coordinator).get(reverse("consent_record", args=[cast.teacher.pk]))

    assert answer.status_code == 404


def test_my_consent_list_shows_own_and_guardians_only(cast: Cast, sign_in: SignIn) -> None:
    agree(cast.mentor, RESEARCH, text_version="r-1", today=TODAY)
    foreign = agree(cast.teacher, RESEARCH, text_version="r-1", today=TODAY)

    page = sign_in(cast.mentor).get("/me/consents/").content.decode()

    assert "Your guardian said yes for you on" in page
    assert "You said yes on" in page
    assert reverse("my_consent_withdraw", args=[foreign.pk]) not in page


def test_my_consent_withdraw_says_what_disappears_and_then_does_it(cast: Cast, sign_in: SignIn) -> None:
    consent = agree(cast.teacher, RESEARCH, text_version="r-1", today=TODAY)
    url = reverse("my_consent_withdraw", args=[consent.pk])
    client = sign_in(cast.teacher)

    before = client.get(url).content.decode()
    asked = Consent.objects.get(pk=consent.pk).withdrawn_on
    after = client.post(url, follow=True).content.decode()

    assert "deleted when it closes" in before
    assert "nobody can tell which answers are yours" in before
    assert asked is None
    assert Consent.objects.get(pk=consent.pk).withdrawn_on == TODAY
    assert "no longer" in after


def test_my_consent_withdraw_of_anything_else_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    foreign = agree(cast.teacher, RESEARCH, text_version="r-1", today=TODAY)
    guardians = cast.mentor.consents.get()
    client = sign_in(cast.mentor)

    answers = [client.post(reverse("my_consent_withdraw", args=[pk])) for pk in (foreign.pk, guardians.pk, 0)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert Consent.objects.filter(withdrawn_on=None).count() == 3


@pytest.mark.parametrize("rows", [1, 30])
def test_my_consent_list_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(rows):
        guardian = Guardian.objects.create(student=cast.mentor, name=f"Guardian {number}")
        ConsentFactory(person=cast.mentor, guardian=guardian, recorded_by=cast.coordinator, withdrawn_on=TODAY)
    cast.mentor.consents.standing().update(guardian=guardian)
    client = sign_in(cast.mentor)

    with django_assert_num_queries(2 + 1):  # type: ignore[attr-defined]  # session and person
        page = client.get(reverse("my_consent_list")).content.decode()

    assert page.count("no longer") == rows
    assert f"{guardian.name} said yes for you" in page
