"""The pages of studies, and the list, by role."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from mentorship.models import Participant
from surveys.models import Receipt, Response, Study
from surveys.services import close_wave, create_study, decline_wave, send_response
from tests import factories
from tests.cast import NOW
from tests.surveys.conftest import OPEN, OVER, POST, PRE, answers_to, consenting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def while_open():
    """The day after the wave before opened."""
    with time_machine.travel(OPEN, tick=False) as traveller:
        yield traveller


def page(client, name, *args, method="get", **data):
    """Fetch a page."""
    return getattr(client, method)(reverse(name, args=args), data)


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
    assert "Fewer than 10 sets of answers were kept" in content
    assert "1 set of answers was kept" not in content
    assert "Ortiz" not in content
    assert "Haddad" not in content


@pytest.mark.parametrize("count", [1, 30])
def test_study_detail_queries(cast, wave, more_teachers, sign_in, django_assert_num_queries, count):
    for person in more_teachers(count):
        decline_wave(wave, person, now=OPEN)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(8):
        page(client, "study_detail", wave.study_id)


# Progress counts a body once.


def test_progress_counts_a_person_of_two_programs_once_and_those_who_left_when_done(cast, wave, sign_in):
    second = factories.ProgramFactory(school=cast.school)
    wave.study.programs.add(second)
    factories.ParticipantFactory(program=second, person=cast.teacher, role=Participant.Role.TEACHER)
    decline_wave(wave, cast.other_teacher, now=OPEN)
    cast.program.participants.filter(person=cast.other_teacher).update(left_on=OPEN.date())

    content = page(sign_in(cast.admin), "study_detail", wave.study_id).content.decode()

    assert "Before: 1 of 2 teachers are done" in content


def test_study_create_with_a_mistyped_year_answers_422(cast, sign_in):
    days = {"before_opens_on": "2026-12-01", "before_closes_on": "2026-12-08", "after_opens_on": "2027-05-01"}

    response = page(
        sign_in(cast.coordinator),
        "study_create",
        method="post",
        title="Autumn",
        programs=[cast.program.pk],
        after_closes_on="9999-12-31",
        **days,
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"after_closes_on"}
    assert not Study.objects.exists()
