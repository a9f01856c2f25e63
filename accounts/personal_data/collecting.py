"""What a person is handed of her own. Never what others said in confidence, and others by their short names only."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.utils.translation import gettext as _

from accounts.field_key import KeyMissing, decrypt
from accounts.mail import KINDS
from accounts.models import Concern, FlagRead, LearnerFlags, Message, SecretLink, TrailEntry, User
from accounts.personal_data.rules import Held, day, moment

Row = dict[str, Any]


def collect(user: User) -> list[Held]:
    """All that this app holds about a person, kind by kind; kinds of which there is nothing are left out."""
    kinds: list[tuple[str, str, Callable[[User], list[Row]]]] = [
        ("profile", _("Your name, your sign-in and how you read"), _profile),
        ("consents", _("What you or your guardian said yes to"), _consents),
        ("guardians", _("Guardians on record"), _guardians),
        ("classes", _("Your classes"), _classes),
        ("calls_for_help", _("Your calls for help"), _concerns),
        ("messages", _("Messages sent to you"), _messages),
        ("message_choices", _("How you want your messages"), _message_choices),
        ("ways_in", _("Other ways by which you sign in"), _ways_in),
        ("links", _("Invitations and cards made for you"), _links),
        ("learner_flags", _("What your school noted about how you learn"), _learner_flags),
        ("flag_reads", _("Days on which staff looked at that note"), _flag_reads),
        ("roster_imports", _("Rosters that you imported"), _uploads),
        ("trail", _("What the trail says of what you did"), _trail),
        ("erasure_requests", _("Your requests to be forgotten"), _erasure_requests),
    ]
    held = [Held(key, label, rows(user)) for key, label, rows in kinds]
    return [kind for kind in held if kind.rows]


def _profile(user: User) -> list[Row]:
    return [
        {
            "user_name": user.username,
            "email": user.email,
            "first_name": user.given_name,
            "last_name": user.family_name,
            "title": user.title,
            "grade": user.grade,
            "roles": list(user.roles),
            "language": user.language,
            "reading": user.reading,
            "reminded_minutes_before": user.reminder_leads,
            "roster_id": user.source_id,
            "not_in_the_roster_since": day(user.missing_since),
            "school": user.school.name,
            "is_second_adult_for_calls_for_help": user.school.second_adult_id == user.pk,
            "here_since": moment(user.created_at),
            "last_sign_in": moment(user.last_login),
        }
    ]


def _consents(user: User) -> list[Row]:
    return [
        {
            "purpose": consent.purpose,
            "answer": "no" if consent.is_refusal else "yes",
            "given_by": consent.given_by,
            "text": consent.text_version,
            "given_on": day(consent.given_on),
            "withdrawn_on": day(consent.withdrawn_on),
        }
        for consent in user.consents.all()
    ]


def _guardians(user: User) -> list[Row]:
    """That there is one, not who: the address is the guardian's own."""
    return [
        {"language": guardian.language, "has_email": bool(guardian.email)} for guardian in user.guardians.order_by("pk")
    ]


def _classes(user: User) -> list[Row]:
    """In how many classes, and as what. Their names stand on class lists, which are the coordinator's."""
    return [{"as": "teacher"} for _class in user.classes_taught.all()] + [
        {"as": "student"} for _class in user.classes_attended.all()
    ]


def _concerns(user: User) -> list[Row]:
    """Those that the person raised. One about the person was said in confidence."""
    return [
        {
            "raised_at": moment(concern.raised_at),
            "about": concern.about.short_name if concern.about else None,
            "text": concern.text,
            "answer": concern.answer,
            "closed_at": moment(concern.closed_at),
        }
        for concern in Concern.objects.filter(raised_by=user).select_related("about")
    ]


def _messages(user: User) -> list[Row]:
    return [
        {
            "kind": str(KINDS[message.kind].words) if message.kind in KINDS else message.kind,
            "due_at": moment(message.due_at),
            "sent_at": moment(message.sent_at),
            "state": message.state,
        }
        for message in Message.objects.filter(user=user)
    ]


def _message_choices(user: User) -> list[Row]:
    return [{"topic": choice.topic, "channel": choice.channel} for choice in user.message_choices.all()]


def _ways_in(user: User) -> list[Row]:
    factors: list[Row] = [
        {"kind": factor.type, "since": moment(factor.created_at), "last_used": moment(factor.last_used_at)}
        for factor in Authenticator.objects.filter(user=user).order_by("pk")
    ]
    accounts: list[Row] = [
        {"kind": account.provider, "since": moment(account.date_joined), "last_used": moment(account.last_login)}
        for account in SocialAccount.objects.filter(user=user).order_by("pk")
    ]
    return factors + accounts


def _links(user: User) -> list[Row]:
    return [
        {
            "purpose": link.purpose,
            "made_at": moment(link.created_at),
            "expires_at": moment(link.expires_at),
            "used_at": moment(link.used_at),
            "revoked_at": moment(link.revoked_at),
        }
        for link in SecretLink.objects.filter(user=user)
    ]


def _learner_flags(user: User) -> list[Row]:
    """Read for the person herself, so that no line says that staff looked. Without the school's key, that is said."""
    noted = LearnerFlags.objects.filter(student=user).first()
    if noted is None:
        return []
    try:
        flags: Row = json.loads(decrypt(noted.ciphertext))
    except KeyMissing:
        flags = {"key_is_missing": True}
    return [flags | {"updated_at": moment(noted.updated_at)}]


def _flag_reads(user: User) -> list[Row]:
    return [{"act": read.act, "at": moment(read.read_at)} for read in FlagRead.objects.filter(student=user)]


def _uploads(user: User) -> list[Row]:
    return [
        {"uploaded_at": moment(upload.uploaded_at), "people": upload.counts} for upload in user.roster_uploads.all()
    ]


def _trail(user: User) -> list[Row]:
    """The person's own acts. What others did stands in their own."""
    return [
        {"at": moment(entry.at), "kind": entry.kind, "act": entry.act, "page": entry.origin}
        for entry in TrailEntry.objects.filter(made_by=user)
    ]


def _erasure_requests(user: User) -> list[Row]:
    return [
        {"asked_at": moment(request.asked_at), "ended_at": moment(request.ended_at)}
        for request in user.erasure_requests.all()
    ]
