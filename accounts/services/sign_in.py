"""How a person signs in: what changed is told to that person, and what is lost can be reset."""

from __future__ import annotations

import datetime as dt
import uuid

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from accounts.permissions import MANAGE_PEOPLE, SET_THRESHOLDS
from accounts.services.refusal import Refused, require_act
from accounts.services.session import end_sessions


def tell_sign_in_changed(person: User, what: str, *, now: dt.datetime) -> None:
    """Write the person a message about a change in how she signs in; `what` is a word that the template knows."""
    outbox.post(
        outbox.notice_rows(
            school=person.school,
            about=f"sign_in:{uuid.uuid4().hex}",
            revision=0,
            kind="sign_in_changed",
            event_at=now,
            recipients=[person],
            context_for=lambda recipient: {"path": reverse("mfa_index"), "what": what},
            now=now,
        )
    )


def require_second_factor(*, is_on: bool, by: User) -> None:
    """Ask every coordinator and admin of the school for a second factor, or no longer; from the next page on."""
    require_act(by, SET_THRESHOLDS, by.school_id)
    by.school.requires_second_factor = is_on
    by.school.save(update_fields=["requires_second_factor"])


@transaction.atomic
def reset_second_factor(person: User, *, by: User, now: dt.datetime) -> None:
    """Take away the app, the passkeys and the spare codes of somebody who lost them, and end that person's visits.

    Nobody does it for herself.
    """
    require_act(by, MANAGE_PEOPLE, person.school_id)
    if by.pk == person.pk:
        raise Refused(_("Another admin has to do this for you."))
    gone, _kinds = Authenticator.objects.filter(user=person).delete()
    if not gone:
        raise Refused(_("There is nothing to reset."))
    end_sessions(person, by=by)
    tell_sign_in_changed(person, "second_factor_reset", now=now)
