import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import SchoolDay
from accounts.permissions import Role

THURSDAY_MORNING = "2026-12-03T15:00:00Z"  # 9:00 in Chicago


def links(page, part):
    """The words of the links in the <nav> or menu with this class."""
    inside = re.search(rf'(?s)class="{part}".*?</(?:nav|details)>', page)[0]
    return re.findall(r"(?s)<a [^>]*>(?:<svg.*?</svg>)?(.*?)</a>", inside)


@time_machine.travel(THURSDAY_MORNING, tick=False)
def test_home_greets_and_says_what_day_it_is(cast, sign_in):
    SchoolDay.objects.update_or_create(school=cast.school, date=cast.thursday, defaults={"day_type": cast.day_type})

    page = sign_in(cast.teacher).get(reverse("home")).content.decode()

    assert "<h1>Good morning, Ms Ortiz</h1>" in page
    assert f"Thursday 3 December, {cast.day_type.name}" in page


@time_machine.travel("2026-12-06T15:00:00Z", tick=False)
def test_home_on_a_day_without_school_says_the_date_alone(cast, sign_in):
    page = sign_in(cast.mentor).get(reverse("home")).content.decode()

    assert "<h1>Hi Maya</h1>" in page
    assert '<p class="page-lead">Sunday 6 December</p>' in page


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("coordinator", ["Today", "Calendar", "Pairs", "Help log", "Surveys", "People"]),
        ("teacher", ["Home", "Calendar", "Book", "Log", "Surveys"]),
        ("mentor", ["Home", "Calendar", "Log"]),
        ("admin", ["Home", "Surveys", "People", "School settings"]),
    ],
)
def test_navigation_shows_what_the_person_may_open(cast, sign_in, who, words):
    page = sign_in(getattr(cast, who)).get(reverse("home")).content.decode()

    assert links(page, "site-nav") == words


def test_navigation_of_two_hats_is_their_union(cast, sign_in):
    cast.teacher.roles = [Role.TEACHER, Role.COORDINATOR]
    cast.teacher.save()

    page = sign_in(cast.teacher).get(reverse("home")).content.decode()

    assert links(page, "site-nav") == ["Today", "Calendar", "Book", "Pairs", "Help log", "Surveys", "People"]


@pytest.mark.parametrize("who", ["coordinator", "teacher", "mentor", "admin"])
def test_call_for_help_and_reading_are_on_the_page(cast, sign_in, who):
    page = sign_in(getattr(cast, who)).get(reverse("reading_edit")).content.decode()

    assert f'href="{reverse("concern_raise")}"' in page
    assert links(page, "bottom-bar")[-1] == "Reading"


def test_place_where_one_is_is_marked(cast, sign_in):
    page = sign_in(cast.teacher).get(reverse("home")).content.decode()

    assert re.findall(r'aria-current="page">(?:<svg.*?</svg>)?(\w+)', page) == ["Home", "Home"]


def test_frame_is_small(cast, sign_in):
    page = sign_in(cast.coordinator).get(reverse("reading_edit")).content

    assert len(page) < 15_000
