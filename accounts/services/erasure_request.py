"""Somebody asks to be forgotten, and may take that back until it is carried out."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ErasureRequest, User
from accounts.services.refusal import Refused


@transaction.atomic
def ask_for_erasure(person: User, *, now: dt.datetime) -> ErasureRequest:
    """Write down that a person wants to be erased. Asking twice is asking once."""
    person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if standing := person.erasure_requests.open().first():
        return standing
    return ErasureRequest.objects.create(person=person, asked_at=now)


def take_back_erasure(person: User, *, now: dt.datetime) -> None:
    """The person wants to stay after all. Refused when nothing was asked for."""
    if not person.erasure_requests.open().update(ended_at=now):
        raise Refused(_("You have not asked to be erased."))
