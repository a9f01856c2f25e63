"""Printed sign-in cards: who needs one, who has one, and what stands on it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import paper
from accounts.models import SecretLink, User
from accounts.models.user import UserQuerySet
from accounts.permissions import Role

# Digits and capitals of which no two look alike in print: 32, so that twelve of them are 60 bits.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH, GROUP_LENGTH = 12, 4


class NewCard(NamedTuple):
    """A card as it is printed, once: `secret` and `code` are kept nowhere."""

    student: User
    secret: str
    code: str
    expires_at: dt.datetime


def who_can_have_cards(people: UserQuerySet) -> UserQuerySet:
    """Students who are here and wear no other hat: a card opens the account, so staff must not be able to print one."""
    return people.active().filter(roles=[Role.STUDENT])


def with_card_state(people: UserQuerySet, *, now: dt.datetime) -> UserQuerySet:
    """With `card_printed_at` of the card that can still be used, `had_card` (of any), and `needs_card`."""
    cards = SecretLink.objects.filter(user=OuterRef("pk"), purpose=SecretLink.Purpose.SIGN_IN_CARD)
    usable = cards.standing(now).order_by("-created_at")
    return people.annotate(
        card_printed_at=Subquery(usable.values("created_at")[:1]),
        had_card=Exists(cards),
        needs_card=ExpressionWrapper(Q(last_login=None) & ~Exists(usable), output_field=BooleanField()),
    )


def who_needs_a_card(people: UserQuerySet, *, now: dt.datetime) -> UserQuerySet:
    """Those of these people who never came in and hold no card that works."""
    return with_card_state(people, now=now).filter(Q(needs_card=True))


def in_groups(code: str) -> str:
    """A code as it is printed: "7KQ2-M9TX-4HFW"."""
    return "-".join(code[start : start + GROUP_LENGTH] for start in range(0, len(code), GROUP_LENGTH))


def as_typed(words: str) -> str:
    """What somebody typed as a code, without its dashes and blanks, in capitals."""
    return re.sub(r"[\W_]", "", words).upper()


def sheet_of(cards: Iterable[NewCard], *, title: str, size: str) -> dict[str, Any]:
    """What templates/paper/cards.typ prints: one entry a card, in the language of its student."""
    return {"title": title, "paper": size, "cards": [face_of(card) for card in cards]}


def face_of(card: NewCard) -> dict[str, str]:
    """The words of one card, by the student's language and the clock of the school."""
    student = card.student
    with translation.override(student.language):
        shape = "j F Y" if student.language == "en" else "DATE_FORMAT"
        until = date_format(timezone.localtime(card.expires_at, student.school.zone), shape)
        return {
            "language": student.language,
            "direction": paper.direction_of(student.language),
            "name": student.short_name,
            "school": student.school.name,
            "what": _("My card for Flipside"),
            "user_name_label": _("Your user name"),
            "user_name": student.username,
            "code_label": _("Your code"),
            "code": in_groups(card.code),
            "scan": _("Scan the square, or open this page and type your user name and the code:"),
            "address": short_address(),
            "choose": _("Then choose a password that only you know."),
            "until": _("This card works once, until %(date)s.") % {"date": until},
            "square": _("A square to scan with a camera. It opens your page."),
            "drawing": drawing_of(settings.SITE_URL + reverse("card_link", args=[card.secret])),
        }


def short_address() -> str:
    """The page for codes, as one types it: "flipside.example.org/card/"."""
    return settings.SITE_URL.partition("://")[2] + reverse("card_open")


def drawing_of(address: str) -> str:
    """The QR code of an address as SVG, one unit a module, with its quiet zone of four (ISO/IEC 18004)."""
    from qrcode import QRCode
    from qrcode.constants import ERROR_CORRECT_M

    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(address)
    rows = code.get_matrix()
    dark = ""
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in groupby(row):
            width = len(list(run))
            dark += f"M{x} {y}h{width}v1h-{width}z" if is_dark else ""
            x += width
    size = len(rows)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{dark}"/></svg>'
