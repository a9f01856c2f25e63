"""A person is emptied in place: names, addresses, texts and flags go; ids, hours and counts stay."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Greatest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import outbox
from accounts.models import (
    Concern,
    Consent,
    FlagGrant,
    Guardian,
    LearnerFlags,
    Message,
    MessageChoice,
    RosterClass,
    RosterRow,
    School,
    SchoolClass,
    SecretLink,
    User,
)
from accounts.personal_data.rules import Fate, Forecast, Mention, Preview, carry_out, forecast

EMPTY_MESSAGE: dict[str, Any] = {"context": {}, "calendar_file": "", "error": ""}
EMPTY_CONCERN = {"text": "", "answer": ""}
EMPTY_GUARDIAN = {"name": "", "email": None}


def _messages(user: User) -> QuerySet[Message]:
    """To the person, and to the guardians of a student."""
    return Message.objects.filter(Q(user=user) | Q(guardian__student=user))


def _staged(user: User) -> QuerySet[RosterRow]:
    """Rows of an import that waits: known to be about the person, or of the same roster id or name; and parents."""
    same = Q(match=user) | Q(username__iexact=user.username)
    if user.source_id:
        same |= Q(source_id=user.source_id) | Q(children__contains=[user.source_id])
    if user.email:
        same |= Q(email__iexact=user.email)
    return RosterRow.objects.filter(same, upload__school_id=user.school_id)


FATES = [
    Fate(
        gettext_lazy("Messages that have not left: cancelled"),
        lambda user: _messages(user).filter(state__in=outbox.OPEN),
        {"state": Message.State.CANCELLED},
    ),
    Fate(gettext_lazy("Messages to this person or a guardian: emptied"), _messages, EMPTY_MESSAGE),
    Fate(gettext_lazy("How this person wants messages"), lambda user: MessageChoice.objects.filter(user=user), None),
    Fate(
        gettext_lazy("Guardians: name and address emptied"),
        lambda user: Guardian.objects.filter(student=user).exclude(**EMPTY_GUARDIAN),
        EMPTY_GUARDIAN,
    ),
    Fate(
        gettext_lazy("Consents: name typed below the text emptied"),
        lambda user: Consent.objects.filter(person=user).exclude(signature=""),
        {"signature": ""},
    ),
    Fate(
        gettext_lazy("Invitations, cards and guardian links"),
        lambda user: SecretLink.objects.filter(Q(user=user) | Q(guardian__student=user)),
        None,
    ),
    Fate(gettext_lazy("Learner flags"), lambda user: LearnerFlags.objects.filter(student=user), None),
    Fate(gettext_lazy("Rows of a roster that is being imported"), _staged, None),
    Fate(
        gettext_lazy("Places in classes as a student"),
        lambda user: SchoolClass.students.through.objects.filter(user=user),
        None,
    ),
    Fate(
        gettext_lazy("Classes taught"),
        lambda user: SchoolClass.teachers.through.objects.filter(user=user),
        None,
    ),
    Fate(gettext_lazy("Second factors"), lambda user: Authenticator.objects.filter(user=user), None),
    Fate(gettext_lazy("Sign-in by another service"), lambda user: SocialAccount.objects.filter(user=user), None),
    Fate(gettext_lazy("E-mail addresses for sign-in"), lambda user: EmailAddress.objects.filter(user=user), None),
]


def concerns_to_empty(user: User, *, by: User | None) -> QuerySet[Concern]:
    """Closed calls for help by or about the person, without those about the one who erases.

    An open call keeps its words until somebody has answered it, and nobody can erase what was said about themselves:
    those end when the school's period for calls for help is over.
    """
    rows = Concern.objects.filter(Q(raised_by=user) | Q(about=user), closed_at__isnull=False)
    rows = rows.exclude(**EMPTY_CONCERN)
    return rows if by is None else rows.exclude(about=by)


def preview_erasure(user: User, *, by: User) -> Preview:
    """What would be deleted and emptied here, what stays, and where others wrote this person's name."""
    fates = forecast(FATES, user)
    if count := concerns_to_empty(user, by=by).count():
        fates.append(Forecast(_("Closed calls for help by or about this person: words emptied"), count))
    if count := _naming(user).count():
        fates.append(Forecast(_("Messages to others that name this person: emptied"), count))
    if count := Consent.objects.filter(person=user).count():
        fates.append(Forecast(_("Consents: purpose and days, without a guardian's name"), count, stays=True))
    not_found = [
        _("A call for help that is still open keeps its words until it is closed."),
        _("Mails that were delivered, papers in the office and printed cards are not in Flipside."),
        _("A backup keeps the old state until it is thrown away."),
    ]
    return Preview(fates, not_found, _mentions(user, by))


