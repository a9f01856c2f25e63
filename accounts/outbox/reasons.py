"""Why a message is where it is: stored in English, perhaps with ": " and what the mail server said."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

TOO_LATE = gettext_noop("Too late, it had already begun")
NO_ADDRESS = gettext_noop("There is no e-mail address")
HAS_LEFT = gettext_noop("This person has left")
NO_TEXT = gettext_noop("Its text could not be made")
REFUSED = gettext_noop("The mail server refused it")
SERVER_AWAY = gettext_noop("The mail server does not answer")
BROKEN_OFF = gettext_noop("The connection broke off while it was sent")
STOPPED = gettext_noop("The sending program stopped while it was sent")


def because(reason: str, detail: str = "") -> str:
    """What is stored in `error`: one of the reasons above, and what the mail server or the program said."""
    words = " ".join(detail.split())
    return f"{reason}: {words}"[:300] if words else reason


def explain(error: str) -> str:
    """A stored error in the reader's language; what the mail server said stays as it was said."""
    reason, colon, detail = error.partition(": ")
    if not colon:
        return _(reason) if reason else ""
    return _("%(reason)s: %(detail)s") % {"reason": _(reason), "detail": detail}
