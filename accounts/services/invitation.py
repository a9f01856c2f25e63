"""Inviting people who have not signed in yet, and letting them in by the link of the invitation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Message, SecretLink, User
from accounts.models.user import INVITATION_LASTS
from accounts.permissions import INVITE_PEOPLE, MANAGE_PEOPLE
from accounts.services.refusal import Refused, require_act
from accounts.services.secret_link import revoke_links, use_link

PATH = "/join/{secret}/"
INVITATION = SecretLink.Purpose.INVITATION


@transaction.atomic
def invite(person: User, *, by: User, now: dt.datetime) -> None:
    """Mail somebody the link with which a first password is set. An older link dies, and so does a mail that waits.

    Refused for people who left or have a password, without an e-mail address, and for a coordinator who would invite
    somebody else than teachers and students.
    """
    require_act(by, INVITE_PEOPLE, person.school_id)
    (person,) = _lock([person])
    if reason := why_not_invited(person, by=by):
        raise Refused(reason)
    post_invitations([person], now=now)


@transaction.atomic
def invite_many(people: Iterable[User], *, by: User, now: dt.datetime) -> int:
    """Invite those of these people who can be invited, and pass over the others; answers how many."""
    chosen = [person for person in people if person.school_id == by.school_id and by.may(INVITE_PEOPLE)]
    invited = [person for person in _lock(chosen) if not why_not_invited(person, by=by)]
    post_invitations(invited, now=now)
    return len(invited)


def why_not_invited(person: User, *, by: User) -> str:
    """Why `by` can't invite this person of the school, as a sentence; empty where nothing stands against it."""
    name = {"name": person.full_name}
    if not may_invite(by, person):
        return _("Only an admin invites coordinators and admins.")
    if not person.is_active:
        return _("%(name)s has left.") % name
    if person.has_usable_password():
        return _("%(name)s has a password already.") % name
    if not person.email:
        return _("%(name)s has no e-mail address. Print a sign-in card instead.") % name
    return ""


def may_invite(by: User, person: User) -> bool:
    """Whether `by` invites people with these roles: an admin everybody, a coordinator teachers and students."""
    return by.may(MANAGE_PEOPLE) or person.is_teacher_or_student_only


def post_invitations(people: Sequence[User], *, now: dt.datetime) -> None:
    """Write the mails with the links, inside the caller's transaction; whoever calls has asked the rules."""
    abouts = {person.pk: f"invitation:{person.pk}" for person in people}
    SecretLink.objects.filter(user__in=people, purpose=INVITATION, used_at=None, revoked_at=None).update(revoked_at=now)
    outbox.withdraw(*abouts.values())
    earlier = Message.objects.filter(about__in=abouts.values()).order_by()
    last = dict(earlier.values_list("about").annotate(last=Max("revision")))
    rows: list[Message] = []
    for person in people:
        rows += outbox.notice_rows(
            school=person.school,
            about=abouts[person.pk],
            revision=last.get(abouts[person.pk], -1) + 1,
            kind="invitation",
            event_at=now,
            recipients=[person],
            context_for=lambda recipient: {
                "path": PATH,
                "user_name": recipient.username,
                "days": INVITATION_LASTS.days,
            },
            now=now,
        )
    outbox.post(rows)


def _lock(people: Iterable[User]) -> list[User]:
    """The same people as they are now; two clicks on one person stand in line."""
    rows = User.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True).select_related("school"))


def invitation_address(secret: str) -> str:
    """The whole link of an invitation, for somebody who hands it over by hand. No request decides the host in it."""
    return settings.SITE_URL + PATH.format(secret=secret)


@transaction.atomic
def join_school(link: SecretLink, *, password: str, now: dt.datetime) -> User:
    """Set the first password by the link of an invitation, which is used up; every other link of the person dies.

    `password` was found strong enough. Refused if the link no longer stands or the person has a password.
    """
    use_link(link, now=now)
    (person,) = _lock([holder_of(link)])
    if person.has_usable_password():
        raise Refused(_("You have a password already. Sign in with it."))
    person.set_password(password)
    person.save(update_fields=["password"])
    revoke_links(person, now=now)
    return person


def holder_of(link: SecretLink) -> User:
    """Whose invitation this is."""
    assert link.user is not None  # accounts_secretlink_one_holder: an invitation is no guardian's
    return link.user
