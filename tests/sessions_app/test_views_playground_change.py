"""The pages on which a playground is changed, mentors get their stations, and one says that she can't come."""

import pytest
from django.urls import reverse

from sessions_app.models import Hold, PlaygroundSession
from sessions_app.services import sign_up
from tests import factories
from tests.cast import NOW
from tests.sessions_app.conftest import friday

pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture
def playground(schedule):
    return schedule(places=4)


@pytest.fixture
def plan(cast):
    """What the form sends when only the title is new."""
    return {
        "title": "Captions for all",
        "tools": [cast.tool.pk],
        "room": cast.library.pk,
        "places": "4",
        "minimum": "2",
        "adult_in_charge": cast.admin.pk,
        "mentors": [cast.mentor.pk],
        "day": "2026-12-03",
        "period": cast.periods[2].pk,
        "starts": "",
        "ends": "",
    }


def url(page, playground):
    return reverse(page, args=[playground.pk])


PAGES = ["playground_change", "playground_stations", "playground_duty_leave"]


@pytest.mark.parametrize("page", PAGES)
def test_anonymous_is_sent_to_sign_in(client, playground, page, plan):
    answer = client.post(url(page, playground), plan)

    assert answer.url.startswith(reverse("account_login"))
    assert playground.duties.exists()
    assert PlaygroundSession.objects.get().title == "Captions and translation"


@pytest.mark.parametrize(
    ("page", "who", "status"),
    [
        ("playground_change", "teacher", 403),
        ("playground_change", "mentor", 403),
        ("playground_change", "stranger_coordinator", 404),
        ("playground_stations", "teacher", 403),
        ("playground_stations", "mentor", 403),
        ("playground_stations", "stranger_coordinator", 404),
        ("playground_duty_leave", "teacher", 403),
        ("playground_duty_leave", "other_mentor", 404),
    ],
)
def test_others_are_kept_out(cast, sign_in, playground, page, plan, who, status):
    answer = sign_in(getattr(cast, who)).post(url(page, playground), plan)

    assert answer.status_code == status
    assert playground.duties.get().station is not None
    assert PlaygroundSession.objects.get().revision == 0


def test_change_shows_what_stands(cast, sign_in, playground):
    page = sign_in(cast.coordinator).get(url("playground_change", playground)).content.decode()

    assert 'value="Captions and translation"' in page
    assert 'value="2026-12-03"' in page
    assert page.count(" checked") == 2  # the tool and the mentor
    assert 'name="program"' not in page


def test_change_saves_and_says_so(cast, sign_in, playground, plan):
    page = sign_in(cast.coordinator).post(url("playground_change", playground), plan, follow=True).content.decode()

    assert "Captions for all" in page
    assert "2 more are needed" in page
    assert PlaygroundSession.objects.get().revision == 1


def test_change_by_clock_times_is_shown_again_as_it_stands(cast, sign_in, playground, plan):
    client = sign_in(cast.coordinator)

    client.post(url("playground_change", playground), plan | {"period": "", "starts": "15:30", "ends": "16:10"})
    page = client.get(url("playground_change", playground)).content.decode()

    assert 'value="15:30"' in page
    assert 'value="16:10"' in page


def test_change_tells_who_is_taken_and_keeps_what_was_typed(cast, sign_in, playground, plan, book):
    book()

    answer = sign_in(cast.coordinator).post(url("playground_change", playground), plan | {"period": cast.periods[3].pk})

    assert answer.status_code == 409
    assert "Maya R." in answer.content.decode()
    assert 'value="Captions for all"' in answer.content.decode()
    assert PlaygroundSession.objects.get().revision == 0


def test_change_from_a_page_that_is_stale_says_what_it_is_now_and_changes_nothing(cast, sign_in, playground, plan):
    client, page = sign_in(cast.coordinator), url("playground_change", playground)
    assert 'name="revision" value="0"' in client.get(page).content.decode()
    moved = plan | {"title": "Captions and translation", "day": "2026-12-04", "room": cast.other_room.pk}
    client.post(page, moved | {"revision": "0"})

    stale = client.post(page, plan | {"revision": "0"})
    kept = PlaygroundSession.objects.get()
    again = client.post(page, plan | {"revision": "1"})

    said = stale.content.decode()
    assert stale.status_code == 409
    assert "Somebody changed this playground meanwhile." in said
    assert "Friday" in said
    assert "room 114" in said.lower()
    assert 'value="Captions for all"' in said
    assert 'name="revision" value="1"' in said
    assert (kept.revision, kept.starts_at) == (1, cast.span(3, friday(cast))[0])
    assert again.status_code == 302
    assert PlaygroundSession.objects.get().title == "Captions for all"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"period": ""}, "Choose a period, or say from when until when."),
        ({"starts": "15:30", "ends": "16:10"}, "Choose a period or times, not both."),
        ({"period": "", "starts": "15:30", "ends": "15:30"}, "It must end after it begins."),
        ({"period": "", "starts": "noon", "ends": "15:30"}, "Enter a valid time."),
        ({"minimum": "5"}, "More teachers are needed than there are places."),
        ({"day": "2026-12-05"}, "There is no 3. period on that day."),
    ],
)
def test_change_with_a_wrong_value_answers_422_and_changes_nothing(cast, sign_in, playground, plan, wrong, reason):
    answer = sign_in(cast.coordinator).post(url("playground_change", playground), plan | wrong)

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert PlaygroundSession.objects.get().revision == 0


