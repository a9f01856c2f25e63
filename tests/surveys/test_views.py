"""The pages of studies and surveys, by role."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Consent
from accounts.permissions import Role
from mentorship.models import Participant
from surveys.models import Receipt, Response, Study
from surveys.panels import panels
from surveys.services import close_wave, create_study, decline_wave, send_response
from tests import factories
from tests.cast import NOW
from tests.surveys.conftest import DAY, OPEN, OVER, POST, PRE, answers_to, consenting

pytestmark = pytest.mark.django_db
SURVEY_PAGES = ["survey_begin", "survey_answer", "survey_done"]


@pytest.fixture(autouse=True)
def while_open():
    """The day after the wave before opened."""
    with time_machine.travel(OPEN, tick=False) as traveller:
        yield traveller


def form_data(wave, **changes):
    """A whole form, as a browser posts it."""
    return {code: str(value) for code, value in answers_to(wave).items()} | changes


def page(client, name, *args, method="get", **data):
    """Fetch a page."""
    return getattr(client, method)(reverse(name, args=args), data)


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


@pytest.mark.parametrize(
    ("name", "statuses"),
    [("study_create", (200, 403, 403, 403, 200)), ("study_detail", (200, 200, 403, 403, 404))],
)
def test_study_pages_by_role(cast, study, sign_in, client, name, statuses):
    args = [study.pk] if name == "study_detail" else []
    people = (cast.coordinator, cast.admin, cast.teacher, cast.mentor, cast.stranger_coordinator)

    for person, status in zip(people, statuses, strict=True):
        assert page(sign_in(person), name, *args).status_code == status
    assert page(client, name, *args).status_code == 302


# The list.


def test_survey_list_shows_a_teacher_what_waits_and_no_study(cast, wave, sign_in):
    response = page(sign_in(cast.teacher), "survey_list")

    assert reverse("survey_begin", args=[wave.pk]) in response.content.decode()
    assert "Autumn" not in response.content.decode()


def test_survey_list_shows_nothing_when_done(cast, wave, sign_in):
    decline_wave(wave, cast.teacher, now=OPEN)

    response = page(sign_in(cast.teacher), "survey_list")

    assert "No survey waits for you" in response.content.decode()


def test_survey_list_shows_studies_with_counts(cast, wave, sign_in):
    decline_wave(wave, cast.teacher, now=OPEN)

    for person in (cast.coordinator, cast.admin):
        content = page(sign_in(person), "survey_list").content.decode()
        assert "Autumn" in content
        assert "1 of 2 done" in content
        assert "Start a study" in content or person == cast.admin


def test_survey_list_of_another_school_is_empty(cast, wave, sign_in):
    response = page(sign_in(cast.stranger_coordinator), "survey_list")

    assert "Autumn" not in response.content.decode()
    assert "No study yet" in response.content.decode()


def test_survey_list_is_not_for_students(cast, sign_in):
    assert page(sign_in(cast.mentor), "survey_list").status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_survey_list_queries(cast, sign_in, django_assert_num_queries, count):
    cast.coordinator.roles = [Role.COORDINATOR, Role.TEACHER, Role.ADMIN]
    cast.coordinator.save()
    for number in range(count):
        make_study(cast, f"Study {number}")
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(5):
        response = page(client, "survey_list")

    assert response.content.count(b"0 of 2 done") == count


def make_study(cast, title):
    """One more study of the cast's program."""
    return create_study(
        school=cast.school, title=title, programs=[cast.program], pre=PRE, post=POST, by=cast.coordinator, now=NOW
    )


# A study.


