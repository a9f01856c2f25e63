import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views import defaults
from django.views.csrf import csrf_failure

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
