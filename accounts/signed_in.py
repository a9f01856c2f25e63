"""What a view is given once the gates have let somebody through."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User

HAT = "hat"  # its place in the session


class SignedInRequest(HttpRequest):
    """A request of a person who is signed in: for types only, Django hands over its own."""

    user: User
    htmx: HtmxDetails


def chosen_hat(request: HttpRequest) -> str:
    """The one hat that somebody with several chose to see the pages of; empty for all of them.

    It chooses home page and navigation. What a person may do is the union of all hats, whatever is chosen.
    """
    roles = getattr(request.user, "roles", [])
    hat: str = request.session.get(HAT, "")
    return hat if hat in roles and len(roles) > 1 else ""
