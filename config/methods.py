"""The program is pages and forms: a browser needs three methods, and no other one reaches a view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

METHODS = ["GET", "HEAD", "POST"]


def only_known_methods(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: PUT, PATCH, DELETE, OPTIONS and invented ones get 405, also where a package would take them."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return get_response(request)

    return respond
