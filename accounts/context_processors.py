"""What every page is told about the reader."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.forms.reading import cleaned

READING_COOKIE = "flipside_reading" if settings.DEBUG else "__Host-reading"
READING_SALT = "accounts.reading"


def reading(request: HttpRequest) -> dict[str, Any]:
    """The reading choices as `reading.attributes`: pairs of name and value for the `data-` attributes of the page."""
    return {"reading": SimpleLazyObject(lambda: {"attributes": list(reading_of(request).items())})}


def reading_of(request: HttpRequest) -> dict[str, str]:
    """The reader's choices that differ from the defaults: the person's own, else those of the signed cookie."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return cleaned(user.reading)
    try:
        return cleaned(signing.loads(request.COOKIES.get(READING_COOKIE, ""), salt=READING_SALT))
    except signing.BadSignature:
        return {}
