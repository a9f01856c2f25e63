"""The pages of what went wrong: the database is away, or a fault of ours. The trace is in the log."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views import defaults

GetResponse = Callable[[HttpRequest], HttpResponse]

# SQLSTATE of PostgreSQL: no connection, no room (disk, memory, connections), shutting down or just starting.
AWAY = ("08", "53", "57P")
AGAIN_IN_SECONDS = 30


def plain_error_pages(get_response: GetResponse) -> GetResponse:
    """Middleware, the first of all: with DEBUG on, put our own page in the place of Django's technical one."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.DEBUG and response.status_code == 404:
            return defaults.page_not_found(request, Http404())
        if settings.DEBUG and response.status_code == 500:
            return defaults.server_error(request)
        return response

    return respond


def server_error(request: HttpRequest) -> HttpResponse:
    """What Django shows for an error that nobody caught: 503 while the database is away, else 500."""
    if not database_is_away(sys.exception()):
        return defaults.server_error(request)
    response = HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(AGAIN_IN_SECONDS)})
    add_never_cache_headers(response)
    return response


def database_is_away(error: BaseException | None) -> bool:
    """Whether this means that the database does not answer, or has no room, and no fault of the program."""
    if isinstance(error, InterfaceError):  # the connection broke before
        return True
    if not isinstance(error, OperationalError):
        return False
    code: str | None = getattr(error.__cause__, "pgcode", None)
    return code is None or code.startswith(AWAY)  # without a code: nobody was there to give one
