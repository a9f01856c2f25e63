"""Scheduling a playground, its page for each role, joining and leaving."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import Message
from sessions_app.models import Hold, PlaygroundSession, SignUp
from sessions_app.services import sign_up
from tests import factories
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def playground(schedule):
    return schedule()


@pytest.fixture
def plan(cast):
    """What the form of the coordinator sends."""
    return {
        "program": cast.program.pk,
        "title": "Dictation drop-in",
        "tools": [cast.tool.pk],
        "room": cast.library.pk,
        "places": "12",
        "minimum": "1",
        "adult_in_charge": cast.other_teacher.pk,
        "mentors": [cast.mentor.pk, cast.other_mentor.pk],
        "day": "2026-12-03",
        "period": cast.periods[3].pk,
        "request_key": str(uuid.uuid4()),
    }


def url(page, playground):
    return reverse(page, args=[playground.pk])


@pytest.mark.parametrize("page", ["playground_cancel", "playground_sign_up", "playground_leave", "playground_detail"])
def test_playground_anonymous_is_sent_to_sign_in(client, playground, page):
    answer = client.get(url(page, playground)) if page == "playground_detail" else client.post(url(page, playground))

    assert answer.url.startswith(reverse("account_login"))
    assert PlaygroundSession.objects.get().is_standing


def test_create_anonymous_is_sent_to_sign_in(client, cast, plan):
    answer = client.post(reverse("playground_create"), plan)

    assert answer.url.startswith(reverse("account_login"))
    assert not PlaygroundSession.objects.exists()


@pytest.mark.parametrize("who", ["teacher", "mentor", "admin"])
def test_create_wrong_role_is_forbidden(cast, sign_in, plan, who):
    answer = sign_in(getattr(cast, who)).post(reverse("playground_create"), plan)

    assert answer.status_code == 403
    assert not PlaygroundSession.objects.exists()


@pytest.mark.parametrize(
    ("page", "who"),
    [
        ("playground_cancel", "teacher"),
        ("playground_cancel", "mentor"),
        ("playground_sign_up", "mentor"),
        ("playground_sign_up", "coordinator"),
        ("playground_leave", "coordinator"),
    ],
)
def test_act_wrong_role_is_forbidden(cast, sign_in, playground, page, who):
    assert sign_in(getattr(cast, who)).post(url(page, playground)).status_code == 403
    assert PlaygroundSession.objects.get().is_standing
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    ("page", "who"),
    [
        ("playground_detail", "stranger"),
        ("playground_detail", "stranger_coordinator"),
        ("playground_detail", "other_mentor"),
        ("playground_cancel", "stranger_coordinator"),
        ("playground_sign_up", "stranger"),
        ("playground_leave", "stranger"),
    ],
)
def test_playground_of_others_is_not_found(cast, sign_in, playground, page, who):
    client = sign_in(getattr(cast, who))

    answer = client.get(url(page, playground)) if page == "playground_detail" else client.post(url(page, playground))

    assert answer.status_code == 404
    assert PlaygroundSession.objects.get().is_standing
    assert not SignUp.objects.exists()


def test_create_shows_mentors_with_consent_and_adults_of_this_school_only(cast, sign_in):
    silent = factories.StudentFactory(school=cast.school, given_name="Nora", family_name="Silent")
    factories.ParticipantFactory(program=cast.program, person=silent)

    page = sign_in(cast.coordinator).get(reverse("playground_create")).content.decode()

    assert "Maya Rahman" in page
    assert "Nora Silent" not in page
    assert "Mr Haddad" in page
    assert cast.stranger.family_name not in page


def test_create_schedules_and_holds_everybody(cast, sign_in, plan):
    answer = sign_in(cast.coordinator).post(reverse("playground_create"), plan)

    playground = PlaygroundSession.objects.get()
    assert answer.url == url("playground_detail", playground)
    assert (playground.starts_at, playground.places) == (cast.span()[0], 12)
    assert set(playground.duties.values_list("person", flat=True)) == {cast.mentor.pk, cast.other_mentor.pk}
    assert Hold.objects.filter(playground=playground).count() == 3


def test_create_sent_twice_plans_once_and_answers_the_same(cast, sign_in, plan):
    client = sign_in(cast.coordinator)
    page = client.get(reverse("playground_create")).context["form"]
    plan |= {"request_key": page["request_key"].value()}

    first = client.post(reverse("playground_create"), plan)
    told = Message.objects.count()
    again = client.post(reverse("playground_create"), plan)

    playground = PlaygroundSession.objects.get()
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.url == again.url == url("playground_detail", playground)
    assert (Message.objects.count(), told > 0) == (told, True)
    assert Hold.objects.count() == 3


def test_create_tells_who_is_taken_and_keeps_what_was_typed(cast, sign_in, plan, book):
    book()

    answer = sign_in(cast.coordinator).post(reverse("playground_create"), plan)

    assert answer.status_code == 409
    assert "Maya R." in answer.content.decode()
    assert 'value="Dictation drop-in"' in answer.content.decode()
    assert not PlaygroundSession.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("title", "", "This field is required."),
        ("places", "0", "greater than or equal to 1"),
        ("day", "2026-11-20", "This day is over."),
        ("day", "2026-12-05", "There is no 4. period on that day."),
        ("period", "0", "Select a valid choice."),
        ("request_key", "1", "Enter a valid UUID."),
        ("request_key", "", "This field is required."),
    ],
)
def test_create_with_a_wrong_value_answers_422_and_writes_nothing(cast, sign_in, plan, field, value, reason):
    answer = sign_in(cast.coordinator).post(reverse("playground_create"), plan | {field: value})

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert not PlaygroundSession.objects.exists()


def test_create_with_rows_of_another_school_answers_422(cast, sign_in, plan):
    school = cast.stranger.school
    foreign = {
        "program": factories.ProgramFactory(school=school).pk,
        "tools": [factories.ToolFactory(school=school).pk],
        "room": factories.RoomFactory(school=school).pk,
        "period": factories.PeriodFactory(school=school).pk,
        "adult_in_charge": cast.stranger.pk,
        "mentors": [factories.ParticipantFactory(person=factories.StudentFactory(school=school)).person_id],
    }
    client = sign_in(cast.coordinator)

    for field, value in foreign.items():
        assert client.post(reverse("playground_create"), plan | {field: value}).status_code == 422
    assert not PlaygroundSession.objects.exists()


def test_detail_shows_the_coordinator_who_is_coming(cast, sign_in, playground):
    sign_up(playground, by=cast.teacher, now=NOW)

    page = sign_in(cast.coordinator).get(url("playground_detail", playground)).content.decode()

    assert "Ana Ortiz" in page
    assert "1 teacher is coming" in page
    assert url("playground_cancel", playground) in page


@pytest.mark.parametrize("who", ["teacher", "mentor"])
def test_detail_never_shows_others_who_is_coming(cast, sign_in, playground, who):
    sign_up(playground, by=cast.other_teacher, now=NOW)

    page = sign_in(getattr(cast, who)).get(url("playground_detail", playground)).content.decode()

    assert "Haddad" not in page
    assert "Captions and translation" in page
    assert "9:50 to 10:35" in page


def test_detail_shows_the_teacher_places_and_join(cast, sign_in, playground):
    page = sign_in(cast.teacher).get(url("playground_detail", playground)).content.decode()

    assert "2 of 2 places left" in page
    assert url("playground_sign_up", playground) in page


def test_join_takes_a_place_once_and_leave_gives_it_back(cast, sign_in, playground):
    client = sign_in(cast.teacher)

    client.post(url("playground_sign_up", playground))
    page = client.post(url("playground_sign_up", playground), follow=True).content.decode()
    joined = SignUp.objects.count()
    client.post(url("playground_leave", playground))

    assert joined == 1
    assert "1 of 2 places left" in page
    assert not SignUp.objects.exists()


def test_join_with_a_booking_at_that_time_only_warns(cast, sign_in, playground, book):
    book(period=cast.periods[2], mentor=cast.other_mentor)

    page = sign_in(cast.teacher).post(url("playground_sign_up", playground), follow=True).content.decode()

    assert SignUp.objects.filter(teacher=cast.teacher).exists()
    assert "You have a booking at the same time." in page


def test_join_a_full_playground_is_refused_with_the_reason(cast, sign_in, playground):
    for _ in range(2):
        sign_up(playground, by=factories.TeacherFactory(school=cast.school), now=NOW)

    page = sign_in(cast.teacher).post(url("playground_sign_up", playground), follow=True).content.decode()

    assert "All places are taken." in page
    assert not SignUp.objects.filter(teacher=cast.teacher).exists()


def test_cancel_frees_the_time_and_can_be_done_once(cast, sign_in, playground):
    client = sign_in(cast.coordinator)

    first = client.post(url("playground_cancel", playground), follow=True).content.decode()
    again = client.post(url("playground_cancel", playground), follow=True).content.decode()

    assert "This playground was cancelled." in first
    assert "This playground was cancelled." in again
    assert not Hold.objects.exists()
    assert PlaygroundSession.objects.get().revision == 1


@pytest.mark.parametrize("count", [1, 30])
def test_detail_costs_the_same_for_1_and_30_sign_ups(cast, sign_in, playground, count, django_assert_num_queries):
    for _ in range(count):
        SignUp.objects.create(
            playground=playground, teacher=factories.TeacherFactory(school=cast.school), signed_up_at=NOW
        )
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(8):
        page = client.get(url("playground_detail", playground)).content.decode()

    assert page.count("sheet-row") == 1 + count  # and the one station


@pytest.mark.parametrize("count", [1, 30])
def test_create_costs_the_same_for_1_and_30_rows_to_choose_from(cast, sign_in, count, django_assert_num_queries):
    for _ in range(count):
        factories.ProgramFactory(school=cast.school)
        factories.ToolFactory(school=cast.school)
        factories.RoomFactory(school=cast.school)
        factories.TeacherFactory(school=cast.school)
        person = factories.StudentFactory(school=cast.school)
        factories.ParticipantFactory(program=cast.program, person=person)
        factories.let_take_part(person, recorded_by=cast.coordinator)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(10):
        page = client.get(reverse("playground_create")).content.decode()

    assert page.count('name="mentors"') == 2 + count
