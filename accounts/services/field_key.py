"""Changing the key of encrypted columns: every value goes over to the newest one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from accounts.field_key import has_newest_key, with_newest_key
from accounts.models import LearnerFlags

BATCH = 500
# Under these words an Authenticator keeps what is encrypted: the secret of an app, the seed of the spare codes.
SECRETS = ("secret", "seed")


def rotate_learner_flags() -> int:
    """Encrypt every value with the newest key; answers how many were not yet.

    Batch by batch, each in a transaction of its own, so that pages go on; a second run finds nothing to do. Raises
    KeyMissing at a value that no key opens: what was done before it stays done.
    """
    return _each(LearnerFlags.objects.all(), _renew_flags)


def rotate_second_factors() -> int:
    """The same for the secrets of second factors. A passkey has none: its public half is no secret."""
    return _each(Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN), _renew_factor)


def _each(rows: QuerySet[Any], renew: Callable[[Any], bool]) -> int:
    count, last = 0, 0
    while True:
        with transaction.atomic():
            batch = list(rows.filter(pk__gt=last).order_by("pk").select_for_update(of=("self",))[:BATCH])
            count += sum(renew(row) for row in batch)
        if len(batch) < BATCH:
            return count
        last = batch[-1].pk


def _renew_flags(flags: LearnerFlags) -> bool:
    if has_newest_key(flags.ciphertext):
        return False
    flags.ciphertext = with_newest_key(flags.ciphertext)
    flags.save(update_fields=["ciphertext"])
    return True


def _renew_factor(factor: Authenticator) -> bool:
    old = {name: factor.data[name] for name in SECRETS if name in factor.data and not has_newest_key(factor.data[name])}
    if not old:
        return False
    factor.data = {**factor.data, **{name: with_newest_key(token) for name, token in old.items()}}
    factor.save(update_fields=["data"])
    return True
