"""Answering: the pages of a survey."""

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Consent
from surveys.models import Receipt, Response
from tests import factories
from tests.surveys.conftest import DAY, OPEN, OVER, PRE, answers_to, consenting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def while_open():
    """The day after the wave before opened."""
    with time_machine.travel(OPEN, tick=False) as traveller:
        yield traveller


def page(client, name, *args, method="get", **data):
    """Fetch a page."""
    return getattr(client, method)(reverse(name, args=args), data)


SURVEY_PAGES = ["survey_begin", "survey_answer", "survey_done"]


def form_data(wave, **changes):
    """A whole form, as a browser posts it."""
    return {code: str(value) for code, value in answers_to(wave).items()} | changes


# Who may come in.


@pytest.mark.parametrize("name", SURVEY_PAGES)
def test_survey_pages_are_for_those_who_are_asked(cast, wave, sign_in, client, name):
    left = factories.TeacherFactory(school=cast.school)
    expected = [(cast.coordinator, 403), (cast.admin, 403), (cast.mentor, 403), (cast.stranger, 404), (left, 404)]

    for person, status in expected:
        response = page(sign_in(person), name, wave.pk)
        assert response.status_code == status
        assert b"Technology confidence" not in response.content
    assert page(client, name, wave.pk).status_code == 302


@pytest.mark.parametrize("name", ["survey_begin", "survey_answer", "survey_decline"])
def test_survey_posts_of_others_change_nothing(cast, wave, sign_in, client, name):
    for person, status in [(cast.coordinator, 403), (cast.mentor, 403), (cast.stranger, 404)]:
        response = page(sign_in(person), name, wave.pk, method="post", **form_data(wave))
        assert response.status_code == status
    assert page(client, name, wave.pk, method="post").status_code == 302

    assert not Receipt.objects.exists()
    assert not Response.objects.exists()
    assert not Consent.objects.filter(purpose=Consent.Purpose.RESEARCH_USE).exists()


def test_survey_begin_says_who_sees_the_answers_and_asks_for_consent(cast, wave, sign_in):
    content = page(sign_in(cast.teacher), "survey_begin", wave.pk).content.decode()

    for words in ("pseudonymous. It is not anonymous", "10 people or more", "Agree and begin", "No, thank you"):
        assert words in content
    assert not Consent.objects.filter(person=cast.teacher).exists()


def test_survey_begin_agreed_records_the_consent_once(cast, wave, sign_in):
    client = sign_in(cast.teacher)

    response = page(client, "survey_begin", wave.pk, method="post")
    page(client, "survey_begin", wave.pk, method="post")

    consents = Consent.objects.filter(person=cast.teacher).order_by("purpose")
    assert response.url == reverse("survey_answer", args=[wave.pk])
    assert [(consent.given_by, consent.text_version) for consent in consents] == [
        ("self", "answer_surveys/teacher/en/1"),
        ("self", "research_use/teacher/en/1"),
    ]
    assert {consent.given_on for consent in consents} == {OPEN.date()}
    assert "You agreed before." in page(client, "survey_begin", wave.pk).content.decode()


def test_survey_begin_without_approved_words_says_so_and_leads_nowhere(cast, wave, sign_in):
    cast.school.consent_texts.filter(purpose="research_use").update(approved_at=None, approved_by=None)
    client = sign_in(cast.teacher)

    shown = page(client, "survey_begin", wave.pk)
    posted = page(client, "survey_begin", wave.pk, method="post")
    questions = page(client, "survey_answer", wave.pk)

    assert "has not approved the words" in shown.content.decode()
    assert "Agree and begin" not in shown.content.decode()
    assert (posted.status_code, questions.url) == (409, reverse("survey_begin", args=[wave.pk]))
    assert not Consent.objects.filter(person=cast.teacher).exists()


def test_survey_answer_without_consent_leads_to_the_beginning(cast, wave, sign_in):
    client = sign_in(cast.teacher)

    for method in ("get", "post"):
        response = page(client, "survey_answer", wave.pk, method=method, **form_data(wave))
        assert response.url == reverse("survey_begin", args=[wave.pk])
    assert not Response.objects.exists()


def test_survey_answer_sends_and_ends_at_done(cast, wave, sign_in):
    consenting(cast.teacher)
    client = sign_in(cast.teacher)
    typed = form_data(wave, confidence_1="none", open_hinders="")

    response = page(client, "survey_answer", wave.pk, method="post", **typed)

    assert response.url == reverse("survey_done", args=[wave.pk])
    answers = Response.objects.get().answers
    assert answers == answers_to(wave) | {"confidence_1": None, "open_hinders": None}


