"""The mail with the link for a new password. It goes through the outbox: who asks waits for no mail server, so that an
address that is known takes no longer than one that is not."""

from __future__ import annotations

import datetime as dt
import uuid

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from accounts import outbox
from accounts.models import User

# What delivery mints for a message of this kind.
PASSWORD = "password"  # noqa: S105  # the name of a purpose


def post_password_link(person: User, *, now: dt.datetime) -> None:
    """Write the mail; its link is made when it is sent, and rests nowhere."""
    address = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    context = {"path": address.replace("UID-KEY", "{secret}"), "user_name": person.username}
    outbox.post(
        outbox.notice_rows(
            school=person.school,
            about=f"password:{uuid.uuid4().hex}",
            revision=0,
            kind="password_link",
            event_at=now,
            recipients=[person],
            context_for=lambda _person: context,
            now=now,
        )
    )


def password_secret(person: User) -> str:
    """What stands in the link: allauth's token, which dies with the password, the address, a sign-in, and in time."""
    return f"{user_pk_to_url_str(person)}-{EmailAwarePasswordResetTokenGenerator().make_token(person)}"
