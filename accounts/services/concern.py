"""Somebody says "I need help", and somebody answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Concern, Message, User
from accounts.models.user import UserQuerySet
from accounts.permissions import ASK_FOR_HELP, Role
from accounts.services.refusal import Refused

KIND = "concern_raised"


@transaction.atomic
def open_concern(*, by: User, about: User | None, text: str, now: dt.datetime) -> Concern:
    """Write the concern, and tell those who may read it that one waits. The message holds none of its words.

    It goes to the coordinators and the second named adult, never to the one it is about. Where that leaves nobody,
    the admins are told, who can name a second adult. Pausing and freeing time is the caller's.
    """
    if not by.may(ASK_FOR_HELP):
        raise Refused(_("Only people of a school can ask for help here."))
    if about is not None and about.school_id != by.school_id:
        raise Refused(_("This person is not at your school."))
    if about is not None and about.pk == by.pk:
        raise Refused(_("A concern can't be about yourself. Leave the name empty."))
    concern = Concern.objects.create(school_id=by.school_id, raised_by=by, about=about, text=text, raised_at=now)
    readers = _readers_of(concern)
    outbox.post(_notices(concern, readers or _others(concern).with_role(Role.ADMIN), is_unread=not readers, now=now))
    return concern


def tell_new_reader(reader: User, *, now: dt.datetime) -> int:
    """Tell somebody who reads calls for help from now on of those that wait and of which she was never told."""
    told = set(Message.objects.filter(user=reader, kind=KIND).values_list("about", flat=True))
    waiting = Concern.objects.answerable_by(reader).open().select_related("school")
    untold = [concern for concern in waiting if _about(concern) not in told]
    outbox.post([row for concern in untold for row in _notices(concern, [reader], is_unread=False, now=now)])
    return len(untold)


@transaction.atomic
def answer_concern(concern: Concern, *, answer: str, by: User) -> Concern:
    """Keep the answer that the one who asked will read. The concern stays open."""
    return _answered(concern, answer, by)


@transaction.atomic
def close_concern(concern: Concern, *, answer: str, by: User, now: dt.datetime) -> Concern:
    """Keep the answer and close: from now on the two can be booked together again."""
    concern = _answered(concern, answer, by)
    concern.closed_at, concern.closed_by = now, by
    concern.save(update_fields=["closed_at", "closed_by"])
    return concern


def _answered(concern: Concern, answer: str, by: User) -> Concern:
    locked = Concern.objects.answerable_by(by).select_for_update(of=("self",)).filter(pk=concern.pk).first()
    if locked is None:
        raise Refused(_("You can't answer this one: it is yours, about you, or for other people."))
    if locked.closed_at:
        raise Refused(_("This is closed already."))
    if not answer.strip():
        raise Refused(_("Write an answer first. The one who asked will read it."))
    locked.answer = answer
    locked.save(update_fields=["answer"])
    return locked


def _notices(concern: Concern, readers: Iterable[User], *, is_unread: bool, now: dt.datetime) -> list[Message]:
    page = reverse("school_limits") if is_unread else reverse("concern_detail", args=[concern.pk])
    return outbox.notice_rows(
        school=concern.school,
        about=_about(concern),
        revision=0,
        kind=KIND,
        event_at=now,
        recipients=readers,
        context_for=lambda recipient: {"path": page, "is_unread": is_unread},
        now=now,
    )


def _about(concern: Concern) -> str:
    return f"concern:{concern.pk}"


def _others(concern: Concern) -> UserQuerySet:
    involved = [pk for pk in (concern.raised_by_id, concern.about_id) if pk]
    return User.objects.active().filter(school_id=concern.school_id).exclude(pk__in=involved)


def _readers_of(concern: Concern) -> list[User]:
    return list(_others(concern).reading_concerns_at(concern.school))