def test_study_create_makes_a_study_from_midnight_to_midnight_at_the_school(cast, sign_in):
    response = page(
        sign_in(cast.coordinator),
        "study_create",
        method="post",
        title="Spring",
        programs=[cast.program.pk],
        before_opens_on="2026-11-30",
        before_closes_on="2026-12-04",
        after_opens_on="2027-03-08",
        after_closes_on="2027-03-14",
    )

    study = Study.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("study_detail", args=[study.pk])
    spans = list(study.waves.values_list("opens_at", "closes_at"))
    assert spans == [
        (dt.datetime(2026, 11, 30, 6, tzinfo=dt.UTC), dt.datetime(2026, 12, 5, 6, tzinfo=dt.UTC)),
        (dt.datetime(2027, 3, 8, 6, tzinfo=dt.UTC), dt.datetime(2027, 3, 15, 5, tzinfo=dt.UTC)),  # clocks changed
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "This field is required"),
        ({"title": "Autumn"}, "A study with this title exists"),
        ({"programs": []}, "This field is required"),
        ({"programs": ["999999"]}, "not one of the available choices"),
        ({"before_opens_on": "soon"}, "Enter a valid date"),
        ({"before_closes_on": "2026-11-29"}, "before the first day"),
        ({"before_opens_on": "2026-11-02", "before_closes_on": "2026-11-03"}, "This day is over"),
        ({"after_opens_on": "2026-12-04"}, "after the last day of the survey before"),
        ({"after_closes_on": "2027-03-01"}, "before the first day"),
    ],
)
def test_study_create_with_a_bad_form_keeps_what_was_typed(cast, study, sign_in, change, words):
    typed = {
        "title": "Spring so far",
        "programs": [cast.program.pk],
        "before_opens_on": "2026-11-30",
        "before_closes_on": "2026-12-04",
        "after_opens_on": "2027-03-08",
        "after_closes_on": "2027-03-14",
    } | change

    response = page(sign_in(cast.coordinator), "study_create", method="post", **typed)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert 'value="2027-03-14"' in response.content.decode() or "after_closes_on" in change
    assert list(Study.objects.all()) == [study]


def test_study_create_offers_no_program_of_another_school(cast, sign_in):
    foreign = factories.ProgramFactory(school=cast.stranger.school, name="Elsewhere")
    client = sign_in(cast.coordinator)

    response = page(client, "study_create", method="post", title="x", programs=[foreign.pk])

    assert response.status_code == 422
    assert "Elsewhere" not in response.content.decode()


def test_study_create_by_the_admin_is_forbidden(cast, sign_in):
    response = page(sign_in(cast.admin), "study_create", method="post", title="Mine")

    assert response.status_code == 403
    assert not Study.objects.exists()


def test_study_detail_names_who_is_done_to_the_coordinator_alone(cast, wave, sign_in):
    decline_wave(wave, cast.teacher, now=OPEN)

    coordinator = page(sign_in(cast.coordinator), "study_detail", wave.study_id).content.decode()
    admin = page(sign_in(cast.admin), "study_detail", wave.study_id).content.decode()

    assert "Ms Ortiz" in coordinator
    assert "Mr Haddad" in coordinator
    assert "Ortiz" not in admin
    assert "Haddad" not in admin
    for content in (coordinator, admin):
        assert "Before: 1 of 2 teachers are done" in content


def test_study_detail_tells_no_refusal_from_an_answer(cast, wave, sign_in):
    client = sign_in(cast.coordinator)
    decline_wave(wave, cast.teacher, now=OPEN)
    declined = without_token(page(client, "study_detail", wave.study_id))
    Receipt.objects.all().delete()
    send_response(wave, consenting(cast.teacher), answers_to(wave), now=OPEN)

    assert without_token(page(client, "study_detail", wave.study_id)) == declined
    assert Response.objects.exists()


