"""How a service says no, and the one check that services share."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Act


class Refused(Exception):
    """An act that the rules do not allow. Its text is the translated sentence a page shows; nothing was written."""


def require_act(by: User, act: Act, school_id: int) -> None:
    """Say no unless `by` belongs to the school and may do `act`. Views ask first; this holds for every other caller."""
    if by.school_id != school_id or not by.may(act):
        raise Refused(_("You can't do this."))
