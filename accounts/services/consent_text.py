"""The words of consent: what is shipped, what a school makes of them, and its approval."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import Consent, ConsentText, School, User
from accounts.models.consent import ConsentQuerySet
from accounts.permissions import SET_CONSENT_TEXTS, Role
from accounts.services.refusal import Refused, require_act

SHIPPED = Path(__file__).parent.parent / "consent_texts"
SAME_TEXT = ("school_id", "purpose", "reader", "language")


@cache
def shipped_languages() -> list[str]:
    """The languages in which texts are shipped (ISO 639-1)."""
    return sorted(file.stem for file in SHIPPED.glob("*.json"))


def install_consent_texts(school: School) -> int:
    """Give a school the shipped texts in its languages, all as drafts; what it has stays. Answers how many are new."""
    wanted = [language for language in shipped_languages() if language in school.languages]
    has = set(school.consent_texts.values_list("purpose", "reader", "language"))
    new = [
        ConsentText(
            school=school,
            purpose=purpose,
            reader=reader,
            language=language,
            body="\n\n".join(words["body"]),
            on_withdrawal="\n\n".join(words["on_withdrawal"]),
        )
        for language in wanted
        for purpose, readers in json.loads((SHIPPED / f"{language}.json").read_text(encoding="utf-8")).items()
        for reader, words in readers.items()
        if (purpose, reader, language) not in has
    ]
    ConsentText.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def edit_consent_text(text: ConsentText, *, body: str, on_withdrawal: str, asks_again: bool, by: User) -> ConsentText:
    """Change a draft in place; changing an approved text makes the next version, a draft. Answers the draft.

    Refused where a newer version exists: that is the one to change.
    """
    require_act(by, SET_CONSENT_TEXTS, text.school_id)
    newest = _lock_versions(text)[0]
    if newest.pk != text.pk:
        raise Refused(_("There is a newer version of this text. Change that one."))
    if not newest.is_draft:
        newest = ConsentText(**{name: getattr(newest, name) for name in SAME_TEXT}, version=newest.version + 1)
    newest.body, newest.on_withdrawal = body, on_withdrawal
    newest.asks_again = asks_again and newest.version > 1
    newest.save()
    return newest


@transaction.atomic
def approve_consent_text(text: ConsentText, *, by: User, now: dt.datetime) -> list[User]:
    """From now on this version is the one that is sent and agreed to. An approved text never changes again.

    Where the text asks again, each yes to an older version ends today; answers the students who may not take part any
    more for it: what they had booked is freed by the caller.
    """
    require_act(by, SET_CONSENT_TEXTS, text.school_id)
    newest = _lock_versions(text)[0]
    if newest.pk != text.pk:
        raise Refused(_("There is a newer version of this text. Approve that one."))
    if not newest.is_draft:
        raise Refused(_("This version is approved already."))
    newest.approved_at, newest.approved_by = now, by
    newest.save(update_fields=["approved_at", "approved_by"])
    if not newest.asks_again:
        return []
    ended = consents_asked_again(newest)
    people = list(User.objects.filter(pk__in=ended.values("person"))) if text.purpose == "take_part" else []
    ended.update(withdrawn_on=Greatest(F("given_on"), now.astimezone(by.school.zone).date()))
    return people


def consents_asked_again(text: ConsentText) -> ConsentQuerySet:
    """Each standing yes to an older version of this text, or to words from before texts were kept."""
    is_student = Q(person__roles__contains=[Role.STUDENT])
    given_by = Consent.GivenBy.GUARDIAN if text.reader == ConsentText.Reader.GUARDIAN else Consent.GivenBy.SELF
    return (
        Consent.objects.standing()
        .filter(Q(text=None) | Q(text__language=text.language, text__version__lt=text.version))
        .filter(~is_student if text.reader == ConsentText.Reader.TEACHER else is_student)
        .filter(person__school=text.school_id, purpose=text.purpose, given_by=given_by)
    )


def _lock_versions(text: ConsentText) -> list[ConsentText]:
    """All versions of one text, the newest first, so that two editors stand in line."""
    same = {name: getattr(text, name) for name in SAME_TEXT}
    return list(ConsentText.objects.select_for_update(of=("self",)).filter(**same).order_by("-version"))