def without_token(response):
    """The page without the token of its forms, which is another one each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_study_detail_after_closing_has_counts_and_no_names(cast, wave, sign_in, while_open):
    send_response(wave, consenting(cast.teacher), answers_to(wave), now=OPEN)
    close_wave(wave, now=OVER)
    while_open.move_to(OVER)

    content = page(sign_in(cast.coordinator), "study_detail", wave.study_id).content.decode()

    assert "Before: 1 of 2 teachers are done" in content
    assert "1 set of answers was kept" in content
    assert "Ortiz" not in content
    assert "Haddad" not in content


@pytest.mark.parametrize("count", [1, 30])
def test_study_detail_queries(cast, wave, more_teachers, sign_in, django_assert_num_queries, count):
    for person in more_teachers(count):
        decline_wave(wave, person, now=OPEN)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(8):
        page(client, "study_detail", wave.study_id)


# Answering.


def test_survey_begin_says_who_sees_the_answers_and_asks_for_consent(cast, wave, sign_in):
    content = page(sign_in(cast.teacher), "survey_begin", wave.pk).content.decode()

    for words in ("pseudonymous. It is not anonymous", "10 people or more", "Agree and begin", "No, thank you"):
        assert words in content
    assert not Consent.objects.filter(person=cast.teacher).exists()


def test_survey_begin_agreed_records_the_consent_once(cast, wave, sign_in):
    client = sign_in(cast.teacher)

    response = page(client, "survey_begin", wave.pk, method="post")
    page(client, "survey_begin", wave.pk, method="post")

    consent = Consent.objects.get(person=cast.teacher)
    assert response.url == reverse("survey_answer", args=[wave.pk])
    assert (consent.purpose, consent.given_by, consent.text_version) == ("research_use", "self", "research-2026-1")
    assert consent.given_on == OPEN.date()
    assert "You agreed on" in page(client, "survey_begin", wave.pk).content.decode()


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

    with django_assert_max_num_queries(6):
        page(client, "survey_answer", wave.pk)


# The home page.


def test_panels_of_a_teacher_end_when_done(cast, wave):
    shown = panels(cast.teacher, OPEN)
    decline_wave(wave, cast.teacher, now=OPEN)

    assert [panel.context["wave"] for panel in shown] == [wave]
    assert panels(cast.teacher, OPEN) == []
    assert panels(cast.teacher, PRE[0] - DAY) == []


def test_panels_of_the_coordinator_show_progress_while_open(cast, wave):
    decline_wave(wave, cast.teacher, now=OPEN)

    (panel,) = panels(cast.coordinator, OPEN)

    (shown,) = panel.context["waves"]
    assert (shown.done, shown.asked) == (1, 2)
    assert panels(cast.coordinator, OVER) == []
    assert panels(cast.stranger_coordinator, OPEN) == []


def test_panels_of_the_admin_show_what_can_be_exported(cast, wave):
    assert panels(cast.admin, OVER) == []
    close_wave(wave, now=OVER)

    (panel,) = panels(cast.admin, OVER)

    assert panel.context["waves"] == [wave]
    assert panels(cast.admin, OVER + 40 * DAY) == []


def test_panels_of_others_are_empty(cast, wave):
    assert panels(cast.mentor, OPEN) == []
    assert panels(cast.stranger, OPEN) == []


@pytest.mark.parametrize("who", ["teacher", "coordinator", "admin"])
def test_home_page_renders_the_panel(cast, study, sign_in, while_open, who):
    first, second = study.waves.all()
    first.closes_at = OPEN - DAY / 2
    first.save()
    close_wave(first, now=OPEN)
    second.opens_at = OPEN - DAY / 4
    second.save()

    content = sign_in(getattr(cast, who)).get(reverse("home")).content.decode()

    words = {
        "teacher": reverse("survey_begin", args=[second.pk]),
        "coordinator": "After: 0 of 2 teachers are done",
        "admin": reverse("study_export", args=[study.pk]),
    }
    assert words[who] in content


# Progress counts a body once.


def test_progress_counts_a_person_of_two_programs_once_and_those_who_left_when_done(cast, wave, sign_in):
    second = factories.ProgramFactory(school=cast.school)
    wave.study.programs.add(second)
    factories.ParticipantFactory(program=second, person=cast.teacher, role=Participant.Role.TEACHER)
    decline_wave(wave, cast.other_teacher, now=OPEN)
    cast.program.participants.filter(person=cast.other_teacher).update(left_on=OPEN.date())

    content = page(sign_in(cast.admin), "study_detail", wave.study_id).content.decode()

    assert "Before: 1 of 2 teachers are done" in content
