"""Planning a playground for every week: the dates are looked at first, and left out by hand."""

import re
import uuid

import pytest
from django.urls import reverse

from sessions_app.models import PlaygroundSession, Series
from tests import factories

pytestmark = pytest.mark.usefixtures("in_november")
URL = "playground_series_create"
THURSDAYS = ["2026-12-03", "2026-12-10", "2026-12-17"]


@pytest.fixture
def plan(cast):
    """What the form sends: every Thursday until 17 December."""
    return {
        "request_key": str(uuid.uuid4()),
        "program": cast.program.pk,
        "title": "Dictation drop-in",
        "tools": [cast.tool.pk],
        "weekdays": ["3"],
        "day": "2026-12-01",
        "until": "2026-12-17",
        "period": cast.periods[3].pk,
        "starts": "",
        "ends": "",
        "room": cast.room.pk,
        "places": "12",
        "minimum": "1",
        "adult_in_charge": cast.other_teacher.pk,
        "mentors": [cast.mentor.pk],
    }


def left_out_in(page):
    """The dates whose box is ticked."""
    return re.findall(r'name="left_out"[^>]*value="([^"]*)" checked', page)


def test_anonymous_is_sent_to_sign_in(client, cast, plan):
    answer = client.post(reverse(URL), plan | {"save": "1"})

    assert answer.url.startswith(reverse("account_login"))
    assert not Series.objects.exists()


@pytest.mark.parametrize("who", ["teacher", "mentor", "admin"])
def test_wrong_role_is_forbidden(cast, sign_in, plan, who):
    assert sign_in(getattr(cast, who)).post(reverse(URL), plan | {"save": "1"}).status_code == 403
    assert not Series.objects.exists()


def test_dates_are_looked_at_and_nothing_is_saved(cast, sign_in, plan):
    page = sign_in(cast.coordinator).post(reverse(URL), plan).content.decode()

    assert "<h2>3 dates</h2>" in page
    assert [day for day in THURSDAYS if f'value="{day}"' in page] == THURSDAYS
    assert "Thursday 10 December, 10:40" in page
    assert left_out_in(page) == []
    assert not Series.objects.exists()


def test_clashes_are_shown_with_their_dates_and_left_out_in_one_tap(cast, sign_in, plan, book):
    book()
    client = sign_in(cast.coordinator)

    shown = client.post(reverse(URL), plan).content.decode()
    left = client.post(reverse(URL), plan | {"leave_out_clashes": "1"}).content.decode()

    assert "1 date is not possible." in shown
    assert "Taken at that time: Maya R., 112" in shown
    assert left_out_in(left) == ["2026-12-03"]
    assert "<h2>2 dates</h2>" in left
    assert "not possible. Leave" not in left
    assert not Series.objects.exists()


def test_saving_writes_all_but_those_left_out(cast, sign_in, plan):
    page = (
        sign_in(cast.coordinator)
        .post(reverse(URL), plan | {"save": "1", "left_out": ["2026-12-10"]}, follow=True)
        .content.decode()
    )

    assert "2 dates stand in the calendar." in page
    assert "1 more date follows" in page
    assert PlaygroundSession.objects.count() == 2


def test_saving_with_a_clash_writes_nothing_and_shows_the_dates_again(cast, sign_in, plan, book):
    book()

    answer = sign_in(cast.coordinator).post(reverse(URL), plan | {"save": "1"})

    assert answer.status_code == 409
    assert "Some dates are not possible." in answer.content.decode()
    assert 'value="Dictation drop-in"' in answer.content.decode()
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"until": "2026-11-30"}, "The last day lies before the first."),
        ({"weekdays": []}, "This field is required."),
        ({"weekdays": ["7"]}, "Select a valid choice."),
        ({"until": "2026-12-02"}, "None of these days lies between"),
        ({"until": "2099-12-31"}, "That is more than 150 dates."),
        ({"until": "9999-12-31"}, "Choose a day in the years 2000 to 2099."),
        ({"until": "2027-12-01", "weekdays": list("0123456")}, "That is more than 150 dates."),
        ({"left_out": ["soon"]}, "Select a valid choice."),
        ({"request_key": "1"}, "Enter a valid UUID."),
        ({"save": "1", "left_out": THURSDAYS}, "No date is left."),
    ],
)
def test_wrong_value_answers_422_and_writes_nothing(cast, sign_in, plan, wrong, reason):
    answer = sign_in(cast.coordinator).post(reverse(URL), plan | wrong)

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert not Series.objects.exists()


def test_following_dates_are_changed_from_the_page_of_one(cast, sign_in, plan):
    client = sign_in(cast.coordinator)
    client.post(reverse(URL), plan | {"save": "1"})
    second = PlaygroundSession.objects.order_by("starts_at")[1]
    url = reverse("playground_change", args=[second.pk])

    page = client.get(url).content.decode()
    client.post(url, plan | {"day": "2026-12-10", "title": "For all", "scope": "following"})

    assert "This date and all after it" in page
    titles = PlaygroundSession.objects.order_by("starts_at").values_list("title", flat=True)
    assert list(titles) == ["Dictation drop-in", "For all", "For all"]


def test_following_change_that_clashes_says_on_which_dates(cast, sign_in, plan, book):
    client = sign_in(cast.coordinator)
    client.post(reverse(URL), plan | {"save": "1"})
    book(day=cast.thursday, period=cast.periods[1], room=cast.other_room)
    first = PlaygroundSession.objects.order_by("starts_at")[0]

    answer = client.post(
        reverse("playground_change", args=[first.pk]),
        plan | {"day": "2026-12-03", "period": cast.periods[1].pk, "scope": "following"},
    )

    assert answer.status_code == 409
    assert "Thursday 3 December" in answer.content.decode()
    assert "Taken at that time: Maya R." in answer.content.decode()


def test_one_date_or_all_that_follow_are_cancelled(cast, sign_in, plan):
    client = sign_in(cast.coordinator)
    client.post(reverse(URL), plan | {"save": "1"})
    first, second, third = PlaygroundSession.objects.order_by("starts_at")

    page = client.get(reverse("playground_detail", args=[first.pk])).content.decode()
    client.post(reverse("playground_cancel", args=[first.pk]))
    standing = set(PlaygroundSession.objects.standing())
    client.post(reverse("playground_cancel", args=[second.pk]), {"scope": "following"})

    assert "Cancel this and the 2 dates after it" in page
    assert standing == {second, third}
    assert not PlaygroundSession.objects.standing().exists()


@pytest.mark.parametrize("count", [1, 30])
def test_page_costs_the_same_for_1_and_30_dates(cast, sign_in, plan, count, django_assert_num_queries):
    factories.ToolFactory(school=cast.school)
    client = sign_in(cast.coordinator)
    until = {1: "2026-12-03", 30: "2027-06-30"}[count]

    with django_assert_num_queries(22):
        page = client.post(reverse(URL), plan | {"until": until}).content.decode()

    assert page.count('name="left_out"') == count
