"""How a browser wants to be answered."""

from django.http import HttpRequest


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asked, and takes no page."""
    return request.accepts("application/json") and not request.accepts("text/html")
