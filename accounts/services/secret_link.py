"""Handing out secrets, and taking them back. The secret itself is in the link or on the card, and nowhere else."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Guardian, SecretLink, User
from accounts.models.secret_link import hash_of
from accounts.models.user import INVITATION_LASTS
from accounts.services.refusal import Refused

Purpose = SecretLink.Purpose
LASTS = {
    Purpose.INVITATION: INVITATION_LASTS,
    Purpose.SIGN_IN_CARD: dt.timedelta(days=14),
    Purpose.GUARDIAN_CONSENT: dt.timedelta(days=30),
    Purpose.CALENDAR_FEED: dt.timedelta(days=400),  # a school year and the summer after it
}
# Bytes of a secret: 256 bits, where 128 are asked for.
SECRET_BYTES = 32


def mint_link(
    purpose: str, *, holder: User | Guardian, by: User | None, now: dt.datetime, code: str = ""
) -> tuple[SecretLink, str]:
    """Hand out a new secret for one purpose; answers the row and the secret, which is not kept.

    `code` is a short one for typing (a card's), kept as its hash too. Older links of the holder stay as they are.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    guardian = holder if isinstance(holder, Guardian) else None
    user = holder if isinstance(holder, User) else None
    link = SecretLink.objects.create(
        school_id=holder.student.school_id if isinstance(holder, Guardian) else holder.school_id,
        purpose=purpose,
        user=user,
        guardian=guardian,
        secret_hash=hash_of(secret),
        code_hash=hash_of(code) if code else "",
        created_by=by,
        created_at=now,
        expires_at=now + LASTS[Purpose(purpose)],
    )
    return link, secret


@transaction.atomic
def use_link(link: SecretLink, *, now: dt.datetime) -> SecretLink:
    """Use up a link, and every other one of its purpose and holder. Raises Refused if it no longer stands."""
    same = SecretLink.objects.filter(purpose=link.purpose, user=link.user_id, guardian=link.guardian_id)
    standing = list(same.standing(now).order_by("pk").select_for_update(of=("self",)))
    if link.pk not in {row.pk for row in standing}:
        raise Refused(_("This link no longer works. Ask your school for a new one."))
    SecretLink.objects.filter(pk=link.pk).update(used_at=now)
    SecretLink.objects.filter(pk__in=[row.pk for row in standing if row.pk != link.pk]).update(revoked_at=now)
    link.used_at = now
    return link


def revoke_links(holder: User | Guardian, *purposes: str, now: dt.datetime) -> int:
    """Take back every unused link of somebody, of these purposes or of all; answers how many."""
    mine = {"guardian": holder} if isinstance(holder, Guardian) else {"user": holder}
    links = SecretLink.objects.filter(**mine, used_at=None, revoked_at=None)
    if purposes:
        links = links.filter(purpose__in=purposes)
    return links.update(revoked_at=now)
