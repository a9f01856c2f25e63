"""Pages that a secret leads to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase

View = Callable[..., HttpResponseBase]


def unseen(view: View) -> View:
    """What this view answers is neither kept by a browser nor told to the next site.

    The address with the secret only redirects, and no page at all learns of it. A page with a form must say
    "same-origin": under "no-referrer" a browser sends `Origin: null`, and the check against forged requests says no.
    """

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response["Referrer-Policy"] = "no-referrer" if response.has_header("Location") else "same-origin"
        response["Cache-Control"] = "no-store"
        return response

    return answered