def test_survey_answer_with_an_item_missing_keeps_what_was_typed(cast, wave, sign_in):
    consenting(cast.teacher)
    typed = form_data(wave, confidence_2="2", confidence_3="none", open_helped="Dictado, señora")
    del typed["classroom_use_1"]

    response = page(sign_in(cast.teacher), "survey_answer", wave.pk, method="post", **typed)

    content = " ".join(response.content.decode().split())
    assert response.status_code == 422
    assert "Dictado, señora" in content
    assert content.count(" checked") == 11
    assert 'value="2" id="id_confidence_2_1" required checked' in content
    assert "1 question waits for a number" in content
    assert 'href="#id_classroom_use_1"' in content
    assert 'id="id_classroom_use_1_error"' in content
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("value", ["6", "0", "abc", "4.5"])
def test_survey_answer_with_a_point_that_is_not_offered_is_refused(cast, wave, sign_in, value):
    consenting(cast.teacher)

    response = page(
        sign_in(cast.teacher), "survey_answer", wave.pk, method="post", **form_data(wave, confidence_1=value)
    )

    assert response.status_code == 422
    assert not Response.objects.exists()


def test_survey_answer_with_too_long_a_text_says_so(cast, wave, sign_in):
    consenting(cast.teacher)
    typed = form_data(wave, open_helped="x" * 4001)

    response = page(sign_in(cast.teacher), "survey_answer", wave.pk, method="post", **typed)

    assert response.status_code == 422
    assert response.content.decode().count("Ensure this value has at most 4000 characters") == 2  # on top, by the field
    assert not Receipt.objects.exists()


def test_survey_answer_in_a_second_tab_leads_to_done_and_doubles_nothing(cast, wave, sign_in):
    consenting(cast.teacher)
    client = sign_in(cast.teacher)
    page(client, "survey_answer", wave.pk, method="post", **form_data(wave, confidence_1="1"))

    for name in ("survey_begin", "survey_answer", "survey_decline"):
        response = page(client, name, wave.pk, method="post", **form_data(wave, confidence_1="5"))
        assert response.url == reverse("survey_done", args=[wave.pk])

    assert Response.objects.get().answers["confidence_1"] == 1
    assert Receipt.objects.count() == 1


def test_answers_are_on_no_page_after_sending(cast, wave, sign_in):
    consenting(cast.teacher)
    client = sign_in(cast.teacher)
    words = "A sentence that nobody reads again"
    page(client, "survey_answer", wave.pk, method="post", **form_data(wave, open_helped=words))

    for name in SURVEY_PAGES:
        response = client.get(reverse(name, args=[wave.pk]), follow=True)
        assert "You are done" in response.content.decode()
        assert words not in response.content.decode()
    assert words not in page(sign_in(cast.coordinator), "study_detail", wave.study_id).content.decode()
    assert words not in page(sign_in(cast.admin), "study_export", wave.study_id).content.decode()


def test_survey_decline_is_done_without_consent_or_answers(cast, wave, sign_in):
    client = sign_in(cast.teacher)

    response = page(client, "survey_decline", wave.pk, method="post")

    assert response.url == reverse("survey_done", args=[wave.pk])
    assert Receipt.objects.get().person == cast.teacher
    assert not Response.objects.exists()
    assert not Consent.objects.filter(person=cast.teacher).exists()


def test_survey_decline_by_link_is_not_possible(cast, wave, sign_in):
    assert page(sign_in(cast.teacher), "survey_decline", wave.pk).status_code == 405
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("when", "words"), [(PRE[0] - DAY, "not open yet"), (PRE[1], "This survey is closed"), (OVER, "is closed")]
)
def test_survey_pages_before_and_after_the_wave_say_so(cast, wave, sign_in, while_open, when, words):
    consenting(cast.teacher)
    client = sign_in(cast.teacher)
    while_open.move_to(when)

    for name in SURVEY_PAGES:
        response = page(client, name, wave.pk)
        assert response.status_code == 200
        assert words in response.content.decode()
    for name in ("survey_begin", "survey_answer", "survey_decline"):
        response = page(client, name, wave.pk, method="post", **form_data(wave))
        assert response.status_code == 409
        assert words in response.content.decode()
    assert not Receipt.objects.exists()
    assert not Response.objects.exists()


def test_survey_done_before_sending_leads_to_the_beginning(cast, wave, sign_in):
    assert page(sign_in(cast.teacher), "survey_done", wave.pk).url == reverse("survey_begin", args=[wave.pk])


@pytest.mark.parametrize(("language", "words"), [("es", "Sé activar un apoyo digital"), ("ar", "أستطيع تشغيل وسيلة")])
def test_survey_answer_speaks_the_persons_language(cast, wave, sign_in, language, words):
    consenting(cast.teacher)
    cast.teacher.language = language
    cast.teacher.save()

    assert words in page(sign_in(cast.teacher), "survey_answer", wave.pk).content.decode()


def test_survey_answer_queries(cast, wave, sign_in, django_assert_max_num_queries):
    consenting(cast.teacher)
    client = sign_in(cast.teacher)

    with django_assert_max_num_queries(7):
        page(client, "survey_answer", wave.pk)
