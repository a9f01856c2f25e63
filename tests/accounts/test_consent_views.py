"""The pages of consent: a paper is recorded and put right; a person answers for herself."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, ConsentText, Guardian, User
from accounts.permissions import Role
from tests.cast import NOW, TODAY, Cast
from tests.factories import ConsentFactory, ConsentTextFactory, StudentFactory, agree_to_surveys

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


def text_of(cast: Cast, purpose: str, reader: str) -> ConsentText:
    return cast.school.consent_texts.get(purpose=purpose, reader=reader, language="en", version=1)


def give(text: ConsentText) -> str:
    return reverse("my_consent_give", args=[text.pk])


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


def test_my_list_shows_what_is_asked_and_what_was_said(cast: Cast, sign_in: SignIn) -> None:
    agree_to_surveys(cast.teacher)

    page = sign_in(cast.mentor).get("/me/consents/").content.decode()

    assert "Your guardian said yes for you on" in page
    assert "You said yes on" in page
    assert page.count("Read and choose") == 2, "surveys and research are open"
    assert reverse("my_consent_withdraw", args=[cast.teacher.consents.first().pk]) not in page


def test_my_list_of_a_coordinator_asks_nothing(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.coordinator).get("/me/consents/").content.decode()

    assert "Nothing yet" in page


def test_home_asks_a_student_and_the_yes_given_there_lets_her_take_part(cast: Cast, sign_in: SignIn) -> None:
    cast.mentor.consents.filter(given_by="self").delete()
    client = sign_in(cast.mentor)
    text = text_of(cast, TAKE_PART, "student")

    home = client.get("/").content.decode()
    page = client.get(give(text)).content.decode()
    answer = client.post(give(text), {"answer": "yes"})

    assert "Your school asks you" in home
    assert give(text) in home
    assert "You choose." in page
    assert "If I withdraw, this disappears" in page
    assert "data-read-aloud" in page
    assert answer.url == give(text_of(cast, SURVEYS, "student")), "the next one that is open"
    assert User.objects.may_take_part().filter(pk=cast.mentor.pk).exists()
    assert cast.mentor.consents.get(given_by="self").text == text


def test_home_is_silent_when_everything_is_answered(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.teacher)
    client.post(give(text_of(cast, SURVEYS, "teacher")), {"answer": "no"})

    last = client.post(give(text_of(cast, RESEARCH, "teacher")), {"answer": "yes"})

    assert last.url == reverse("my_consent_list")
    assert "Your school asks you" not in client.get("/").content.decode()
    page = client.get("/me/consents/").content.decode()
    assert "You said no on" in page
    assert "You said yes on" in page


def test_home_asks_again_when_a_new_version_must_be(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.teacher)
    for purpose in (SURVEYS, RESEARCH):
        client.post(give(text_of(cast, purpose, "teacher")), {"answer": "no"})
    silent = client.get("/").content.decode()
    newer = ConsentTextFactory(
        school=cast.school, purpose=RESEARCH, reader="teacher", version=2, asks_again=True, approved_at=NOW
    )

    page = client.get("/").content.decode()

    assert "Your school asks you" not in silent
    assert give(newer) in page


def test_give_without_an_answer_or_to_old_words_says_so(cast: Cast, sign_in: SignIn) -> None:
    client, text = sign_in(cast.teacher), text_of(cast, RESEARCH, "teacher")

    empty = client.post(give(text), {"answer": "later"})
    ConsentTextFactory(school=cast.school, purpose=RESEARCH, reader="teacher", version=2)
    old = client.post(give(text), {"answer": "yes"})

    assert (empty.status_code, old.status_code) == (422, 422)
    assert "Choose yes or no." in empty.content.decode()
    assert "This text was changed." in old.content.decode()
    assert not cast.teacher.consents.exists()


def test_give_of_a_draft_or_of_another_readers_text_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    draft = cast.school.consent_texts.get(purpose=RESEARCH, reader="teacher", language="es")
    client = sign_in(cast.teacher)

    answers = [client.post(give(text), {"answer": "yes"}) for text in (draft, text_of(cast, RESEARCH, "student"))]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not cast.teacher.consents.exists()


def test_a_reader_without_approved_words_in_her_language_reads_english_and_is_told(cast: Cast, sign_in: SignIn) -> None:
    User.objects.filter(pk=cast.teacher.pk).update(language="ar")
    client = sign_in(User.objects.get(pk=cast.teacher.pk))

    page = client.get(give(text_of(cast, RESEARCH, "teacher"))).content.decode()

    assert 'lang="en" dir="ltr"' in page
    assert 'dir="rtl"' in page


def test_my_withdraw_says_what_disappears_and_then_does_it(cast: Cast, sign_in: SignIn) -> None:
    agree_to_surveys(cast.teacher)
    consent = cast.teacher.consents.get(purpose=RESEARCH)
    url = reverse("my_consent_withdraw", args=[consent.pk])
    client = sign_in(cast.teacher)

    before = client.get(url).content.decode()
    asked = Consent.objects.get(pk=consent.pk).withdrawn_on
    after = client.post(url, follow=True).content.decode()

    assert "deleted when it closes" in before
    assert "answers in a study that is sealed" in before
    assert asked is None
    assert Consent.objects.get(pk=consent.pk).withdrawn_on == TODAY
    assert "no longer" in after
    assert "You took your yes back" in after


def test_my_withdraw_of_a_yes_from_before_texts_were_kept_says_it_too(cast: Cast, sign_in: SignIn) -> None:
    consent = ConsentFactory(person=cast.teacher, purpose=RESEARCH, given_by="self", recorded_by=cast.teacher)

    page = sign_in(cast.teacher).get(reverse("my_consent_withdraw", args=[consent.pk])).content.decode()

    assert "nobody can tell which answers are yours" in page


def test_my_withdraw_of_anything_else_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    agree_to_surveys(cast.teacher)
    foreign = cast.teacher.consents.get(purpose=RESEARCH)
    guardians = cast.mentor.consents.get(given_by="guardian")
    client = sign_in(cast.mentor)

    answers = [client.post(reverse("my_consent_withdraw", args=[pk])) for pk in (foreign.pk, guardians.pk, 0)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert Consent.objects.filter(withdrawn_on=None).count() == 6


@pytest.mark.parametrize("rows", [1, 30])
def test_my_list_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(rows):
        guardian = Guardian.objects.create(student=cast.mentor, name=f"Guardian {number}")
        ConsentFactory(person=cast.mentor, guardian=guardian, recorded_by=cast.coordinator, withdrawn_on=TODAY)
    cast.mentor.consents.standing().filter(given_by="guardian").update(guardian=guardian)
    client = sign_in(cast.mentor)

    with django_assert_num_queries(2 + 3):  # type: ignore[attr-defined]  # session and person
        page = client.get(reverse("my_consent_list")).content.decode()

    assert page.count("no longer") == rows
    assert f"{guardian.name} said yes for you" in page
