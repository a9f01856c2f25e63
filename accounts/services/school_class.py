"""Class lists kept by hand: who teaches, and grades, whom."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Period, SchoolClass, User
from accounts.permissions import KEEP_CLASS_LISTS
from accounts.services.refusal import Refused, require_act


@transaction.atomic
def keep_class(
    school_class: SchoolClass,
    *,
    teachers: Iterable[User],
    students: Iterable[User],
    periods: Iterable[Period],
    by: User,
) -> SchoolClass:
    """Write a class, new or changed, with exactly these people and periods; all of them of its school."""
    require_act(by, KEEP_CLASS_LISTS, school_class.school_id)
    members: dict[str, list[User] | list[Period]] = {
        "teachers": list(teachers),
        "students": list(students),
        "periods": list(periods),
    }
    if any(row.school_id != school_class.school_id for rows in members.values() for row in rows):
        raise Refused(_("You can't do this."))
    school_class.save()
    for relation, rows in members.items():
        getattr(school_class, relation).set(rows)
    return school_class


@transaction.atomic
def delete_class(school_class: SchoolClass, *, by: User) -> None:
    """Take a class list away; the people in it stay."""
    require_act(by, KEEP_CLASS_LISTS, school_class.school_id)
    school_class.delete()
