"""The demo answers a wrong address and a fault like a real school does, not with a trace: that one is in the log."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults

GetResponse = Callable[[HttpRequest], HttpResponse]


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
