"""What follows when e-mail addresses change: links and sign-ins of the old ones die, and the old ones are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db.models import Max
from django.urls import reverse

from accounts import outbox
from accounts.models import Message, SecretLink, User
from accounts.services.invitation import post_invitations


def follow_changed_addresses(people: Sequence[User], former: Mapping[int, str], *, now: dt.datetime) -> None:
    """What new addresses bring with them, once they are saved; `former` has the old ones, by the person's id.

    Inside the caller's transaction. The mail to the old address says nothing of the new one: whoever reads it there may
    be somebody else by now. Who was invited at the old address and never came in is invited again.
    """
    if not people:
        return
    EmailAddress.objects.filter(user__in=people).delete()  # the library would still find the person by the old one
    SocialAccount.objects.filter(user__in=people).delete()  # it was let in by the old address
    SecretLink.objects.filter(user__in=people, used_at=None, revoked_at=None).update(revoked_at=now)
    _tell_former_addresses([person for person in people if former.get(person.pk)], former, now=now)
    invited = set(
        Message.objects.filter(user__in=people, kind="invitation")
        .order_by()
        .values_list("user_id", flat=True)
        .distinct()
    )
    again = [person for person in people if person.pk in invited and person.email and person.is_active]
    post_invitations([person for person in again if not person.has_been_in], now=now)


def _tell_former_addresses(people: Sequence[User], former: Mapping[int, str], *, now: dt.datetime) -> None:
    abouts = {person.pk: f"address:{person.pk}" for person in people}
    earlier = Message.objects.filter(about__in=abouts.values()).order_by()
    last = dict(earlier.values_list("about").annotate(last=Max("revision")))
    rows: list[Message] = []
    for person in people:
        rows += outbox.notice_rows(
            school=person.school,
            about=abouts[person.pk],
            revision=last.get(abouts[person.pk], -1) + 1,
            kind="address_changed",
            event_at=now,
            recipients=[person],
            context_for=lambda recipient: {"path": reverse("account_login"), "to": former[recipient.pk]},
            now=now,
        )
    outbox.post(rows)
