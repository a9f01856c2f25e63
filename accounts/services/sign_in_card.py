"""Printing sign-in cards, and signing in with one. Nobody but the student ever chooses the password."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SecretLink, User
from accounts.models.secret_link import SecretLinkQuerySet, hash_of
from accounts.permissions import PRINT_CARDS, Role
from accounts.reports.sign_in_card import ALPHABET, CODE_LENGTH, NewCard, as_typed, who_can_have_cards
from accounts.services.lock_out import forget_wrong_tries
from accounts.services.refusal import Refused, require_act
from accounts.services.secret_link import mint_link, revoke_links, use_link
from accounts.services.sign_in import tell_sign_in_changed

CARD = SecretLink.Purpose.SIGN_IN_CARD


@transaction.atomic
def print_cards(students: Iterable[User], *, by: User, now: dt.datetime) -> list[NewCard]:
    """Make a new card for each of these students, in their order; an older one stops working.

    Refused, and none made, unless all are students of the coordinator's school who are here and wear no other hat.
    """
    wanted = list(students)
    require_act(by, PRINT_CARDS, by.school_id)
    rows = who_can_have_cards(User.objects.filter(school_id=by.school_id, pk__in=[one.pk for one in wanted]))
    found = {row.pk for row in rows.order_by("pk").select_for_update(of=("self",), no_key=True)}
    if not wanted or found != {one.pk for one in wanted}:
        raise Refused(_("Cards are for students of your school only."))
    return [_new_card(student, by=by, now=now) for student in wanted]


def _new_card(student: User, *, by: User, now: dt.datetime) -> NewCard:
    code = "".join(secrets.choice(ALPHABET) for _number in range(CODE_LENGTH))
    revoke_links(student, CARD, now=now)
    link, secret = mint_link(CARD, holder=student, by=by, now=now, code=tied(student.username, code))
    return NewCard(student, secret, code, link.expires_at)


def tied(user_name: str, code: str) -> str:
    """A code is nothing without its user name: this is what is hashed."""
    return f"{user_name.strip().lower()}\n{as_typed(code)}"


def card_by_code(user_name: str, code: str, *, now: dt.datetime) -> SecretLink | None:
    """The card that can be used with this user name and code. One question, whoever asks and whatever is wrong."""
    cards = _usable(now).filter(code_hash=hash_of(tied(user_name, code)), user__username__iexact=user_name.strip())
    return cards.first()


def card_by_hash(secret_hash: str, *, now: dt.datetime) -> SecretLink | None:
    """The card that was opened before, if it can still be used; with its student and the school."""
    return _usable(now).filter(secret_hash=secret_hash).first()


def _usable(now: dt.datetime) -> SecretLinkQuerySet:
    """Cards that work, of people who are still nothing but students; with the student and the school."""
    cards = SecretLink.objects.standing(now).filter(purpose=CARD, user__roles=[Role.STUDENT])
    return cards.select_related("user__school")


@transaction.atomic
def use_card(card: SecretLink, *, password: str, now: dt.datetime) -> User:
    """Set the password that the student chose, end the student's sessions elsewhere, and use the card up.

    Who had a password before is told that there is a new one. Raises Refused if the card stopped working in the
    meantime. The caller has validated the password.
    """
    use_link(card, now=now)
    holders = who_can_have_cards(User.objects.filter(pk=card.user_id))
    student = holders.select_for_update(of=("self",), no_key=True).first()
    if student is None:  # came to wear another hat since the card was printed
        raise Refused(_("This card no longer works."))
    if student.has_usable_password():
        tell_sign_in_changed(student, "password_changed", now=now)
    student.set_password(password)  # a session carries a hash of the password: all of them end here
    student.save(update_fields=["password"])
    forget_wrong_tries(student)
    return student
