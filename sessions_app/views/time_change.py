"""How every page that changes the school's time goes on: first what fits no longer, then the change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _

from accounts import clock
from accounts.permissions import RUN_PROGRAM
from accounts.signed_in import SignedInRequest
from sessions_app.services.school_time import Attempt, change_school_time


def attempt_change(request: SignedInRequest, change: Callable[[], object], *, said: Callable[[], str]) -> Attempt:
    """Make the change, or only look what it does if that has to be read first. Raises Refused as the change does.

    `said` answers the sentence of success, once the change is made.
    """
    attempt = change_school_time(
        change, is_understood="is_understood" in request.POST, by=request.user, now=clock.now()
    )
    if attempt.is_made:
        messages.success(request, said())
        if attempt.misfits:
            messages.warning(request, _("What fits no longer waits for you, or for a coordinator, on its page."))
    return attempt


def asking(request: SignedInRequest, attempt: Attempt | None) -> dict[str, Any]:
    """What the page needs to show it. Who is in a booking is the coordinator's to read; an admin reads how many."""
    if attempt is None or attempt.is_made:
        return {}
    count = sum(1 for misfit in attempt.misfits if misfit.is_booking)
    return {
        "no_longer_fit": attempt.misfits,
        "booking_count": count,
        "playground_count": len(attempt.misfits) - count,
        "may_see_meetings": request.user.may(RUN_PROGRAM),
    }
