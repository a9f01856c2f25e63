"""The pages on which a person says yes or no, and takes a yes back."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, ConsentText, Guardian, User
from tests.cast import NOW, TODAY, Cast
from tests.factories import ConsentFactory, ConsentTextFactory, agree_to_surveys

SignIn = Callable[[User], Client]
TAKE_PART, SURVEYS, RESEARCH = Consent.Purpose.TAKE_PART, Consent.Purpose.ANSWER_SURVEYS, Consent.Purpose.RESEARCH_USE


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def text_of(cast: Cast, purpose: str, reader: str) -> ConsentText:
    return cast.school.consent_texts.get(purpose=purpose, reader=reader, language="en", version=1)


def give(text: ConsentText) -> str:
    return reverse("my_consent_give", args=[text.pk])


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
