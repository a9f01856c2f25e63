"""How a person signs in: what changed is told to that person, and what is lost can be reset."""

from __future__ import annotations

import datetime as dt
import uuid

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import SecretLink, User
from accounts.permissions import MANAGE_PEOPLE, SET_THRESHOLDS
from accounts.services.refusal import Refused, require_act
from accounts.services.secret_link import revoke_links
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
def person_of_account(*, provider: str, uid: str, address: str, now: dt.datetime) -> User:
    """The person whom this account at a provider lets in; at the first time the two are connected.

    `address` is the one that the provider proves, empty if none; it must be the one that the school has for the person,
    each time anew. `uid` is the provider's own number of the account: an address that was given to somebody else there
    comes with another number, and is refused. Every refusal reads the same.
    """
    refusal = Refused(_("This account lets nobody in."))
    everybody = User.objects.active().select_related("school").select_for_update(of=("self",), no_key=True)
    person = everybody.filter(email__iexact=address).first() if address else None
    if person is None or (person.school.is_demo and not settings.DEBUG):
        raise refusal
    known = SocialAccount.objects.filter(Q(uid=uid) | Q(user=person), provider=provider)
    pairs = set(known.values_list("user_id", "uid"))
    if pairs == {(person.pk, uid)}:
        return person
    if pairs:
        raise refusal
    SocialAccount.objects.create(user=person, provider=provider, uid=uid)
    revoke_links(person, SecretLink.Purpose.INVITATION, now=now)
    tell_sign_in_changed(person, "account_connected", now=now)
    return person


@transaction.atomic
def disconnect_account(account: SocialAccount, *, by: User, now: dt.datetime) -> None:
    """Let an account at a provider no longer let in its person, who says so and has another way in."""
    if account.user_id != by.pk:
        raise Refused(_("You can't do this."))
    if not by.has_usable_password():
        raise Refused(_("Set a password first: this is your only way in."))
    account.delete()
    tell_sign_in_changed(by, "account_disconnected", now=now)


@transaction.atomic
def reset_second_factor(person: User, *, by: User, now: dt.datetime) -> None:
    """Take away app, passkeys, spare codes and connected accounts of somebody who lost them, and end all visits.

    The password stays. Nobody does it for herself.
    """
    require_act(by, MANAGE_PEOPLE, person.school_id)
    if by.pk == person.pk:
        raise Refused(_("Another admin has to do this for you."))
    factors, accounts = Authenticator.objects.filter(user=person), SocialAccount.objects.filter(user=person)
    if not factors.delete()[0] + accounts.delete()[0]:
        raise Refused(_("There is nothing to reset."))
    end_sessions(person, by=by)
    tell_sign_in_changed(person, "second_factor_reset", now=now)