def erase(user: User, *, by: User | None, now: dt.datetime) -> None:
    """Empty this person in place, and end every way in. The last of all apps; `by` is None for the night's clearing."""
    today = now.astimezone(user.school.zone).date()
    Message.objects.filter(pk__in=_naming(user).values("pk")).update(**EMPTY_MESSAGE)
    concerns_to_empty(user, by=by).update(**EMPTY_CONCERN)
    carry_out(FATES, user)
    Consent.objects.standing().filter(person=user).update(withdrawn_on=Greatest(F("given_on"), today))
    FlagGrant.objects.standing().filter(user=user).update(ended_at=now)
    School.objects.filter(second_adult=user).update(second_adult=None)
    _take_out_of_staged_classes(user)
    user.erasure_requests.open().update(ended_at=now, carried_out_by=by)
    _end_sessions(user)
    _empty(user, now)


def _take_out_of_staged_classes(user: User) -> None:
    """The classes of an import that waits name people by their roster ids only."""
    for side in ("teachers", "students"):
        named = RosterClass.objects.filter(upload__school_id=user.school_id, **{f"{side}__contains": [user.source_id]})
        named.update(**{side: Func(F(side), Value(user.source_id), function="array_remove")})


def _empty(user: User, now: dt.datetime) -> None:
    user.username, user.email, user.source_id = f"erased-{user.pk}", None, None
    user.given_name = user.family_name = user.title = user.grade = ""
    user.roles, user.reading, user.language, user.reminder_leads = [], {}, "en", None
    user.session_salt = secrets.token_hex(16)
    user.is_active, user.missing_since, user.ended_on, user.last_login = False, None, None, None
    user.erased_at = now
    user.set_unusable_password()
    user.save()


def _end_sessions(user: User) -> None:
    """A session names its person inside its value only, so all are looked at."""
    mine = [
        session.session_key
        for session in Session.objects.iterator()
        if str(session.get_decoded().get("_auth_user_id")) == str(user.pk)
    ]
    Session.objects.filter(session_key__in=mine).delete()


def _naming(user: User) -> QuerySet[Message]:
    """Messages to others that are over, and in whose context this person's name stands as the program wrote it.

    What still waits is found by what it is about, by the app that knows that: another student may be called "Maya R."
    """
    over = Message.objects.filter(school_id=user.school_id).exclude(state__in=outbox.OPEN).exclude(context={})
    worded = over.annotate(words=Cast("context", TextField()))
    named = Q()
    for name in {user.full_name, user.short_name}:
        named |= Q(words__contains=json.dumps(name, ensure_ascii=False))
    return worded.filter(named).exclude(pk__in=_messages(user).values("pk"))


def _mentions(user: User, by: User) -> list[Mention]:
    """Calls for help of other people, as far as `by` may read them, and classes that are called after the person."""
    concerns = Concern.objects.visible_to(by).exclude(raised_by=user).exclude(about=user)
    concerns = concerns.filter(Q(text__icontains=user.full_name) | Q(answer__icontains=user.full_name))
    return [
        Mention(_("A call for help"), concern.raised_at.date(), reverse("concern_detail", args=[concern.pk]))
        for concern in concerns
    ]
