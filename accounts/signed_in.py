"""What a view is given once the gates have let somebody through."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request of a person who is signed in: for types only, Django hands over its own."""

    user: User
    htmx: HtmxDetails
