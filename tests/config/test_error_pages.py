import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults
from django.views.csrf import csrf_failure

from config import error_pages

ERRORS = {
    400: lambda request: defaults.bad_request(request, SuspiciousOperation("hidden words")),
    403: lambda request: defaults.permission_denied(request, PermissionDenied("hidden words")),
    404: lambda request: defaults.page_not_found(request, Http404("hidden words")),
    500: lambda request: defaults.server_error(request),
}


@pytest.fixture
def request_without_database():
    request = RequestFactory().get("/somewhere/")
    request.user = AnonymousUser()
    request.resolver_match = None
    return request


@pytest.mark.parametrize("status", ERRORS)
def test_error_page_is_ours_and_reads_no_row(status, request_without_database):
    response = ERRORS[status](request_without_database)

    page = response.content.decode()
    assert response.status_code == status
    assert 'class="brand"' in page
    assert 'href="/"' in page
    assert "hidden words" not in page


def test_page_of_a_stale_form_is_ours(request_without_database):
    response = csrf_failure(request_without_database, reason="hidden words")

    page = response.content.decode()
    assert response.status_code == 403
    assert "This page was open for too long" in page
    assert "hidden words" not in page


def test_too_often_has_a_page():
    assert "That was too often" in render_to_string("429.html")


def test_missing_page_is_the_same_for_everybody(cast, sign_in):
    known, unknown = sign_in(cast.teacher).get("/nothing/"), Client().get("/nothing/")

    assert (known.status_code, unknown.status_code) == (404, 404)
    assert "There is no such page" in known.content.decode()
    assert cast.teacher.full_name not in known.content.decode()


def test_demo_shows_no_technical_page(cast, sign_in, settings):
    settings.DEBUG = True

    response = sign_in(cast.teacher).get("/nothing/")

    page = response.content.decode()
    assert response.status_code == 404
    assert "There is no such page" in page
    assert "URLconf" not in page


def test_page_says_that_the_database_is_away_and_when_to_come_again(cast, sign_in):
    teacher = sign_in(cast.teacher)
    teacher.raise_request_exception = False

    def nobody_there(*_asked):
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(nobody_there):
        response = teacher.post(reverse("booking_create"), {"day": "2026-11-30"})

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "no-store" in response["Cache-Control"]
    assert "We will be back soon" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_database_that_answers_with_an_error_is_not_away():
    def asks_too_long(_execute, _sql, _params, _many, _context):
        with connection.connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 1; SELECT pg_sleep(1)")

    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(lambda *asked: connection.wrap_database_errors(asks_too_long)(*asked)):
        client.cookies["sessionid"] = "x" * 32
        response = client.get(reverse("home"))
    connection.close()

    assert response.status_code == 500
    assert "Something went wrong here" in response.content.decode()


def test_lost_connection_is_away_and_a_fault_of_ours_is_not():
    assert error_pages.database_is_away(InterfaceError("connection already closed"))
    assert not error_pages.database_is_away(ProgrammingError("no such column"))
    assert not error_pages.database_is_away(KeyError("pk"))