def test_stations_ask_for_each_mentor_and_keep_the_answer(cast, sign_in, playground):
    client, duty = sign_in(cast.coordinator), playground.duties.get()

    page = client.get(url("playground_stations", playground)).content.decode()
    answer = client.post(url("playground_stations", playground), {f"duty_{duty.pk}": ""})

    duty.refresh_from_db()
    assert "Maya Rahman" in page
    assert answer.url == url("playground_detail", playground)
    assert duty.station is None


def test_station_of_another_playground_answers_422(cast, sign_in, playground):
    duty = playground.duties.get()

    answer = sign_in(cast.coordinator).post(
        url("playground_stations", playground), {f"duty_{duty.pk}": str(duty.station_id + 1)}
    )

    assert answer.status_code == 422
    assert playground.duties.get().station == duty.station


def test_stations_of_a_cancelled_playground_stay(cast, sign_in, playground):
    playground.state = PlaygroundSession.State.CANCELLED
    playground.save()
    duty = playground.duties.get()

    answer = sign_in(cast.coordinator).post(url("playground_stations", playground), {f"duty_{duty.pk}": ""})

    assert answer.status_code == 422
    assert "This playground was cancelled." in answer.content.decode()


def test_mentor_who_can_not_come_leaves_an_empty_station_that_the_coordinator_sees(cast, sign_in, playground):
    factories.ToolFactory(school=cast.school)
    other = factories.StudentFactory(school=cast.school)
    playground.duties.create(person=other)

    answer = sign_in(cast.mentor).post(url("playground_duty_leave", playground))
    office = sign_in(cast.coordinator)
    page = office.get(url("playground_detail", playground)).content.decode()
    home = office.get(reverse("home")).content.decode()

    assert answer.url == reverse("home")
    assert not Hold.objects.filter(person=cast.mentor).exists()
    assert "nobody yet" in page
    assert f"nobody stands at {cast.tool.name}" in home


def test_duty_that_is_left_twice_answers_the_same(cast, sign_in, playground):
    client, others = sign_in(cast.mentor), sign_in(cast.other_mentor)

    first, second = (client.post(url("playground_duty_leave", playground), follow=True) for _ in range(2))

    for answer in (first, second):
        assert answer.redirect_chain == [(reverse("home"), 302)]
        assert "That is fine." in answer.content.decode()
    assert others.post(url("playground_duty_leave", playground)).status_code == 404


def test_cancelled_duty_can_not_be_left(cast, sign_in, playground):
    playground.state = PlaygroundSession.State.CANCELLED
    playground.save()

    page = sign_in(cast.mentor).post(url("playground_duty_leave", playground), follow=True).content.decode()

    assert "This playground was cancelled." in page
    assert playground.duties.exists()


def test_coordinator_sees_soon_that_too_few_come(cast, sign_in, playground):
    PlaygroundSession.objects.update(minimum=2, starts_at=NOW.replace(day=24), ends_at=NOW.replace(day=24, hour=16))
    client = sign_in(cast.coordinator)

    short = client.get(reverse("home")).content.decode()
    for _ in range(2):
        sign_up(playground, by=factories.TeacherFactory(school=cast.school), now=NOW)
    enough = client.get(reverse("home")).content.decode()

    assert "it takes 2 teachers to run" in short
    assert "teachers to run" not in enough


@pytest.mark.parametrize("count", [1, 30])
def test_pages_cost_the_same_for_1_and_30_mentors(cast, sign_in, playground, count, django_assert_num_queries):
    for _ in range(count):
        person = factories.StudentFactory(school=cast.school)
        factories.ParticipantFactory(program=cast.program, person=person)
        factories.let_take_part(person, recorded_by=cast.coordinator)
        tool = factories.ToolFactory(school=cast.school)
        playground.duties.create(person=person, station=playground.stations.create(tool=tool, position=1))
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(11):
        client.get(url("playground_change", playground))
    with django_assert_num_queries(5):
        page = client.get(url("playground_stations", playground)).content.decode()

    assert page.count("<select") == 1 + count
