"""Learner flags: encrypted, for granted coordinators and the student alone, and each look at them is written down."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.field_key import decrypt, encrypt
from accounts.models import FlagGrant, FlagRead, Flags, LearnerFlags, User, may_read_flags
from accounts.permissions import GRANT_FLAGS, READ_FLAGS, READ_OWN_FLAGS
from accounts.services.refusal import Refused, require_act


@transaction.atomic
def read_flags(student: User, *, by: User, now: dt.datetime) -> Flags:
    """What is noted of this student, and a FlagRead that says who looked, also where nothing is noted.

    Refused for everybody but a coordinator of the school whom an admin granted it. Raises KeyMissing where no key opens
    the value.
    """
    _require_grant(student, by)
    _write_down(student, by, FlagRead.Act.READ, now)
    return _flags_of(student)


@transaction.atomic
def write_flags(student: User, flags: Flags, *, by: User, now: dt.datetime) -> None:
    """Keep this instead of what was noted, and a FlagRead that says who changed it. Nothing noted keeps no row."""
    _require_grant(student, by)
    _write_down(student, by, FlagRead.Act.CHANGED, now)
    if flags == Flags():
        LearnerFlags.objects.filter(student=student).delete()
        return
    values = {"ciphertext": encrypt(json.dumps(asdict(flags))), "updated_at": now}
    LearnerFlags.objects.update_or_create(student=student, defaults=values)


def own_flags(student: User) -> Flags:
    """What a student reads of herself. No line is written: it is hers."""
    if not student.may(READ_OWN_FLAGS):
        raise Refused(_("Only students have such a note."))
    return _flags_of(student)


@transaction.atomic
def grant_flags(user: User, *, by: User, now: dt.datetime) -> FlagGrant:
    """An admin lets one coordinator of the school read the flags. Refused for oneself, and where it stands already."""
    require_act(by, GRANT_FLAGS, user.school_id)
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if user.pk == by.pk:
        raise Refused(_("Nobody lets themselves read learner flags. Ask another admin."))
    if not user.is_active or not user.may(READ_FLAGS):
        raise Refused(_("Only a coordinator can be let read learner flags."))
    if may_read_flags(user):
        raise Refused(_("This coordinator may read learner flags already."))
    return FlagGrant.objects.create(user=user, granted_by=by, granted_at=now)


@transaction.atomic
def end_grant(grant: FlagGrant, *, by: User, now: dt.datetime) -> None:
    """Take the right back, from this moment on. Taking it back twice changes nothing."""
    require_act(by, GRANT_FLAGS, grant.user.school_id)
    FlagGrant.objects.standing().filter(pk=grant.pk).update(ended_at=now)


def _require_grant(student: User, by: User) -> None:
    require_act(by, READ_FLAGS, student.school_id)
    if not may_read_flags(by):
        raise Refused(_("An admin must let you read learner flags first."))
    if not student.is_student:
        raise Refused(_("Only students have such a note."))
    if student.pk == by.pk:
        raise Refused(_("Your own note stands on a page of its own."))


def _write_down(student: User, by: User, act: FlagRead.Act, now: dt.datetime) -> None:
    FlagRead.objects.create(school_id=student.school_id, reader=by, student=student, act=act, read_at=now)


def _flags_of(student: User) -> Flags:
    row = LearnerFlags.objects.filter(student=student).first()
    if row is None:
        return Flags()
    noted = json.loads(decrypt(row.ciphertext))
    return Flags(bool(noted.get("eb")), bool(noted.get("dyslexic")), str(noted.get("languages", "")))
