import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.context_processors import READING_COOKIE
from accounts.forms.reading import cleaned

CHOSEN = {"font": "lexend", "size": "3", "spacing": "2", "tint": "cool", "motion": "calm", "language": "en"}


def html_tag(response):
    return re.search(r"<html[^>]*>", response.content.decode())[0]


def test_visitor_reads_as_chosen_on_the_next_page(db):
    client = Client()

    response = client.post(reverse("reading_edit"), {**CHOSEN, "next": "/accounts/login/"})

    assert response.url == "/accounts/login/"
    tag = html_tag(client.get("/accounts/login/"))
    assert tag == (
        '<html lang="en" dir="ltr" data-font="lexend" data-size="3" data-spacing="2" data-tint="cool"'
        ' data-motion="calm">'
    )


def test_visitor_needs_no_session_for_reading(db):
    client = Client()

    client.post(reverse("reading_edit"), CHOSEN)

    assert set(client.cookies) == {READING_COOKIE, settings.LANGUAGE_COOKIE_NAME}


def test_forged_cookie_is_as_good_as_none(db):
    client = Client()
    client.cookies[READING_COOKIE] = '{"font": "lexend"}:forged'

    tag = html_tag(client.get("/accounts/login/"))

    assert tag == '<html lang="en" dir="ltr">'


def test_visitor_chooses_a_language_that_is_read_from_right_to_left(db):
    client = Client()

    client.post(reverse("reading_edit"), {**CHOSEN, "language": "ar"})

    response = client.get("/accounts/login/")
    assert html_tag(response).startswith('<html lang="ar" dir="rtl"')
    assert "bootstrap.rtl.min.css" in response.content.decode()


def test_choices_stay_with_the_person_on_another_device(cast, sign_in):
    sign_in(cast.mentor).post(reverse("reading_edit"), {**CHOSEN, "language": "es"})

    response = sign_in(cast.mentor).get(reverse("reading_edit"))

    assert html_tag(response).startswith('<html lang="es" dir="ltr" data-font="lexend"')
    cast.mentor.refresh_from_db()
    assert cast.mentor.language == "es"
    assert READING_COOKIE not in response.client.cookies


def test_form_shows_what_is_chosen_now(cast, sign_in):
    cast.mentor.reading = {"font": "opendyslexic"}
    cast.mentor.save()

    page = sign_in(cast.mentor).get(reverse("reading_edit")).content.decode()

    assert len(re.findall(r'value="opendyslexic"[^>]*checked', page)) == 1
    assert len(re.findall(r"checked", page)) == 6


@pytest.mark.parametrize("field", ["font", "size", "spacing", "tint", "motion", "language"])
def test_unknown_choice_is_refused_and_changes_nothing(cast, sign_in, field):
    cast.mentor.reading = {"size": "2"}
    cast.mentor.save()

    response = sign_in(cast.mentor).post(reverse("reading_edit"), {**CHOSEN, field: "shouting"})

    assert response.status_code == 422
    cast.mentor.refresh_from_db()
    assert (cast.mentor.reading, cast.mentor.language) == ({"size": "2"}, "en")


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/\\e.example"]
)
def test_next_is_only_a_path_of_this_site(cast, sign_in, elsewhere):
    client = sign_in(cast.mentor)

    response = client.post(reverse("reading_edit"), {**CHOSEN, "next": elsewhere})
    page = client.get(reverse("reading_edit"), {"next": elsewhere})

    assert response.url == "/"
    assert page.context["next"] == "/"


@pytest.mark.parametrize(
    ("asked", "followed"), [("/\t//e.example", "/%09//e.example"), ("/a\r\nX: y", "/a%0D%0AX:%20y")]
)
def test_next_keeps_no_sign_that_a_browser_drops(cast, sign_in, asked, followed):
    client = sign_in(cast.mentor)

    page = client.get(reverse("reading_edit"), {"next": asked})
    kept = client.post(
        reverse("reading_edit"), {**CHOSEN, "language": "es", "next": asked}, headers={"HX-Request": "true"}
    )

    assert page.context["next"] == followed
    assert kept["HX-Redirect"] == followed


def test_panel_gets_the_form_alone_and_stays_on_the_page(cast, sign_in):
    client = sign_in(cast.mentor)
    headers = {"HX-Request": "true"}

    opened = client.get(reverse("reading_edit"), headers=headers)
    kept = client.post(reverse("reading_edit"), CHOSEN, headers=headers)

    assert "<html" not in opened.content.decode()
    assert 'name="font"' in opened.content.decode()
    assert (kept.status_code, kept.content.decode().strip()) == (200, "Kept for you.")
    assert "HX-Redirect" not in kept


def test_panel_loads_the_page_anew_when_the_language_changes(cast, sign_in):
    client = sign_in(cast.mentor)

    kept = client.post(
        reverse("reading_edit"), {**CHOSEN, "language": "es", "next": "/log/"}, headers={"HX-Request": "true"}
    )

    assert kept["HX-Redirect"] == "/log/"


def test_frame_of_a_page_costs_no_statement_beyond_session_and_person(cast, sign_in, django_assert_num_queries):
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(2):
        page = client.get(reverse("reading_edit")).content.decode()

    assert cast.school.name in page


def test_account_that_rests_is_signed_out(cast, sign_in):
    client = sign_in(cast.mentor)
    cast.mentor.is_active = False
    cast.mentor.save()

    assert client.get("/").status_code == 302


def test_school_time_and_language_end_with_the_request(cast, sign_in):
    cast.mentor.language = "ar"
    cast.mentor.save()
    assert 'lang="ar"' in html_tag(sign_in(cast.mentor).get(reverse("reading_edit")))

    visitor = Client().get(reverse("reading_edit"))

    assert html_tag(visitor) == '<html lang="en" dir="ltr">'


@pytest.mark.parametrize(
    "stored", [None, [], "lexend", {"font": "atkinson"}, {"font": ["lexend"]}, {"size": 9}, {"x": "1"}]
)
def test_whatever_else_is_stored_is_dropped(stored):
    assert cleaned(stored) == {}
